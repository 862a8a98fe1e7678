import { formatAmount, parseTotal } from '../../accounting/money/amount-text.js';
import { type ColumnPlaces, isInFile } from './column-places.js';
import { type Expression, parseExpression } from './expression/parse-expression.js';
import { trimmer } from './field-text.js';
import { canonicalForm, columnForm } from './forms/column-form.js';
import type { Form } from './forms/form.js';
import type { LayoutDocument } from './layout-document.js';
import type { LayoutRule } from './layout-rule-names.js';
import type { LayoutColumn, SignColumn } from './layout-schema.js';

/** A column made ready for reading; what nothing is to be done for is undefined. */
export interface ReadColumn {
  readonly field: string;
  /** Place of our field in the row. */
  readonly slot: number;
  /** Place in the record; -1: it is in no record. */
  readonly index: number;
  readonly constant: string | undefined;
  readonly trim: ((text: string) => string) | undefined;
  readonly empty: string | undefined;
  readonly form: Form | undefined;
  readonly prefix: string | undefined;
  readonly less: number | undefined;
  readonly sign: ReadSign | undefined;
  readonly when: Expression | undefined;
  readonly expr: Expression | undefined;
  /** An empty field is none of its form. */
  readonly isStrict?: boolean;
}

interface ReadSign {
  readonly index: number;
  readonly minus: ReadonlySet<string>;
  /** Undefined: all others. */
  readonly plus: ReadonlySet<string> | undefined;
}

/** Makes a column ready; `slotOf` gives the place of our fields. */
export function readColumn(
  column: LayoutColumn,
  layout: LayoutDocument,
  places: ColumnPlaces,
  minorDigits: number,
  slotOf: (field: string) => number,
): ReadColumn {
  const { from = column.title ?? '', constant, less, sign } = column;
  const expr = column.expr === undefined ? undefined : parseExpression(column.expr);
  const isRead = expr === undefined && isInFile(column);
  return {
    field: from,
    // A constant that is none of our fields is held to what the file says, and kept apart.
    slot: slotOf(column.from ?? `[${from}]`),
    index: isRead ? places.ofColumn(column) : -1,
    constant,
    trim: trimmer(column.trim ?? layout.trim),
    empty: column.empty,
    form:
      expr === undefined
        ? constant === undefined
          ? columnForm(column, layout, minorDigits)
          : undefined
        : canonicalForm(column, minorDigits),
    prefix: column.prefix,
    less: less === undefined ? undefined : places.of(placeOf(less)),
    sign: typeof sign === 'object' ? readSign(sign, places) : undefined,
    when: column.when === undefined ? undefined : parseExpression(column.when),
    expr,
  };
}

function placeOf(less: NonNullable<LayoutColumn['less']>) {
  return typeof less === 'string' ? { title: less } : less;
}

function readSign(sign: SignColumn, places: ColumnPlaces): ReadSign {
  const { minus, plus } = sign;
  return {
    index: places.of(sign),
    minus: new Set(minus),
    plus: plus === undefined ? undefined : new Set(plus),
  };
}

/** What a column reads, or the rule that it breaks. */
export type ReadResult = string | { readonly broken: LayoutRule; readonly value: string };

/** Reads what stands in the file: everything but conditions and expressions. */
export function readText(
  column: ReadColumn,
  record: readonly string[],
  minorDigits: number,
): ReadResult {
  const { index, constant, trim, empty, form, prefix } = column;
  if (index < 0) return constant ?? '';
  const raw = record[index] ?? '';
  let text = trim === undefined ? raw : trim(raw);
  if (constant !== undefined) {
    return text === constant ? constant : { broken: 'unknown_word', value: raw };
  }
  if (column.less !== undefined || column.sign !== undefined) {
    return readSigned(column, record, text, minorDigits);
  }
  if (text === '') {
    if (empty === undefined) {
      return column.isStrict === true ? { broken: form!.rule, value: raw } : '';
    }
    text = empty;
    if (text === '') return '';
  }
  const read = form === undefined ? text : form.read(text);
  if (read === undefined) return { broken: form!.rule, value: raw };
  return prefix === undefined ? read : prefix + read;
}

/** An amount that another column takes off, or gives its sign. */
function readSigned(
  { less, sign, form, empty, trim }: ReadColumn,
  record: readonly string[],
  text: string,
  minorDigits: number,
): ReadResult {
  const textAt = (index: number) => {
    const raw = record[index] ?? '';
    return trim === undefined ? raw : trim(raw);
  };
  const amountOf = (own: string) => (own === '' ? '0' : form?.read(own));
  if (sign !== undefined) {
    const word = textAt(sign.index);
    const isMinus = sign.minus.has(word);
    if (!isMinus && sign.plus !== undefined && !sign.plus.has(word)) {
      return { broken: 'unknown_word', value: word };
    }
    const own = text === '' ? (empty ?? '') : text;
    if (own === '') return '';
    const read = form?.read(own);
    if (read === undefined) return { broken: 'amount', value: own };
    return isMinus ? opposite(read) : read;
  }
  const off = textAt(less!);
  if (text === '' && off === '') return empty ?? '';
  const [plus, minus] = [amountOf(text), amountOf(off)];
  if (plus === undefined) return { broken: 'amount', value: text };
  if (minus === undefined) return { broken: 'amount', value: off };
  const difference = parseTotal(plus, minorDigits)! - parseTotal(minus, minorDigits)!;
  return formatAmount(difference, minorDigits);
}

function opposite(amount: string): string {
  if (amount.startsWith('-')) return amount.slice(1);
  return /^[0.]*$/.test(amount) ? amount : `-${amount}`;
}
