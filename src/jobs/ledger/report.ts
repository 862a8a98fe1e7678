import type { Table } from '../../files/table.js';

/** A report: what it is of, and its rows, to be read once. Amounts are decimal text. */
export interface Report {
  readonly head: Readonly<Record<string, string | number | null>>;
  readonly tables: readonly Table[];
  /** Name of the table that a CSV file holds, where it is not the first. */
  readonly main?: string;
}
