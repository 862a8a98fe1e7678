import { parseTotal } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { encodeText } from '../encode-text.js';
import { ClaimLine } from './claim-line.js';
import { isInFile, titleOf } from './column-places.js';
import { filledPlaces, type PlaceValues, valueOfPlace } from './file-places.js';
import type { LayoutDocument } from './layout-document.js';
import type { LayoutCharset } from './layout-schema.js';
import { notWritten } from './writing/line-writer.js';
import { RowWriter } from './writing/row-writer.js';
import type { OurRow } from './writing/write-column.js';

export type { OurRow } from './writing/write-column.js';

export interface LayoutWriterOptions extends PlaceValues {
  /** Decimals of the currency. */
  readonly minorDigits: number;
}

/** What was written, known when the last piece is taken. */
export interface LayoutWritten {
  readonly rows: number;
  /** The sum of `total_of`, in minor units. */
  readonly total: bigint;
  /** Content of the control file; undefined where the layout has none. */
  readonly control: string | undefined;
}

/** Rows that become text at a time. */
const BATCH = 1_000;
const SURROGATE = /\p{Surrogate}/u;

/**
 * Rows as the bytes of a file, piece by piece: what is written is read back equal. A head that says
 * count or total wants them in the options, or rows that are an array. Throws LoanbookError
 * `value_not_written` for what the layout has no form for, `totals_unknown`, `layout_not_written`.
 */
export async function* writeLayout(
  layout: LayoutDocument,
  rows: Iterable<OurRow> | AsyncIterable<OurRow>,
  options: LayoutWriterOptions,
): AsyncGenerator<Buffer, LayoutWritten> {
  requireWritable(layout);
  const writer = new FileWriter(layout, options);
  const known = Array.isArray(rows) ? countedRows(layout, rows, options) : options;
  const encode = encoderOf(layout);
  let text = writer.opening(known);
  let left = BATCH;
  let isFirst = true;
  for await (const row of rows) {
    text += writer.row(row);
    left -= 1;
    if (left > 0) continue;
    yield encode(text, isFirst);
    [text, left, isFirst] = ['', BATCH, false];
  }
  text += writer.closing();
  if (text !== '' || isFirst) yield encode(text, isFirst);
  return writer.written();
}

/** The same at once, as text: of rows that fit into memory. Throws as `writeLayout` does. */
export function layoutText(
  layout: LayoutDocument,
  rows: readonly OurRow[],
  options: LayoutWriterOptions,
): LayoutWritten & { readonly text: string } {
  requireWritable(layout);
  const writer = new FileWriter(layout, options);
  const opening = writer.opening(countedRows(layout, rows, options));
  const text = opening + rows.map((row) => writer.row(row)).join('') + writer.closing();
  return { text, ...writer.written() };
}

/** What stands above the rows: head and titles, for whoever makes the rows elsewhere. */
export function layoutOpening(layout: LayoutDocument, options: LayoutWriterOptions): string {
  requireWritable(layout);
  return new FileWriter(layout, options).opening(options);
}

/** Writes the lines of one file in their order. */
class FileWriter {
  readonly #layout: LayoutDocument;
  readonly #options: LayoutWriterOptions;
  readonly #rows: RowWriter;
  readonly #trailer: ClaimLine | undefined;
  #count = 0;
  #total = 0n;
  readonly #totals = new Map<string, bigint>();

  constructor(layout: LayoutDocument, options: LayoutWriterOptions) {
    this.#layout = layout;
    this.#options = options;
    this.#rows = new RowWriter(layout, options.minorDigits);
    if (layout.trailer !== undefined) {
      this.#trailer = new ClaimLine('trailer', '', layout, options.minorDigits);
    }
    const { trailer } = layout;
    const totals = typeof trailer === 'object' ? trailer.totals : undefined;
    for (const field of Object.keys(totals ?? {})) this.#totals.set(field, 0n);
  }

  opening(known: PlaceValues): string {
    const { skip, head, titles, line_end: end } = this.#layout;
    let text = (end === 'crlf' ? '\r\n' : '\n').repeat(skip.before);
    if (head !== undefined) text += this.#claim('head', known, new Map());
    if (titles) text += this.#rows.line(this.#rows.titles, 0);
    return text;
  }

  row(row: OurRow): string {
    this.#count += 1;
    const { total_of: totalOf } = this.#layout;
    if (totalOf !== undefined) this.#total += this.#amountOf(row, totalOf);
    for (const [field, sum] of this.#totals) {
      this.#totals.set(field, sum + this.#amountOf(row, field));
    }
    const fields = this.#rows.fields(row, this.#count);
    if (this.#trailer?.isLast === false && this.#trailer.tells(fields)) {
      throw notWritten(this.#layout, this.#count, '', 'like_the_trailer', fields[0] ?? '');
    }
    return this.#rows.line(fields, this.#count);
  }

  closing(): string {
    const { trailer, skip } = this.#layout;
    const known = { ...this.#options, count: this.#count, total: this.#total };
    const text = trailer === undefined ? '' : this.#claim('trailer', known, this.#totals);
    return text + this.#rows.whole('-').repeat(skip.behind);
  }

  written(): LayoutWritten {
    const content = this.#layout.control?.content;
    const known = { ...this.#options, count: this.#count, total: this.#total };
    return {
      rows: this.#count,
      total: this.#total,
      control: content === undefined ? undefined : filledPlaces(content, this.#layout, known),
    };
  }

  #amountOf(row: OurRow, field: string): bigint {
    return parseTotal(row[field] ?? '', this.#options.minorDigits) ?? 0n;
  }

  #claim(by: 'head' | 'trailer', known: PlaceValues, sums: ReadonlyMap<string, bigint>): string {
    const line = this.#layout[by]!;
    const values = { ...known, minorDigits: this.#options.minorDigits };
    if (typeof line === 'string') {
      const { format, delimiter } = this.#layout;
      const filled = (part: string) => filledPlaces(part, this.#layout, values);
      if (format === 'fixed') return this.#rows.whole(filled(line));
      return this.#rows.line(line.split(delimiter).map(filled), 0);
    }
    const { starts, below = 0, count, total, date, totals = {} } = line;
    const fields: string[] = [];
    const put = (place: number | undefined, text: () => string) => {
      if (place !== undefined) fields[place - 1] = text();
    };
    put(count, () => valueOfPlace('count', this.#layout, values));
    put(total, () => valueOfPlace('total', this.#layout, values));
    put(date, () => valueOfPlace('date', this.#layout, values));
    for (const [field, place] of Object.entries(totals)) {
      put(place, () => valueOfPlace('total', this.#layout, { ...values, total: sums.get(field) }));
    }
    if (below === 0) fields[0] = starts;
    const filled = Array.from(fields, (field) => field ?? '');
    const above = Array.from({ length: below }, (_, at) => (at === 0 ? starts : '-'));
    return [...above.map((text) => [text]), filled]
      .map((texts) => this.#rows.line(texts, 0))
      .join('');
  }
}

/** What rows count and sum to, where they can be gone over twice. */
function countedRows(
  layout: LayoutDocument,
  rows: readonly OurRow[],
  options: LayoutWriterOptions,
): PlaceValues {
  let total = 0n;
  for (const row of rows) {
    total += parseTotal(row[layout.total_of ?? ''] ?? '', options.minorDigits) ?? 0n;
  }
  return { ...options, count: rows.length, total };
}

function requireWritable(layout: LayoutDocument): void {
  const { format, balance, head } = layout;
  const reason =
    format !== 'delimited' && format !== 'fixed'
      ? `format ${format}`
      : balance !== undefined
        ? 'balance: a running balance is not ours to say'
        : typeof head === 'object' && head.totals !== undefined
          ? 'head.totals'
          : hasSharedPlace(layout)
            ? 'two columns of one place'
            : undefined;
  if (reason === undefined) return;
  throw new LoanbookError('layout_not_written', 'Files of this layout are read only.', {
    exitCode: EXIT.usage,
    evidence: { layout: layout.layout, rule: reason },
    next: 'Write with another layout.',
  });
}

/** Columns that a condition chooses between when a file is read. */
function hasSharedPlace({ columns }: LayoutDocument): boolean {
  const keys = columns.filter(isInFile).map(({ at, ...column }) => at ?? titleOf(column));
  const isText = columns.every(({ start }) => start === undefined);
  return isText && new Set(keys).size < keys.length;
}

/** Text as bytes; the first piece with the byte order mark where the charset has one. */
function encoderOf(layout: LayoutDocument): (text: string, isFirst: boolean) => Buffer {
  const { charset } = layout;
  return (text, isFirst) => {
    if (SURROGATE.test(text)) throw notWritten(layout, 0, '', 'charset', 'half of a character');
    return encodeText(isFirst && MARKED.has(charset) ? `\ufeff${text}` : text, charset);
  };
}

const MARKED: ReadonlySet<LayoutCharset> = new Set(['utf-8-bom', 'utf-16le', 'utf-16be']);
