import type pg from 'pg';
import { eventKind } from './event-kind.js';
import { type ImportOptions, importFile } from './import-file.js';
import type { ImportOutcome } from './import-outcome.js';
import type { ColumnSpec } from './source/source-columns.js';

export const REPAYMENT_COLUMNS: readonly ColumnSpec[] = [
  { name: 'ref', required: true },
  { name: 'loan_no', required: true },
  { name: 'value_date', required: true },
  // A settlement may leave it empty, so an empty one is judged by the row's type.
  { name: 'amount', required: false },
  { name: 'type', required: false },
];

const REPAYMENTS = eventKind('repayments', REPAYMENT_COLUMNS, ['repayment', 'settlement']);

/**
 * Imports repayments and settlements, booked on their value dates, and late ones on the open day.
 * Throws as `importFile` does.
 */
export function importRepayments(
  client: pg.Client,
  options: ImportOptions,
): Promise<ImportOutcome> {
  return importFile(client, REPAYMENTS, options);
}
