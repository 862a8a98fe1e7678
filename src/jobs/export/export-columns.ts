import { type LayoutDocument, layoutOf } from '../../files/layout/layout-document.js';
import { BALANCE_COLUMNS, INSTALLMENT_COLUMNS } from '../import/balances/balance-columns.js';
import { EVENT_COLUMNS } from '../import/import-events.js';
import { SCHEDULE_COLUMNS } from '../import/schedule-group.js';
import { LOAN_COLUMNS } from '../import/source/loan-columns.js';
import type { ColumnSpec } from '../import/source/source-columns.js';

export const EXPORT_KINDS = ['loans', 'schedules', 'balances', 'installments', 'events'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** The columns that the imports of each kind read, in their order. */
export const EXPORT_COLUMNS: Readonly<Record<ExportKind, readonly ColumnSpec[]>> = {
  loans: LOAN_COLUMNS,
  schedules: SCHEDULE_COLUMNS,
  balances: BALANCE_COLUMNS,
  installments: INSTALLMENT_COLUMNS,
  events: EVENT_COLUMNS,
};

/** The field that the total of a file of each kind is the sum of, as the imports sum it. */
const TOTAL_OF: Readonly<Record<ExportKind, string>> = {
  loans: 'principal',
  schedules: 'principal',
  balances: 'principal_not_due',
  installments: 'principal',
  events: 'amount',
};

/** What a file of the kind looks like where no layout says otherwise: CSV with our own titles. */
export function ownLayout(kind: ExportKind): LayoutDocument {
  const total = TOTAL_OF[kind];
  const columns = EXPORT_COLUMNS[kind].map(({ name }) => ({
    ...{ title: name, from: name },
    ...(name === total ? { type: 'amount' } : {}),
  }));
  return layoutOf({ layout: kind, kind, total_of: total, columns }, kind);
}
