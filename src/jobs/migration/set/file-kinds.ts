import { BALANCE_COLUMNS, INSTALLMENT_COLUMNS } from '../../import/balances/balance-columns.js';
import type { MappingDocument } from '../../import/documents/mapping-document.js';
import { EVENT_COLUMNS } from '../../import/import-events.js';
import { REPAYMENT_COLUMNS } from '../../import/import-repayments.js';
import { SCHEDULE_COLUMNS } from '../../import/schedule-group.js';
import { LOAN_COLUMNS } from '../../import/source/loan-columns.js';
import type { ColumnSpec } from '../../import/source/source-columns.js';
import { PARTY_COLUMNS } from '../../parties/party-record.js';

/** Kinds of files of a migration, in the order in which they go in. */
export const SET_KINDS = ['customers', 'loans', 'balances', 'events', 'repayments'] as const;
export type SetKind = (typeof SET_KINDS)[number];

/** The second file that may come along with a file of the kind. */
export const SECOND_PARTS = { loans: 'schedules', balances: 'installments' } as const;
export type SecondPart = (typeof SECOND_PARTS)[keyof typeof SECOND_PARTS];
export type PartKind = SetKind | SecondPart;

/** What a kind of file is read as. */
export interface PartForm {
  /** As its mapping or layout calls it. */
  readonly source: MappingDocument['kind'];
  readonly columns: readonly ColumnSpec[];
  /** Columns of amounts; the first is the one that its import sums. */
  readonly amounts: readonly string[];
}

export const PART_FORMS: Readonly<Record<PartKind, PartForm>> = {
  customers: { source: 'parties', columns: PARTY_COLUMNS, amounts: [] },
  loans: { source: 'loans', columns: LOAN_COLUMNS, amounts: ['principal'] },
  schedules: {
    source: 'schedules',
    columns: SCHEDULE_COLUMNS,
    amounts: ['principal', 'interest', 'fee', 'total', 'balance_after'],
  },
  balances: {
    source: 'balances',
    columns: BALANCE_COLUMNS,
    amounts: [
      ...['principal_not_due', 'interest_accrued', 'suspense', 'principal'],
      ...['interest_due', 'penalty_due', 'compound_due', 'fee_due'],
    ],
  },
  installments: {
    source: 'installments',
    columns: INSTALLMENT_COLUMNS,
    amounts: ['principal', 'interest', 'penalty', 'compound', 'fee'],
  },
  events: { source: 'events', columns: EVENT_COLUMNS, amounts: ['amount'] },
  repayments: { source: 'repayments', columns: REPAYMENT_COLUMNS, amounts: ['amount'] },
};
