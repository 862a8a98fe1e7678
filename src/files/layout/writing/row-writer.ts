import { isInFile } from '../column-places.js';
import type { LayoutDocument } from '../layout-document.js';
import { HALF, LineWidths, type Places, textBetween } from '../text/line-widths.js';
import { LineWriter, notWritten } from './line-writer.js';
import { type OurRow, type WriteColumn, writeColumns } from './write-column.js';

/** Rows of ours as lines of a file. */
export class RowWriter {
  readonly titles: readonly string[];
  readonly #layout: LayoutDocument;
  readonly #lines: LineWriter;
  readonly #columns: readonly WriteColumn[];
  /** The index in a record of each column. */
  readonly #indexes: readonly number[];
  readonly #width: number;
  readonly #names: readonly string[];
  readonly #widths: LineWidths;
  readonly #where: readonly Condition[];
  readonly #keys: Set<string> | undefined;

  constructor(layout: LayoutDocument, minorDigits: number) {
    this.#layout = layout;
    this.#lines = new LineWriter(layout);
    this.#widths = new LineWidths(layout);
    this.#columns = writeColumns(layout, minorDigits);
    let next = 0;
    this.#indexes = this.#columns.map(({ at }) => {
      const index = at === undefined ? next : at - 1;
      next = index + 1;
      return index;
    });
    this.#width = Math.max(0, ...this.#indexes) + 1;
    this.titles = this.#spread(this.#columns.map(({ title }) => title));
    this.#names = this.#spread(this.#columns.map(({ field }) => field));
    this.#where = layout.where.map(({ title, at, start, is, not = [] }) => ({
      at: this.#columns.findIndex(
        (column) =>
          (title !== undefined && column.title === title) ||
          (at !== undefined && this.#indexes[this.#columns.indexOf(column)] === at - 1) ||
          (start !== undefined && column.start === start),
      ),
      is: is === undefined ? undefined : new Set(is),
      not: new Set(not),
    }));
    if (layout.key.length > 0) this.#keys = new Set();
  }

  /** The fields of the file; `record` counts from 1. Throws LoanbookError `value_not_written`. */
  fields(row: OurRow, record: number): string[] {
    const texts = this.#columns.map(({ text, field }) => {
      const written = text(row);
      if (typeof written === 'string') return written;
      throw notWritten(this.#layout, record, field, written.rule, written.value);
    });
    for (const { at, is, not } of this.#where) {
      const text = texts[at] ?? '';
      if ((is === undefined || is.has(text)) && !not.has(text)) continue;
      throw notWritten(this.#layout, record, this.#names[at] ?? '', 'where', text);
    }
    this.#requireNewKey(row, record);
    return this.#layout.format === 'fixed' ? [this.#fixed(texts, record)] : this.#spread(texts);
  }

  /** A line of fields, or of a fixed width. */
  line(fields: readonly string[], record: number): string {
    return this.#lines.line(fields, this.#names, record);
  }

  /** A line as it stands. */
  whole(text: string): string {
    return this.#lines.whole(text, 0);
  }

  #spread(texts: readonly string[]): string[] {
    const fields = new Array<string>(this.#width).fill('');
    for (const [at, text] of texts.entries()) fields[this.#indexes[at]!] = text;
    return fields;
  }

  #fixed(texts: readonly string[], record: number): string {
    const length = Math.max(0, ...this.#columns.map(({ start, width }) => start - 1 + width));
    const line = new Array<string>(length).fill(' ');
    for (const [at, text] of texts.entries()) {
      const column = this.#columns[at]!;
      const filled = this.#filledUp(text, column);
      if (filled === undefined) {
        throw notWritten(this.#layout, record, column.field, 'width', text);
      }
      for (let k = 0; k < column.width; k += 1) line[column.start - 1 + k] = filled[k]!;
    }
    return line.join('');
  }

  /** Undefined: it is too wide. A sign stays in front of the zeros that fill a number up. */
  #filledUp(text: string, { width, pad, isRight }: WriteColumn): Places | undefined {
    const own = this.#widths.placesOf(text);
    const left = width - (own?.length ?? width + 1);
    if (left < 0) return undefined;
    const by = this.#widths.placesOf((text === '' ? ' ' : pad).repeat(left));
    // What fills up may be cut, but no character of it.
    const filling = by === undefined ? HALF : textBetween(by, 0, left);
    if (filling.includes(HALF)) return undefined;
    const isSigned = isRight && pad === '0' && text.startsWith('-');
    const [sign, rest] = isSigned ? ['-', text.slice(1)] : ['', text];
    return this.#widths.placesOf(isRight ? sign + filling + rest : text + filling);
  }

  #requireNewKey(row: OurRow, record: number): void {
    if (this.#keys === undefined) return;
    const parts = this.#layout.key.map((field) => this.#textOf(row, field));
    const key = parts.join('\u0001');
    if (key.length === parts.length - 1) return;
    if (this.#keys.has(key)) {
      const field = this.#layout.key.at(-1)!;
      throw notWritten(this.#layout, record, field, 'repeated_key', parts.join(' '));
    }
    this.#keys.add(key);
  }

  #textOf(row: OurRow, field: string): string {
    const column = this.#layout.columns.find(({ from }) => from === field);
    if (column === undefined || !isInFile(column)) return row[field] ?? '';
    return row[field] ?? column.empty ?? '';
  }
}

interface Condition {
  readonly at: number;
  readonly is: ReadonlySet<string> | undefined;
  readonly not: ReadonlySet<string>;
}
