/**
 * What a cell holds. An amount is exact decimal text, as `formatAmount` writes it: it passes
 * through no floating point on its way into any format. A count is a whole number, a date
 * YYYY-MM-DD, a time ISO 8601 in UTC, a hash hexadecimal; a rate is decimal text. A figure is now
 * the one, now the other, or a word of ours. Text alone may be what somebody else has written.
 */
export type CellKind = 'text' | 'figure' | 'amount' | 'count' | 'rate' | 'date' | 'time' | 'hash';

/** One column of a table. */
export interface TableColumn {
  readonly key: string;
  readonly title: string;
  /** Its title on a screen, where that is another one. */
  readonly onScreen?: string;
  readonly kind: CellKind;
  /** Characters, in a workbook. */
  readonly width?: number;
}

export type Cell = string | number | boolean | null | undefined;
export type TableRow = Readonly<Record<string, Cell>>;

/** Rows with their columns; `name` is the key of a JSON document. */
export interface Table {
  readonly name: string;
  /** What its sheet is called instead, and what stands over it where a screen shows several. */
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  readonly rows: Iterable<TableRow> | AsyncIterable<TableRow>;
  /** How a screen shows it, where not as aligned columns. */
  readonly screen?: ScreenForm;
}

export interface ScreenForm {
  /** Each cell of its one row on a line of its own, behind the title of its column. */
  readonly as?: 'record';
  /** A row is said in words. */
  readonly sentence?: (row: TableRow) => string;
  /** Columns without a row are left out, with their title. */
  readonly isOptional?: boolean;
  /** What is said where a record is not there; left out with its title without it. */
  readonly empty?: string;
}
