import { join } from 'node:path';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { requireRegularTarget, writeWhole } from '../../files/new-file.js';
import type { Report } from '../../files/report.js';
import { reportPieces } from '../../files/table-file.js';
import type { Morning } from './gather.js';
import { morningPage } from './page.js';
import type { Language } from './words.js';

export const MORNING_FORMATS = ['html', 'xlsx', 'json'] as const;
export type MorningFormat = (typeof MORNING_FORMATS)[number];

/** The files that a morning is written to: `morning-2026-03-31.html` and so on. */
export function morningFiles(
  folder: string,
  day: number,
  formats: readonly MorningFormat[],
): string[] {
  return formats.map((format) => join(folder, `morning-${formatDay(day)}.${format}`));
}

/**
 * Writes a morning, each file whole or not at all; the page last, for whoever waits for it. Throws
 * LoanbookError as every file that is made.
 */
export async function writeMorning(
  morning: Morning,
  report: Report,
  language: Language,
  files: readonly string[],
): Promise<void> {
  for (const file of files) requireRegularTarget(file);
  const isPage = (file: string) => file.endsWith('.html');
  for (const file of files.filter((each) => !isPage(each))) {
    await writeWhole(file, reportPieces(report, file.endsWith('.json') ? 'json' : 'xlsx'));
  }
  for (const file of files.filter(isPage)) {
    await writeWhole(file, [morningPage(morning, report, language)]);
  }
}
