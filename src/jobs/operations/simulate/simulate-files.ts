import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatInstant } from '../../../operations/clock/instant.js';
import { type FileRow, hasLeft } from '../../../operations/files/file-row.js';
import { missingFiles } from '../../../operations/files/missing-files.js';
import { scanFiles } from '../../../operations/files/scan-files.js';
import { readFilesInput } from '../documents/files-input.js';
import { refusedAt } from './refused-at.js';

/** The register after a number of scans. Throws LoanbookError for input that is refused. */
export function simulateFiles(input: unknown, source = 'files'): object {
  const { rules, openDate, known, scans } = readFilesInput(input, source);
  let rows: readonly FileRow[] = known;
  for (const scan of scans) rows = scanFiles(rules, rows, scan);
  const at = scans.at(-1)?.at;
  try {
    const missing = at === undefined ? [] : missingFiles(rules, rows, { at, openDate });
    return {
      files: rows.filter((row) => !hasLeft(row)).map(shown),
      missing: missing.map(({ file, date, by }) => ({
        file,
        date: formatDay(date),
        by: formatInstant(by),
      })),
    };
  } catch (error) {
    throw refusedAt(error, source, 'open_date');
  }
}

function shown({ name, state, since, date, isLate, reason, of }: FileRow): object {
  const isWhole = state === 'ready' || state === 'early';
  return {
    name,
    state,
    since: formatInstant(since),
    ...(isWhole && date !== null ? { date: formatDay(date) } : {}),
    ...(isLate ? { late: true } : {}),
    ...(reason === null ? {} : { rule: reason }),
    ...(of === null ? {} : { of }),
  };
}
