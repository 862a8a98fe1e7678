import { type ColumnPlaces, isInFile } from './column-places.js';
import type { Scope } from './expression/expression.js';
import { ExpressionFault } from './expression/tokens.js';
import { trimmer } from './field-text.js';
import type { LayoutDocument } from './layout-document.js';
import type { LayoutProblem } from './layout-rows.js';
import type { LayoutRule } from './layout-rule-names.js';
import type { Place } from './layout-schema.js';
import { type ReadColumn, readColumn, readText } from './read-column.js';

/** What of a row is read beside the fields that were asked for. */
export interface RowWants {
  readonly fields: readonly string[];
  /** Fields that a sum, a key or a balance needs. */
  readonly also: readonly string[];
  readonly minorDigits: number;
  readonly isStrict?: boolean | undefined;
}

/** A place of the file with the values that decide. */
interface Choice {
  readonly index: number;
  readonly is: ReadonlySet<string> | undefined;
  readonly not: ReadonlySet<string>;
}

type Kind = 'row' | 'left_out' | 'ignored';

/** Reads the rows of a file whose titles are known. One record at a time: what it says of the last
 * one is in its properties. */
export class RowReader {
  /** Our fields of the last record, then those that are needed beside them. */
  values: string[] = [];
  problem: LayoutProblem | undefined;
  readonly #slots = new Map<string, number>();
  readonly #asked: number;
  readonly #layout: LayoutDocument;
  readonly #places: ColumnPlaces;
  readonly #minorDigits: number;
  readonly #plain: readonly ReadColumn[];
  readonly #computed: readonly ReadColumn[];
  readonly #where: readonly Choice[];
  readonly #records: { readonly rows: Choice; readonly ignored: Choice } | undefined;
  readonly #trim: ((text: string) => string) | undefined;
  readonly #titles = new Map<string, number>();
  #fields: readonly string[] = [];
  readonly #scope: Scope = {
    field: (name) => this.values[this.#slots.get(name) ?? -1] ?? '',
    title: (name) => this.#textAt(this.#titles.get(name) ?? -1),
  };

  constructor(
    layout: LayoutDocument,
    places: ColumnPlaces,
    { fields, also, minorDigits, isStrict }: RowWants,
  ) {
    this.#layout = layout;
    this.#places = places;
    this.#minorDigits = minorDigits;
    this.#trim = trimmer(layout.trim);
    for (const field of fields) this.#slot(field);
    this.#asked = this.#slots.size;
    const wanted = new Set([...fields, ...also]);
    // From the last to the first: an expression wants fields above it.
    const columns: ReadColumn[] = [];
    for (let at = layout.columns.length - 1; at >= 0; at -= 1) {
      const column = layout.columns[at]!;
      const isChecked = column.constant !== undefined && isInFile(column);
      if (!isChecked && !wanted.has(column.from ?? '')) continue;
      const ready = readColumn(column, layout, places, minorDigits, (field) => this.#slot(field));
      columns.unshift({ ...ready, isStrict: isStrict === true && ready.form !== undefined });
      for (const expression of [ready.when, ready.expr]) {
        for (const field of expression?.fields ?? []) wanted.add(field);
        for (const title of expression?.titles ?? []) {
          this.#titles.set(title, places.of({ title }));
        }
      }
    }
    this.#plain = columns.filter(({ when, expr }) => when === undefined && expr === undefined);
    this.#computed = columns.filter(({ when, expr }) => when !== undefined || expr !== undefined);
    this.#where = layout.where.map((condition) => choiceOf(places, condition));
    const { records } = layout;
    if (records !== undefined) {
      const rows = choiceOf(places, { ...records, is: records.row });
      this.#records = { rows, ignored: { ...rows, is: new Set(records.ignore) } };
    }
  }

  /** The place of a field in `values`; -1: the layout has no such field. */
  slotOf(field: string): number {
    return this.#slots.get(field) ?? -1;
  }

  /** Whether anything is read of the field of this index. */
  uses(index: number): boolean {
    return this.#places.uses(index);
  }

  /** The fields that were asked for, of the last record. */
  get fields(): string[] {
    return this.values.length === this.#asked ? this.values : this.values.slice(0, this.#asked);
  }

  /** Reads a record; `hasNul` says that it may hold a NUL character. */
  read(record: readonly string[], hasNul: boolean): Kind {
    this.problem = undefined;
    this.values = new Array<string>(this.#slots.size).fill('');
    this.#fields = this.#places.fieldsOf(record);
    if (this.#records !== undefined) {
      if (this.#holds(this.#records.ignored)) return 'ignored';
      if (!this.#holds(this.#records.rows)) {
        this.#fail('', 'record_kind', this.#textAt(this.#records.rows.index));
        return 'row';
      }
    }
    this.#checkShape(record, hasNul);
    if (this.problem !== undefined) return 'row';
    const isLeftOut = !this.#where.every((choice) => this.#holds(choice));
    for (const column of this.#plain) {
      const result = readText(column, this.#fields, this.#minorDigits);
      if (typeof result === 'string') this.values[column.slot] = result;
      else this.#fail(column.field, result.broken, result.value);
    }
    for (const column of this.#computed) this.#compute(column);
    return isLeftOut ? 'left_out' : 'row';
  }

  /** Says what is wrong with the record, where nothing was before. */
  #fail(field: string, rule: LayoutRule, value: string): void {
    this.problem ??= { field, rule, value };
  }

  #checkShape(record: readonly string[], hasNul: boolean): void {
    const { format, short_rows: short, long_rows: long } = this.#layout;
    if (format === 'fixed') {
      const { lineProblem } = this.#places;
      if (lineProblem !== undefined) this.#fail('', 'field_count', lineProblem);
    } else {
      const { width, isOpen } = this.#places;
      const isShort = record.length < width && short === 'refused';
      const isLong = record.length > width && long === 'refused' && !isOpen;
      if (isShort || isLong) this.#fail('', 'field_count', `${record.length} instead of ${width}`);
    }
    if (!hasNul) return;
    const nul = record.findIndex((field) => field.includes('\0'));
    if (nul < 0) return;
    const column = this.#plain.find(({ index }) => index === nul);
    this.#fail(column?.field ?? '', 'nul_character', record[nul]!);
  }

  #compute(column: ReadColumn): void {
    const { when, expr, form, slot, field } = column;
    if (this.values[slot] !== '') return;
    try {
      if (when?.holds(this.#scope) === false) return;
      if (expr === undefined) {
        const result = readText(column, this.#fields, this.#minorDigits);
        if (typeof result === 'string') this.values[slot] = result;
        else this.#fail(field, result.broken, result.value);
        return;
      }
      const text = expr.text(this.#scope);
      const own = text === '' ? (column.empty ?? '') : text;
      const read = form === undefined || own === '' ? own : form.read(own);
      if (read === undefined) this.#fail(field, form!.rule, own);
      else this.values[slot] = (own === '' ? '' : (column.prefix ?? '')) + read;
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      this.#fail(field, 'expression', error.message);
    }
  }

  #slot(field: string): number {
    const known = this.#slots.get(field);
    if (known !== undefined) return known;
    this.#slots.set(field, this.#slots.size);
    return this.#slots.size - 1;
  }

  #textAt(index: number): string {
    const raw = this.#fields[index] ?? '';
    return this.#trim === undefined ? raw : this.#trim(raw);
  }

  #holds({ index, is, not }: Choice): boolean {
    const text = this.#textAt(index);
    return (is === undefined || is.has(text)) && !not.has(text);
  }
}

function choiceOf(
  places: ColumnPlaces,
  choice: Place & { readonly is?: readonly string[]; readonly not?: readonly string[] },
): Choice {
  return {
    index: places.of(choice),
    is: choice.is === undefined ? undefined : new Set(choice.is),
    not: new Set(choice.not),
  };
}
