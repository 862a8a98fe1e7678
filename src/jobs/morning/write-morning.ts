import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { maskedReport } from '../../files/masked-report.js';
import { requireRegularTarget, writeWhole } from '../../files/new-file.js';
import type { Report } from '../../files/report.js';
import type { TableRow } from '../../files/table.js';
import { reportPieces } from '../../files/table-file.js';
import type { Morning } from './gather.js';
import { type CollectedReport, type CollectedTable, morningPage } from './page.js';
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
 * Writes a morning, each file whole or not at all; the page last, for whoever waits for it. Nothing
 * in them names a person, whoever wrote it. Throws LoanbookError as every file that is made.
 */
export async function writeMorning(
  morning: Morning,
  report: Report,
  language: Language,
  files: readonly string[],
): Promise<void> {
  for (const folder of new Set(files.map((file) => dirname(file)))) makeFolder(folder);
  for (const file of files) requireRegularTarget(file);
  const shown = await collected(maskedReport(report));
  const isPage = (file: string) => file.endsWith('.html');
  for (const file of files.filter((each) => !isPage(each))) {
    await writeWhole(file, reportPieces(shown, file.endsWith('.json') ? 'json' : 'xlsx'));
  }
  for (const file of files.filter(isPage)) {
    await writeWhole(file, [morningPage(morning, shown, language)]);
  }
}

/** A folder that is not there is made, for its owner alone; the one that it lies in has to be. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // Whatever is the matter, the file that cannot be made in it tells.
  }
}

/** Its rows, few as they are, may be read several times. */
async function collected({ tables, ...report }: Report): Promise<CollectedReport> {
  const found: CollectedTable[] = [];
  for (const table of tables) {
    const rows: TableRow[] = [];
    for await (const row of table.rows) rows.push(row);
    found.push({ ...table, rows });
  }
  return { ...report, tables: found };
}
