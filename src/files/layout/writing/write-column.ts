import { formatAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import { isInFile, titleOf } from '../column-places.js';
import type { Scope } from '../expression/expression.js';
import { parseExpression } from '../expression/parse-expression.js';
import { ExpressionFault } from '../expression/tokens.js';
import { trimmer } from '../field-text.js';
import { canonicalForm, columnForm } from '../forms/column-form.js';
import type { Form } from '../forms/form.js';
import type { LayoutDocument } from '../layout-document.js';
import type { LayoutColumn, Place } from '../layout-schema.js';

/** A row of ours: canonical text by our field names. */
export type OurRow = Readonly<Record<string, string | null | undefined>>;

/** A field of the file made ready for writing. */
export interface WriteColumn {
  /** As errors name it: our field, or the title. */
  readonly field: string;
  readonly title: string;
  /** Number of its field, from 1; undefined: behind the one before. */
  readonly at: number | undefined;
  readonly start: number;
  readonly width: number;
  readonly pad: string;
  readonly isRight: boolean;
  /** Its text; a rule that the row breaks where it has no form. */
  text(row: OurRow): WrittenText;
}

export type WrittenText = string | { readonly rule: string; readonly value: string };

/**
 * The fields of a file in the order of its columns, those of signs and conditions behind theirs.
 */
export function writeColumns(layout: LayoutDocument, minorDigits: number): WriteColumn[] {
  const made: WriteColumn[] = [];
  const taken = new Set(layout.columns.filter(isInFile).map(keyOf));
  const add = (place: Place, fixed: string | ((row: OurRow) => WrittenText)) => {
    if (taken.has(keyOf(place))) return;
    taken.add(keyOf(place));
    const text = typeof fixed === 'string' ? () => fixed : fixed;
    made.push({ ...shapeOf(place), text });
  };
  if (layout.records !== undefined) add(layout.records, layout.records.row[0] ?? '');
  for (const column of layout.columns) {
    if (!isInFile(column)) continue;
    const writer = cellOf(column, layout, minorDigits);
    made.push({ ...shapeOf(column), field: column.from ?? titleOf(column), text: writer.own });
    const { less, sign } = column;
    if (less !== undefined) add(typeof less === 'string' ? { title: less } : less, writer.beside);
    if (typeof sign === 'object') add(sign, writer.beside);
  }
  for (const condition of layout.where) add(condition, condition.is?.[0] ?? '');
  return made;
}

function keyOf(place: Place & { readonly from?: string | undefined }): string {
  const { title, at, start, from } = place;
  if (start !== undefined) return `start ${start}`;
  return at === undefined ? `title ${title ?? from}` : `at ${at}`;
}

function shapeOf(place: LayoutColumn): Omit<WriteColumn, 'text'> {
  const { at, start = 1, width = 0, type, pad, align } = place;
  const isNumber = type === 'amount' || type === 'integer';
  const title = titleOf(place);
  return {
    field: title,
    title,
    at,
    start,
    width,
    pad: pad ?? ' ',
    isRight: align === undefined ? isNumber : align === 'right',
  };
}

interface CellWriter {
  readonly own: (row: OurRow) => WrittenText;
  /** Of the second column of an amount, or the one of its sign. */
  readonly beside: (row: OurRow) => WrittenText;
}

function cellOf(column: LayoutColumn, layout: LayoutDocument, minorDigits: number): CellWriter {
  const { from = '', constant, empty = '', prefix = '', less, sign } = column;
  if (constant !== undefined) return { own: () => constant, beside: () => '' };
  const expr = column.expr === undefined ? undefined : parseExpression(column.expr);
  const when = column.when === undefined ? undefined : parseExpression(column.when);
  const form = columnForm(column, layout, minorDigits);
  const canonical = expr === undefined ? undefined : canonicalForm(column, minorDigits);
  const trim = trimmer(column.trim ?? layout.trim);
  const ours = (row: OurRow): WrittenText => {
    try {
      const scope = scopeOf(row);
      if (when?.holds(scope) === false) return '';
      if (expr === undefined) return row[from] ?? '';
      const text = expr.text(scope);
      const read = text === '' || canonical === undefined ? text : canonical.read(text);
      return read ?? { rule: canonical!.rule, value: text };
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      return { rule: 'expression', value: error.message };
    }
  };
  const written = (value: string): WrittenText => {
    if (!value.startsWith(prefix)) return { rule: 'prefix', value };
    const bare = value.slice(prefix.length);
    const text = form === undefined ? bare : writtenBack(form, bare);
    if (text === undefined) return { rule: form!.rule, value };
    // What is trimmed off, or stands for nothing, would not be read back.
    if (text === '' || (trim?.(text) ?? text) !== text) return { rule: 'trim', value };
    return text;
  };
  if (less !== undefined || typeof sign === 'object') {
    return signedCells(column, ours, written, empty, minorDigits);
  }
  const own = (row: OurRow): WrittenText => {
    const value = ours(row);
    return value === '' ? empty : typeof value === 'string' ? written(value) : value;
  };
  return { own, beside: () => '' };
}

/** Text for the file that gives our text again; amounts are the same with fewer decimals. */
function writtenBack(form: Form, ours: string): string | undefined {
  const text = form.write(ours);
  if (text === undefined || form.rule === 'amount' || form.rule === 'rate') return text;
  return form.read(text) === ours ? text : undefined;
}

function signedCells(
  { sign, less }: LayoutColumn,
  ours: (row: OurRow) => WrittenText,
  written: (value: string) => WrittenText,
  empty: string,
  minorDigits: number,
): CellWriter {
  const partsOf = (row: OurRow): readonly [own: WrittenText, beside: WrittenText] => {
    const value = ours(row);
    if (typeof value !== 'string') return [value, ''];
    const words = typeof sign === 'object' ? sign : undefined;
    const plus = words === undefined ? '' : (words.plus?.[0] ?? '');
    if (value === '') return [empty, plus];
    const minor = parseTotal(value, minorDigits);
    if (minor === undefined) return [{ rule: 'amount', value }, ''];
    const size = written(formatAmount(minor < 0n ? -minor : minor, minorDigits));
    if (words !== undefined) return [size, minor < 0n ? (words.minus[0] ?? '') : plus];
    return less !== undefined && minor < 0n ? [empty, size] : [size, empty];
  };
  return { own: (row) => partsOf(row)[0], beside: (row) => partsOf(row)[1] };
}

function scopeOf(row: OurRow): Scope {
  return {
    field: (name) => row[name] ?? '',
    title(name) {
      throw new ExpressionFault(`[${name}] is read, and cannot be written`, 0);
    },
  };
}
