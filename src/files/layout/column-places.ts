import { shownTitles } from '../mask.js';
import type { LayoutDocument } from './layout-document.js';
import { refusalOf } from './layout-refusals.js';
import type { LayoutColumn, Place } from './layout-schema.js';
import { HALF, LineWidths, textBetween } from './text/line-widths.js';

/** Whether a column stands in the file, and is no constant or expression of ours alone. */
export function isInFile({ title, at, start, constant, expr }: LayoutColumn): boolean {
  if (title !== undefined || at !== undefined || start !== undefined) return true;
  return constant === undefined && expr === undefined;
}

/** The title of a column that says none is the name of our field. */
export function titleOf({ title, from }: LayoutColumn): string {
  return title ?? from ?? '';
}

/**
 * Where the places of a layout lie in the records of a file: by title, by number, in the order of
 * the columns where there are no titles, or by characters or bytes. A fixed width line is cut into
 * the places that were asked for.
 */
export class ColumnPlaces {
  readonly #layout: LayoutDocument;
  readonly #path: string;
  readonly #titles: readonly string[] | undefined;
  readonly #cuts: { readonly from: number; readonly to: number }[] = [];
  readonly #widths: LineWidths;
  /** What a fixed width line has at least. */
  #lineLength = 0;
  /** By title, where the file has no titles. */
  readonly #ordered = new Map<string, number>();
  readonly #used = new Set<number>();
  readonly #missing: string[] = [];
  readonly #repeated: string[] = [];
  /** Fields that a record has, or has at least. */
  readonly width: number;
  /** More fields than that are none of ours to judge. */
  readonly isOpen: boolean;
  /** What is wrong with the last fixed width line as a whole. */
  lineProblem: string | undefined;

  constructor(path: string, layout: LayoutDocument, titles: readonly string[] | undefined) {
    this.#path = path;
    this.#layout = layout;
    this.#widths = new LineWidths(layout);
    this.#titles = titles?.map((title) => title.replace(/^\ufeff/, '').trim());
    const inFile = layout.columns.filter(isInFile);
    let next = 0;
    let farthest = 0;
    for (const column of inFile) {
      const index = column.at === undefined ? next : column.at - 1;
      next = index + 1;
      farthest = Math.max(farthest, next);
      this.#ordered.set(titleOf(column), index);
    }
    this.width = titles?.length ?? farthest;
    this.isOpen = titles === undefined && inFile.some(({ at }) => at !== undefined);
  }

  /** Index of the field that a column has in a record. */
  ofColumn(column: LayoutColumn): number {
    const { at, start } = column;
    return this.of(start === undefined && at === undefined ? { title: titleOf(column) } : column);
  }

  /** Whether anything has asked for the field of this index. */
  uses(index: number): boolean {
    return this.#used.has(index);
  }

  /** Index of the field at a place; 0 where it is missing, which `require` tells. */
  of(place: Place): number {
    const index = this.#indexOf(place);
    this.#used.add(index);
    return index;
  }

  #indexOf({ title, at, start, width }: Place): number {
    if (start !== undefined) {
      const from = start - 1;
      const to = from + (width ?? 1);
      this.#lineLength = Math.max(this.#lineLength, to);
      return this.#cuts.push({ from, to }) - 1;
    }
    if (at !== undefined) return at - 1;
    const name = title ?? '';
    if (this.#titles === undefined) return this.#ordered.get(name) ?? this.#lacks(name);
    const index = this.#titles.indexOf(name);
    if (index < 0) return this.#lacks(name);
    if (this.#titles.lastIndexOf(name) !== index) this.#repeated.push(name);
    return index;
  }

  /** Throws LoanbookError `wrong_header` for titles that are missing, repeated or unknown. */
  require(line: number): void {
    const unknown = this.#unknown();
    if (this.#missing.length + this.#repeated.length + unknown.length === 0) return;
    const listed = (names: readonly string[]) =>
      [...new Set(shownTitles(names))].join(', ') || undefined;
    throw refusalOf('columns_differ', this.#path, line, {
      missing: listed(this.#missing),
      repeated: listed(this.#repeated),
      unknown: listed(unknown),
      found: this.#titles && shownTitles(this.#titles).join(', '),
    });
  }

  /** Titles that were looked for in vain. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /** The fields of a record by the indexes given: a fixed width line is cut. */
  fieldsOf(record: readonly string[]): readonly string[] {
    if (this.#cuts.length === 0) return record;
    const line = this.#widths.placesOf(record[0] ?? '');
    if (line === undefined) {
      this.lineProblem = 'a character that may have two bytes or four';
      return this.#cuts.map(() => '');
    }
    const fields = this.#cuts.map(({ from, to }) => textBetween(line, from, to));
    const { short_rows: short, widths } = this.#layout;
    const isShort = line.length < this.#lineLength && short === 'refused';
    const isHalf = typeof line !== 'string' && fields.some((field) => field.includes(HALF));
    this.lineProblem = isShort
      ? `${line.length} ${widths} instead of ${this.#lineLength}`
      : isHalf
        ? 'a character that does not end with its field'
        : undefined;
    return fields;
  }

  #lacks(name: string): number {
    this.#missing.push(name);
    return 0;
  }

  #unknown(): string[] {
    if (this.#titles === undefined || this.#layout.other_columns === 'ignored') return [];
    const known = new Set(this.#layout.columns.filter(isInFile).map(titleOf));
    for (const place of extraPlaces(this.#layout)) known.add(place.title ?? '');
    return this.#titles.filter((title, at) => !known.has(title) || this.#isAgain(title, at));
  }

  #isAgain(title: string, at: number): boolean {
    return this.#titles?.indexOf(title) !== at;
  }
}

/** Places of a layout that are no columns of their own. */
export function extraPlaces(layout: LayoutDocument): Place[] {
  const places: Place[] = [];
  for (const { less, sign } of layout.columns) {
    if (less !== undefined) places.push(typeof less === 'string' ? { title: less } : less);
    if (typeof sign === 'object') places.push(sign);
  }
  places.push(...layout.where);
  if (layout.records !== undefined) places.push(layout.records);
  if (layout.balance !== undefined) places.push(layout.balance);
  return places;
}
