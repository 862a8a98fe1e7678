import { parseTotal } from '../../accounting/money/amount-text.js';
import { trimmer } from './field-text.js';
import { totalForm } from './forms/column-form.js';
import { dateForm } from './forms/date-form.js';
import type { LayoutDocument } from './layout-document.js';
import { refusalOf } from './layout-refusals.js';
import type { LayoutClaim } from './layout-rows.js';
import type { LayoutFigures } from './layout-schema.js';
import { templatePattern, templatePieces } from './line-template.js';

/** What a line says, and the sums of other fields of ours that it says, in minor units. */
export interface ReadClaim {
  readonly claim: LayoutClaim;
  readonly sums: ReadonlyMap<string, bigint>;
}

type Figures = Readonly<Record<string, string | undefined>>;

/** The head or the trailer of a layout, told among the records of a file and read. */
export class ClaimLine {
  readonly by: 'head' | 'trailer';
  /** Only the last record can be it: nothing in it tells it from a row. */
  readonly isLast: boolean;
  /** Records below the one that tells it on which the figures are. */
  readonly below: number;
  readonly #path: string;
  readonly #layout: LayoutDocument;
  readonly #minorDigits: number;
  readonly #figures: LayoutFigures | undefined;
  readonly #patterns: readonly RegExp[];
  /** What the first field of a template is, where it is text alone; fixed: how the line begins. */
  readonly #first: string;
  readonly #trim: ((text: string) => string) | undefined;

  constructor(by: 'head' | 'trailer', path: string, layout: LayoutDocument, minorDigits: number) {
    this.by = by;
    this.#path = path;
    this.#layout = layout;
    this.#minorDigits = minorDigits;
    this.#trim = layout.format === 'fixed' ? undefined : trimmer(layout.trim);
    const line = layout[by];
    const isTemplate = typeof line === 'string';
    const isFixed = layout.format === 'fixed';
    this.#figures = isTemplate ? undefined : line;
    const parts = !isTemplate ? [] : isFixed ? [line] : line.split(layout.delimiter);
    this.#patterns = parts.map(templatePattern);
    const [first] = templatePieces(parts[0] ?? '');
    const isWhole = isFixed || templatePieces(parts[0] ?? '').length === 1;
    const text = first?.place === undefined && isWhole ? (first?.text ?? '') : '';
    this.#first = this.#figures?.starts ?? text;
    this.below = this.#figures?.below ?? 0;
    this.isLast = by === 'trailer' && this.#first === '';
  }

  /** Whether a record is this line, as far as that can be told of it alone. */
  tells(record: readonly string[]): boolean {
    const first = record[0] ?? '';
    if (this.#layout.format === 'fixed') return first.startsWith(this.#first);
    if ((this.#trim?.(first) ?? first) !== this.#first) return this.#first === '';
    return this.#figures !== undefined || record.length === this.#patterns.length;
  }

  /** Whether a field of the line is read, from 0. */
  uses(index: number): boolean {
    if (this.#figures === undefined) return true;
    const { count, total, date, totals = {} } = this.#figures;
    return [count, total, date, ...Object.values(totals)].includes(index + 1);
  }

  /** Reads the figures of the line. Throws `bad_head` or `bad_trailer`. */
  read(record: readonly string[], line: number): ReadClaim {
    const fields = record.map((field) => this.#trim?.(field) ?? field);
    const figures = this.#figures === undefined ? this.#byTemplate(fields, line) : {};
    const { count, total, date, totals = {} } = this.#figures ?? {};
    const at = (place: number | undefined) =>
      place === undefined ? undefined : (fields[place - 1] ?? '');
    const found: Figures =
      this.#figures === undefined
        ? figures
        : { count: at(count), total: at(total), date: at(date) };
    const sums = new Map<string, bigint>();
    for (const [field, place] of Object.entries(totals)) {
      sums.set(field, this.#amount(field, at(place) ?? '', line));
    }
    const claim: LayoutClaim = {
      by: this.by,
      line,
      ...(found.count !== undefined && { count: this.#count(found.count, line) }),
      ...(found.total !== undefined && { total: this.#amount('total', found.total, line) }),
      ...(found.date !== undefined && { date: this.#date(found.date, line) }),
    };
    return { claim, sums };
  }

  /** The error of a file without this line, or with something else in its place. */
  missing(line: number, value: string | undefined): Error {
    const refusal = this.by === 'head' ? 'bad_head' : 'bad_trailer';
    const expected = this.#figures?.starts ?? String(this.#layout[this.by]);
    return refusalOf(refusal, this.#path, line, { expected, value });
  }

  /** The error of a row behind it. */
  followed(line: number, record: readonly string[]): Error {
    const value = record.join(this.#layout.delimiter);
    return refusalOf('bad_trailer', this.#path, line, { expected: 'nothing behind it', value });
  }

  #byTemplate(fields: readonly string[], line: number): Figures {
    const bad = () => this.missing(line, fields.join(this.#layout.delimiter));
    if (fields.length !== this.#patterns.length) throw bad();
    const figures: Record<string, string> = {};
    for (const [index, pattern] of this.#patterns.entries()) {
      const found = pattern.exec(fields[index]!);
      if (found === null) throw bad();
      for (const [place, value] of Object.entries(found.groups ?? {}))
        figures[place] = value.trim();
    }
    return figures;
  }

  #count(text: string, line: number): number {
    if (/^[0-9]{1,12}$/.test(text)) return Number(text);
    throw this.#bad('count', text, line);
  }

  #amount(field: string, text: string, line: number): bigint {
    const read = totalForm(this.#layout, this.#minorDigits).read(text);
    const amount = read === undefined ? undefined : parseTotal(read, this.#minorDigits);
    if (amount === undefined) throw this.#bad(field, text, line);
    return amount;
  }

  #date(text: string, line: number): string {
    const date = dateForm(this.#layout.date_format).read(text);
    if (date === undefined) throw this.#bad('date', text, line);
    return date;
  }

  #bad(field: string, value: string, line: number): Error {
    const refusal = this.by === 'head' ? 'bad_head' : 'bad_trailer';
    return refusalOf(refusal, this.#path, line, { field, value });
  }
}
