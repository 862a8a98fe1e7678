import type { ColumnSpec } from '../source/source-columns.js';

/** The name of a statement of this folder to the modules above it, which run it. */
export function ownSql(name: string): string {
  return `../balances/sql/${name}`;
}

/** A running loan's position; sums of its open instalments are only compared. */
export const BALANCE_COLUMNS: readonly ColumnSpec[] = [
  { name: 'loan_no', required: true },
  { name: 'principal_not_due', required: true },
  { name: 'interest_accrued', required: false },
  { name: 'suspense', required: false },
  { name: 'accruing', required: false },
  { name: 'written_off', required: false },
  { name: 'periods_paid', required: false },
  { name: 'history', required: false },
  { name: 'cut_over_on', required: false },
  { name: 'principal', required: false },
  { name: 'interest_due', required: false },
  { name: 'penalty_due', required: false },
  { name: 'compound_due', required: false },
  { name: 'fee_due', required: false },
  { name: 'days_past_due', required: false },
  { name: 'class', required: false },
];

/** Columns of the staging table, in the order in which they are written. */
export const BALANCE_STAGE_COLUMNS = [
  'line',
  'bucket',
  'loan_id',
  'cut_over_on',
  'principal_not_due',
  'interest_accrued',
  'suspense',
  'accruing',
  'written_off',
  'from_birth',
  'periods_paid',
  'days_past_due',
  'classification',
  'seq',
  'due_on',
  'free_until',
  'principal',
  'interest',
  'penalty',
  'compound',
  'fee',
] as const;

/** An instalment that is open, or one that the loan goes on by. */
export const INSTALLMENT_COLUMNS: readonly ColumnSpec[] = [
  { name: 'loan_no', required: true },
  { name: 'seq', required: true },
  { name: 'due_on', required: true },
  { name: 'free_until', required: false },
  { name: 'principal', required: false },
  { name: 'interest', required: false },
  { name: 'penalty', required: false },
  { name: 'compound', required: false },
  { name: 'fee', required: false },
];

export const INSTALLMENT_STAGE_COLUMNS = [
  'ordinal',
  'bucket',
  'loan_no',
  'line',
  'seq',
  'due_on',
  'free_until',
  'principal',
  'interest',
  'penalty',
  'compound',
  'fee',
  'lines',
  'problem_line',
  'field',
  'rule',
  'value',
] as const;
