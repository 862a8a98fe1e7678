/** One column of a table that is written to a file. */
export interface TableColumn {
  readonly key: string;
  readonly title: string;
  /**
   * An amount is decimal text, a count a whole number, a date YYYY-MM-DD. A figure is now the one,
   * now the other, or a word of ours: text that nobody else has written.
   */
  readonly kind: 'text' | 'figure' | 'amount' | 'count' | 'date';
  /** Characters, in a workbook. */
  readonly width?: number;
}

export type TableRow = Readonly<Record<string, string | number | null | undefined>>;

/** Rows with their columns; `name` is the sheet of a workbook and the key of a JSON document. */
export interface Table {
  readonly name: string;
  /** What the sheet is called instead, for those who read it. */
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  readonly rows: Iterable<TableRow> | AsyncIterable<TableRow>;
}
