import { Calendar } from '../../../src/accounting/calendar/calendar.js';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { inboxFromValue } from '../../../src/jobs/operations/documents/file-rules.js';
import { SECOND } from '../../../src/operations/clock/instant.js';
import type { FileRow, FileRule, SeenFile } from '../../../src/operations/files/file-row.js';
import { scanFiles } from '../../../src/operations/files/scan-files.js';

export const OPEN_DATE = parseDay('2026-03-31')!;

export function rulesOf(...rules: readonly object[]): FileRule[] {
  return inboxFromValue({ rules }, { name: 'inbox' }, Calendar.everyDayWorks);
}

/** A file of ten bytes, whose content is what its time stamp says. */
export function seen(name: string, sha256: string, more: Partial<SeenFile> = {}): SeenFile {
  return { name, size: 10, mtime: sha256, sha256, ...more };
}

/** Looks at the same files at several seconds. */
export function look(
  rules: readonly FileRule[],
  rows: readonly FileRow[],
  files: readonly SeenFile[],
  ...seconds: readonly number[]
): FileRow[] {
  let next = [...rows];
  for (const second of seconds) {
    next = scanFiles(rules, next, { at: second * SECOND, openDate: OPEN_DATE, files });
  }
  return next;
}

/** `name state`, with what makes it so. */
export function states(rows: readonly FileRow[]): string[] {
  return rows.map(({ name, state, reason, of }) =>
    [name, state, reason, of].filter((word) => word !== null).join(' '),
  );
}
