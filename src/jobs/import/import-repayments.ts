import type pg from 'pg';
import { readSql } from '../../db/sql-file.js';
import { type ImportOptions, type ImportOutcome, importFile } from './import-file.js';
import { REPAYMENT_COLUMNS, REPAYMENT_STAGE_COLUMNS, RepaymentIntake } from './repayment-intake.js';
import type { ImportKind } from './row-intake.js';

const REPAYMENTS: ImportKind<RepaymentIntake> = {
  kind: 'repayments',
  columns: REPAYMENT_COLUMNS,
  stageColumns: REPAYMENT_STAGE_COLUMNS,
  stageSql: 'import-repayments-stage',
  rejectSql: 'import-repayments-rejected',
  problems: [
    ['loan_no', 'unknown_loan'],
    ['value_date', 'value_date_before_disbursement'],
    ['ref', 'ref_in_book'],
    ['ref', 'ref_repeated'],
  ],
  totalColumn: 'amount',
  analyze: 'analyze_events',
  openIntake({ openDay, minorDigits }) {
    return Promise.resolve(new RepaymentIntake(openDay, minorDigits));
  },
  async store(client, _intake, importId, firstEventId) {
    await client.query(readSql('import-repayments-event'), [importId, firstEventId]);
  },
};

/**
 * Imports repayments and settlements, booked on their value dates. Throws as `importFile` does.
 */
export function importRepayments(
  client: pg.Client,
  options: ImportOptions,
): Promise<ImportOutcome> {
  return importFile(client, REPAYMENTS, options);
}
