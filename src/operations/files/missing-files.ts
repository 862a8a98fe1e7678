import type { EpochDay } from '../../accounting/money/units.js';
import type { Instant } from '../clock/instant.js';
import { type FileRow, type FileRule, hasLeft } from './file-row.js';

export interface MissingFile {
  readonly file: string;
  readonly date: EpochDay;
  readonly by: Instant;
}

/** The files of the open date that are due by now, of which none is ready or was taken. */
export function missingFiles(
  rules: readonly FileRule[],
  rows: readonly FileRow[],
  { at, openDate }: { readonly at: Instant; readonly openDate: EpochDay },
): MissingFile[] {
  const come = new Set(
    rows
      .filter((row) => row.date === openDate && (row.state === 'ready' || hasLeft(row)))
      .map((row) => row.file),
  );
  return rules.flatMap(({ file, byOf, isDueOn }) => {
    const by = byOf?.(openDate);
    if (by === undefined || by > at || come.has(file) || !isDueOn(openDate)) return [];
    return [{ file, date: openDate, by }];
  });
}
