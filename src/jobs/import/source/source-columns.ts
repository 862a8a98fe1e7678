import { EXIT, LoanbookError } from '../../../errors.js';
import { shownTitles } from '../../../files/mask.js';
import type { MappingDocument } from '../documents/mapping-document.js';
import { type Transform, transformOf } from './value-transform.js';

/** One of our columns. */
export interface ColumnSpec {
  readonly name: string;
  readonly required: boolean;
}

/** Why a row cannot go in. */
export interface RowProblem {
  /** One of our columns; with `line`, a name as it is reported. */
  readonly field: string;
  /** The line of another file that is to blame: the one of the loans' own schedules. */
  readonly line?: number;
  readonly rule: string;
  readonly value: string;
}

interface Source {
  readonly name: string;
  /** Place in the record; -1: the same text in every row. */
  readonly index: number;
  readonly constant: string;
  readonly transform: Transform | undefined;
}

/**
 * Finds our columns in the records of a file, with or without a mapping. Throws LoanbookError
 * `wrong_header`, naming what is missing, unknown or repeated.
 */
export class SourceColumns {
  readonly width: number;
  readonly #specs: readonly ColumnSpec[];
  readonly #sources: readonly Source[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(
    file: string,
    header: readonly string[],
    specs: readonly ColumnSpec[],
    mapping?: MappingDocument,
  ) {
    const names = header.map((name) => name.trim());
    this.width = names.length;
    this.#specs = specs;
    this.#places = new Map(specs.map(({ name }, place) => [name, place]));
    checkHeader(file, names, specs, mapping);
    this.#sources = specs.map((spec) => sourceOf(spec.name, names, mapping));
  }

  /** The text of our columns in `fields`, '' where there is none; or what cannot be turned. */
  read(record: readonly string[], fields: string[]): RowProblem | undefined {
    for (let i = 0; i < this.#sources.length; i += 1) {
      const source = this.#sources[i]!;
      const text = source.index < 0 ? source.constant : record[source.index]!;
      const spec = this.#specs[i]!;
      if (text === '' && spec.required) {
        return { field: spec.name, rule: 'missing_field', value: '' };
      }
      if (source.transform === undefined || text === '') {
        fields[i] = text;
        continue;
      }
      const turned = source.transform.turn(text);
      if (turned === undefined)
        return { field: spec.name, rule: source.transform.rule, value: text };
      fields[i] = turned;
    }
    return undefined;
  }

  /** The text of one of our columns; '' where there is none or it cannot be turned. */
  textOf(field: string, record: readonly string[]): string {
    const source = this.#sources[this.#placeOf(field)];
    if (source === undefined) return '';
    const text = source.index < 0 ? source.constant : (record[source.index] ?? '');
    return source.transform === undefined || text === ''
      ? text
      : (source.transform.turn(text) ?? '');
  }

  /**
   * The text of one of our columns in a line without quotes; undefined: the line has to be taken
   * apart, because it has fields too many or too few, or the text is to be turned.
   */
  textInLine(field: string, line: string): string | undefined {
    const { index = -1, transform } = this.#sources[this.#placeOf(field)] ?? {};
    if (index < 0 || transform !== undefined) return undefined;
    let from = 0;
    let text: string | undefined;
    for (let place = 0; ; place += 1) {
      const end = line.indexOf(',', from);
      if (place === index) text = line.slice(from, end < 0 ? line.length : end);
      if (end < 0) return place === this.width - 1 ? text : undefined;
      from = end + 1;
    }
  }

  /** A record of the file that holds nothing but one of our columns. */
  recordOf(field: string, text: string): string[] {
    const record = new Array<string>(this.width).fill('');
    const { index = -1 } = this.#sources[this.#placeOf(field)] ?? {};
    if (index >= 0) record[index] = text;
    return record;
  }

  /** The name in the file of one of our columns. */
  nameOf(field: string): string {
    return this.#sources[this.#placeOf(field)]?.name ?? field;
  }

  /** The column of ours that has this name in the file; else the name itself. */
  fieldOf(name: string): string {
    const at = this.#sources.findIndex(({ index, name: own }) => index >= 0 && own === name.trim());
    return this.#specs[at]?.name ?? name;
  }

  /** Whether the file, or its mapping, has one of our columns. */
  has(field: string): boolean {
    const { index = -1, constant = '' } = this.#sources[this.#placeOf(field)] ?? {};
    return index >= 0 || constant !== '';
  }

  /** Whether one of our columns is the last of the file. */
  isLast(field: string): boolean {
    return this.#sources[this.#placeOf(field)]?.index === this.width - 1;
  }

  #placeOf(field: string): number {
    return this.#places.get(field) ?? -1;
  }
}

function sourceOf(name: string, header: readonly string[], mapping?: MappingDocument): Source {
  if (mapping === undefined) {
    return { name, index: header.indexOf(name), constant: '', transform: undefined };
  }
  const column = mapping.columns[name];
  if (column === undefined) return { name, index: -1, constant: '', transform: undefined };
  const { from, constant = '', prefix = '' } = column;
  const index = from === undefined ? -1 : header.indexOf(from);
  const transform = from === undefined ? undefined : transformOf(column);
  return { name: from ?? name, index, constant: prefix + constant, transform };
}

function checkHeader(
  file: string,
  header: readonly string[],
  specs: readonly ColumnSpec[],
  mapping?: MappingDocument,
): void {
  const known = new Set<string>();
  const missing: string[] = [];
  for (const spec of specs) {
    const column = mapping?.columns[spec.name];
    const name = mapping === undefined ? spec.name : column?.from;
    if (name !== undefined) known.add(name);
    const isThere = name === undefined ? column?.constant !== undefined : header.includes(name);
    const isNeeded = spec.required || column?.from !== undefined;
    if (isNeeded && !isThere) missing.push(name ?? spec.name);
  }
  const ignoresOthers = mapping?.other_columns === 'ignore';
  const unknown = ignoresOthers ? [] : header.filter((name) => !known.has(name));
  // Of columns that are passed over, it is no matter which is which.
  const counts = (name: string) => known.has(name) || !ignoresOthers;
  const repeated = header.filter((name, at) => counts(name) && header.indexOf(name) !== at);
  if (missing.length + unknown.length + repeated.length === 0) return;
  // Where a row stands in the place of the titles, all of it is unknown.
  const listed = (names: readonly string[]) => shownTitles(names).join(', ') || undefined;
  throw new LoanbookError('wrong_header', 'The first line of the file names other columns.', {
    exitCode: EXIT.failed,
    evidence: {
      file,
      line: 1,
      missing: listed(missing),
      unknown: listed(unknown),
      repeated: listed(repeated),
      expected: specs.map((spec) => (spec.required ? spec.name : `[${spec.name}]`)).join(', '),
    },
    next: 'Correct the header, or name a column mapping with --mapping. Nothing was imported.',
  });
}
