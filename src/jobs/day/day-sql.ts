import type { EpochDay } from '../../accounting/money/units.js';
import { readSql } from '../../db/sql-file.js';
import { dayTable } from './day-table.js';

/** `readSql` of a statement over the tables of a day: `:position`, `:journal` and so on. */
export function daySql(
  moduleUrl: string,
  name: string,
  date: EpochDay,
  parts: Readonly<Record<string, string | number>> = {},
): string {
  return readSql(moduleUrl, name, {
    position: dayTable('position', date),
    allocation: dayTable('allocation', date),
    outcome: dayTable('event_outcome', date),
    journal: dayTable('journal_line', date),
    ...parts,
  });
}
