/** What a file seems to be: a guess to start a layout from. */
export interface Examination {
  readonly file: string;
  readonly container: string;
  readonly format: GuessedFormat;
  readonly charset: string | undefined;
  readonly lineEnd: 'lf' | 'crlf' | undefined;
  readonly delimiter: string | undefined;
  readonly quoting: 'csv' | 'all' | 'none' | undefined;
  readonly sheet: string | undefined;
  /** Whether a line of titles was found, and its line. */
  readonly titlesLine: number | undefined;
  /** Lines above the titles, or above the rows where there are none. */
  readonly before: number;
  /** Lines behind the rows, blank ones left out. */
  readonly behind: number;
  readonly comment: readonly string[];
  readonly trim: readonly string[];
  readonly columns: readonly ColumnGuess[];
  /** The first rows, fields trimmed. */
  readonly rows: readonly SampleRow[];
  /** All rows were looked at, not the first and the last ones alone. */
  readonly isWhole: boolean;
  readonly doubts: readonly Doubt[];
}

export type GuessedFormat = 'delimited' | 'xlsx' | 'ndjson' | 'mt940' | 'camt';

export interface SampleRow {
  /** The row of the sheet for a workbook. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface ColumnGuess {
  /** From 1. */
  readonly at: number;
  /** Empty where the file has no titles. */
  readonly title: string;
  /** Our field that its title is a name of. */
  readonly from: string | undefined;
  readonly type: 'text' | 'integer' | 'amount' | 'rate' | 'date' | 'empty';
  /** Of a date. */
  readonly format?: string | undefined;
  readonly thousands?: ',' | '.' | undefined;
  readonly decimal?: ',' | undefined;
  /** Most decimals of an amount. */
  readonly decimals?: number | undefined;
  readonly isPercent?: boolean | undefined;
  /** Rows in which it is not empty. */
  readonly filled: number;
}

/** Something that a person has to look at. */
export interface Doubt {
  readonly rule: string;
  readonly line?: number | undefined;
  readonly column?: string | undefined;
  readonly value?: string | undefined;
  readonly says: string;
}
