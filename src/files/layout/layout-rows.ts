import type { LayoutDocument } from './layout-document.js';

/** The first thing wrong with a row; `field` is ours, `rule` a name of layout-rule-names.ts. */
export interface LayoutProblem {
  readonly field: string;
  readonly rule: string;
  /** As it is in the file. */
  readonly value: string;
}

/** A row as our fields. */
export interface LayoutRow {
  /** Where it begins in the file, 1-based; the row of the sheet for a workbook. */
  readonly line: number;
  /** In the order asked for; '' where the layout has none, or it cannot be read. */
  readonly fields: readonly string[];
  readonly problem?: LayoutProblem;
}

export interface LayoutBatch {
  readonly rows: readonly LayoutRow[];
  readonly bytesRead: number;
}

/** What the file says of itself in a head or a trailer; `total` in minor units. */
export interface LayoutClaim {
  readonly by: 'head' | 'trailer';
  readonly line: number;
  readonly count?: number;
  readonly total?: bigint;
  /** YYYY-MM-DD. */
  readonly date?: string;
}

/** What is known once the rows are over. */
export interface LayoutEnd {
  /** Rows handed over, those with a problem too. */
  readonly rows: number;
  /** Rows that `where` leaves out. */
  readonly leftOut: number;
  /** Line on which the last row begins. */
  readonly lastLine: number;
  readonly claims: readonly LayoutClaim[];
  /** The sum of `total_of` over all rows, those left out too; what cannot be read counts nothing. */
  readonly total: bigint;
  /** The last line has no line end. */
  readonly isUnterminated: boolean;
}

/** A part of a text file, of whole records, for readers beside each other. */
export interface LayoutRange {
  /** The first byte of it, and the first behind it. */
  readonly from: number;
  readonly to: number;
  /** The line on which it begins, from 1. */
  readonly firstLine: number;
}

export interface LayoutRowsOptions {
  /** Our fields, in the order in which each row gives them. */
  readonly fields: readonly string[];
  /** Decimals of the currency. */
  readonly minorDigits: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Delimited and fixed text: only these bytes. Counts and totals are then for the caller to hold,
   * a key that is there twice as well.
   */
  readonly range?: LayoutRange | undefined;
  /** With a range: the titles, as `layoutStart` gives them. */
  readonly titles?: readonly string[] | undefined;
}

/**
 * The rows of a file as a layout says it looks like, in constant memory. Throws LoanbookError
 * `wrong_header`, `wrong_charset`, `csv_malformed`, `bad_head`, `bad_trailer`, `count_differs`,
 * `total_differs` and those of the file's format.
 */
// biome-ignore lint/correctness/useYield: the signature comes first.
export async function* layoutRows(
  path: string,
  layout: LayoutDocument,
  options: LayoutRowsOptions,
): AsyncGenerator<LayoutBatch, LayoutEnd> {
  throw new Error(`not built: ${path} ${layout.format} ${options.minorDigits}`);
}

/** Where the rows of a text file begin, for a reader that shares it out into ranges. */
export interface LayoutStart {
  /** As they are in the file; undefined where it has none. */
  readonly titles: readonly string[] | undefined;
  /** The byte on which the first row begins, and its line. */
  readonly from: number;
  readonly firstLine: number;
  readonly claims: readonly LayoutClaim[];
}

/** Reads a delimited or fixed file up to its first row; throws as `layoutRows` does. */
export async function layoutStart(
  path: string,
  layout: LayoutDocument,
  options: LayoutRowsOptions,
): Promise<LayoutStart> {
  throw new Error(`not built: ${path} ${layout.format} ${options.minorDigits}`);
}
