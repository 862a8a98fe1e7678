import { stat } from 'node:fs/promises';
import { LoanbookError } from '../../errors.js';
import { requireCharset } from '../charset.js';
import { titleOf } from './column-places.js';
import type { LayoutDocument } from './layout-document.js';
import { LayoutReader } from './layout-reader.js';
import { type RecordBatch, SOURCES } from './record-sources.js';
import { offsetOfLine } from './text/text-blocks.js';

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
  readonly problem?: LayoutProblem | undefined;
  /** As it is in the file; a line of fixed width is one field. */
  readonly record: readonly string[];
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
  /** All rows of the file, those left out too: what heads and trailers count. */
  readonly counted: number;
  /**
   * The sum of `total_of` over all of them, in minor units; what cannot be read counts nothing.
   * There where the file says a total.
   */
  readonly total?: bigint;
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
  /** Text: the columns of a file of rejected rows stand before those of the layout. */
  readonly isOfRejects?: boolean | undefined;
  /**
   * An empty field with a type or words fails, unless `empty` says what it stands for; the rows are
   * summed though neither head nor trailer says a total.
   */
  readonly isStrict?: boolean | undefined;
  /**
   * Delimited and fixed text: only these bytes. Counts and totals are then for the caller to hold,
   * a key that is there twice as well.
   */
  readonly range?: LayoutRange | undefined;
  /** With a range: the titles, as `layoutStart` gives them. */
  readonly titles?: readonly string[] | undefined;
}

/**
 * The rows of a file as a layout says it looks like, in constant memory but for a key. A row with a
 * problem is a row; what refuses the file is thrown, at the end at the latest: until then nothing
 * of it is sure. Throws LoanbookError `wrong_header`, `wrong_charset`, `csv_malformed`, `bad_head`,
 * `bad_trailer`, `count_differs`, `total_differs`, `balance_broken`, `file_empty`,
 * `file_truncated` and those of the file's format.
 */
export async function* layoutRows(
  path: string,
  layout: LayoutDocument,
  options: LayoutRowsOptions,
): AsyncGenerator<LayoutBatch, LayoutEnd> {
  const reader = new LayoutReader(path, layout, options);
  for await (const batch of recordsOf(path, layout, options)) {
    const rows = await takenBy(reader, path, layout, batch);
    if (rows.length > 0) yield { rows, bytesRead: batch.bytesRead };
  }
  return reader.end();
}

/** The titles of a file as they are in it, and their line; undefined where it has none. */
export async function layoutTitles(
  path: string,
  layout: LayoutDocument,
  options: Omit<LayoutRowsOptions, 'fields'>,
): Promise<{ readonly titles: readonly string[]; readonly line: number } | undefined> {
  if (!layout.titles) return undefined;
  const all = { ...options, fields: [] };
  const reader = new LayoutReader(path, layout, all);
  for await (const { records, lines, ...batch } of recordsOf(path, layout, all)) {
    for (const [at, record] of records.entries()) {
      const line = lines[at]!;
      const one = { ...batch, records: [record], lines: [line], rowsTo: undefined };
      await takenBy(reader, path, layout, one);
      if (reader.titles !== undefined) return { titles: reader.titles, line };
    }
  }
  return undefined;
}

/** Where the rows of a text file begin, for a reader that shares it out into ranges. */
export interface LayoutStart {
  /** As they are in the file; undefined where it has none. */
  readonly titles: readonly string[] | undefined;
  /** The byte on which the first row begins, or what is passed over before it, and its line. */
  readonly from: number;
  readonly firstLine: number;
  readonly claims: readonly LayoutClaim[];
}

/**
 * Reads a delimited or fixed file up to its first row; throws as `layoutRows` does. Undefined: its
 * rows cannot be read in parts, for one depends on another or lines are no bytes.
 */
export async function layoutStart(
  path: string,
  layout: LayoutDocument,
  options: LayoutRowsOptions,
): Promise<LayoutStart | undefined> {
  if (!mayBeShared(layout)) return undefined;
  const reader = new LayoutReader(path, layout, options);
  for await (const batch of recordsOf(path, layout, options)) {
    for (const [at, record] of batch.records.entries()) {
      const firstLine = batch.lines[at]!;
      if (reader.isAtRows) {
        const { titles, claims } = reader;
        return { titles, claims, firstLine, from: await offsetOfLine(path, firstLine) };
      }
      const { lines, hasNul, bytesRead } = batch;
      const one = { records: [record], lines: [lines[at]!], hasNul, bytesRead };
      await takenBy(reader, path, layout, one);
    }
  }
  if (!reader.isAtRows) reader.end();
  const { size } = await stat(path);
  const { titles, claims } = reader;
  return { titles, claims, firstLine: 0, from: size };
}

function mayBeShared({ format, charset, blank_lines, skip, balance, trailer }: LayoutDocument) {
  const isText = (format === 'delimited' || format === 'fixed') && !charset.startsWith('utf-16');
  const isBelow = typeof trailer === 'object' && trailer.below !== undefined;
  const isOpenEnded = blank_lines === 'end' || skip.behind > 0 || isBelow;
  return isText && !isOpenEnded && balance === undefined;
}

/** Rows of a batch; titles that are there, but in another character set, are named as such. */
async function takenBy(
  reader: LayoutReader,
  path: string,
  { charset }: LayoutDocument,
  batch: RecordBatch,
): Promise<LayoutRow[]> {
  try {
    return reader.take(batch);
  } catch (error) {
    if (reader.missing.length > 0) {
      const found = reader.titles?.join(',') ?? '';
      await requireCharset(path, found, reader.missing, charset.replace('-bom', ''));
    }
    throw error;
  }
}

/** The records of a file; titles in another character set are named as such. */
async function* recordsOf(
  path: string,
  layout: LayoutDocument,
  { range, signal, isOfRejects }: LayoutRowsOptions,
): AsyncGenerator<RecordBatch> {
  const source = SOURCES[layout.format];
  try {
    yield* source(path, layout, { range, signal, isOfRejects });
  } catch (error) {
    if (error instanceof LoanbookError && error.code === 'wrong_charset') {
      const titles = layout.columns.map(titleOf);
      await requireCharset(path, '', titles, layout.charset.replace('-bom', ''));
    }
    throw error;
  }
}
