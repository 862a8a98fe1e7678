import { CLASS_NAMES } from '../../accounting/fold/position.js';
import { formatAmount, parseAmount } from '../../accounting/money/amount-text.js';
import type { Fen } from '../../accounting/money/units.js';

/** What a balance file of another core may bring, and where the position has the same. */
export const MEASURES = {
  principal: 'p.principal',
  principal_overdue: 'p.principal_overdue',
  interest: 'p.interest_accrued + p.interest_due',
  interest_due: 'p.interest_due',
  penalty: 'p.penalty_due',
  compound: 'p.compound_due',
  fee: 'p.fee_due',
  suspense: 'greatest(p.suspense, 0)',
  refund_due: 'greatest(0 - p.suspense, 0)',
  days_past_due: 'p.days_past_due',
  classification: 'p.classification',
  accruing: 'p.accruing::integer',
} as const;
export type Measure = keyof typeof MEASURES;
export const NAMES = Object.keys(MEASURES) as Measure[];

/** By our index: the names of the five classes, the regulator's numbers, and 五级分类. */
const CLASSES: readonly (readonly string[])[] = [
  ['1', '正常'],
  ['2', '关注'],
  ['3', '次级'],
  ['4', '可疑'],
  ['5', '损失'],
];
const ACCRUALS: readonly (readonly string[])[] = [
  ['non_accrual', '非应计', 'false', 'N'],
  ['accruing', '应计', 'true', 'Y'],
];

const CLASS_OF = new Map(
  CLASSES.flatMap((words, at) => [CLASS_NAMES[at]!, ...words].map((word) => [word, at] as const)),
);
const ACCRUAL_OF = new Map(
  ACCRUALS.flatMap((words, at) => words.map((word) => [word, at] as const)),
);

/** Whether a measure says of what kind a loan is: it has no size, and no tolerance. */
export function isClass(measure: string): boolean {
  return measure === 'classification' || measure === 'accruing';
}

/** The value of a field: minor units, days, or the place of a class; undefined: it is none. */
export function readValue(measure: Measure, text: string, minorDigits: number): Fen | undefined {
  if (measure === 'classification') return CLASS_OF.get(text.trim());
  if (measure === 'accruing') return ACCRUAL_OF.get(text.trim());
  return parseAmount(text, measure === 'days_past_due' ? 0 : minorDigits);
}

/** A value as it is shown: decimal text, days, or the name of a class. */
export function valueText(
  measure: string,
  value: Fen | bigint,
  { minorDigits }: { readonly minorDigits: number },
): string {
  if (measure === 'classification') return CLASS_NAMES[Number(value)] ?? String(value);
  if (measure === 'accruing') return ACCRUALS[Number(value)]?.[0] ?? String(value);
  return measure === 'days_past_due' ? String(value) : formatAmount(value, minorDigits);
}
