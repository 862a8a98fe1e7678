import { formatAmount, minorDigitsOf } from '../../accounting/money/amount-text.js';
import type { LayoutDocument } from '../../files/layout/layout-document.js';
import { type LayoutEnd, type LayoutProblem, layoutRows } from '../../files/layout/layout-rows.js';
import { maskField, maskText } from '../../files/mask.js';
import { MASKED_FIELDS } from '../../files/normal-form.js';

export interface TryOptions {
  readonly file: string;
  /** Its decimals are those of amounts. */
  readonly currency: string;
  /** Rows that are shown, and as many problems. */
  readonly shown: number;
  readonly signal?: AbortSignal;
}

/** What a layout reads of a file. */
export interface TriedLayout {
  readonly file: string;
  readonly rows: number;
  readonly good: number;
  readonly leftOut: number;
  /** The sum of `total_of` where the file says a total; null: it says none. */
  readonly total: string | null;
  /** What says count, total or date of the file. */
  readonly provedBy: string;
  readonly isUnterminated: boolean;
  /** The first good rows, by our fields. */
  readonly first: readonly Readonly<Record<string, string | number>>[];
  readonly problems: readonly (LayoutProblem & { readonly line: number })[];
  readonly rules: readonly { readonly rule: string; readonly rows: number }[];
}

/** The fields of ours that a layout gives, in the order of its columns. */
export function fieldsOf({ columns }: LayoutDocument): string[] {
  return [...new Set(columns.flatMap(({ from }) => from ?? []))];
}

/** Reads a whole file by a layout, and keeps the beginning; throws as `layoutRows` does. */
export async function tryLayout(layout: LayoutDocument, options: TryOptions): Promise<TriedLayout> {
  const { file, currency, shown, signal } = options;
  const minorDigits = minorDigitsOf(currency);
  const fields = fieldsOf(layout);
  const reading = layoutRows(file, layout, { fields, minorDigits, signal });
  const first: Record<string, string | number>[] = [];
  const problems: (LayoutProblem & { line: number })[] = [];
  const rules = new Map<string, number>();
  let good = 0;
  for (;;) {
    const step = await reading.next();
    if (step.done) {
      const counted = [...rules].map(([rule, rows]) => ({ rule, rows }));
      return { file, good, ...endOf(step.value, minorDigits), first, problems, rules: counted };
    }
    for (const { line, fields: texts, problem } of step.value.rows) {
      if (problem !== undefined) {
        rules.set(problem.rule, (rules.get(problem.rule) ?? 0) + 1);
        if (problems.length < shown) problems.push({ line, ...problem });
        continue;
      }
      good += 1;
      if (first.length >= shown) continue;
      const own = fields.map((field, at): [string, string] => [field, texts[at] ?? '']);
      first.push({ line, ...Object.fromEntries(own) });
    }
  }
}

/** Fields of customers of which nothing is shown in clear. */
const PERSONAL: readonly string[] = [...MASKED_FIELDS, 'device'];

/**
 * The same without anybody's data: the fields of a customer are masked as such, and in any other an
 * identity number, a phone or a card by its check digits.
 */
export function maskTried(layout: LayoutDocument, tried: TriedLayout): TriedLayout {
  // In other files a field of the same name is something else: an account of the ledger.
  const isOfParties = layout.kind === 'parties' || fieldsOf(layout).includes('id_number');
  const mask = (field: string, text: string) =>
    isOfParties && text !== '' && PERSONAL.includes(field)
      ? maskField(field, text)
      : maskText(text);
  const maskRow = (row: TriedLayout['first'][number]) =>
    Object.fromEntries(
      Object.entries(row).map(([field, value]) => [
        field,
        typeof value === 'string' ? mask(field, value) : value,
      ]),
    );
  return {
    ...tried,
    first: tried.first.map(maskRow),
    problems: tried.problems.map((one) => ({ ...one, value: mask(one.field, one.value) })),
  };
}

function endOf({ rows, leftOut, total, claims, isUnterminated }: LayoutEnd, minorDigits: number) {
  return {
    rows,
    leftOut,
    total: total === undefined ? null : formatAmount(total, minorDigits),
    provedBy: claims.map(({ by, line }) => `${by} in line ${line}`).join(', '),
    isUnterminated,
  };
}
