import type pg from 'pg';
import { BUCKET_COUNT } from '../../accounting/units.js';
import { readSql } from '../../db/sql-file.js';
import { loadCostCaps } from '../book/cost-caps.js';
import { type ImportOptions, type ImportOutcome, importFile } from './import-file.js';
import { LOAN_COLUMNS, LOAN_STAGE_COLUMNS, LoanIntake } from './loan-intake.js';
import { ProductCatalogue } from './product-catalogue.js';
import type { ImportKind } from './row-intake.js';

const LOANS: ImportKind<LoanIntake> = {
  kind: 'loans',
  columns: LOAN_COLUMNS,
  stageColumns: LOAN_STAGE_COLUMNS,
  stageSql: 'import-loans-stage',
  rejectSql: ['import-loans-rejected'],
  problems: [
    ['loan_no', 'loan_no_in_book'],
    ['loan_no', 'loan_no_repeated'],
  ],
  totalColumn: 'principal',
  analyze: 'analyze_loans',
  async openIntake({ client, openDay, minorDigits }) {
    const catalogue = await ProductCatalogue.load(client);
    const costCapOn = await loadCostCaps(client);
    return new LoanIntake(
      { catalogue, costCapOn },
      openDay,
      minorDigits,
      await lastOrdinals(client),
    );
  },
  async store(client, intake, importId, firstEventId) {
    await client.query(readSql('import-loans-groups'));
    await client.query(readSql('import-loans-loan'), [importId]);
    await client.query(readSql('import-loans-schedule'));
    await client.query(readSql('import-loans-event'), [importId, firstEventId]);
    await client.query(
      `UPDATE bucket_counter c SET last_ordinal = given.ordinal
       FROM unnest($1::bigint[]) WITH ORDINALITY AS given (ordinal, place)
       WHERE c.bucket = given.place - 1 AND c.last_ordinal < given.ordinal`,
      [intake.ordinals],
    );
  },
};

/**
 * Imports loans with their schedules. A loan disbursed on the open day or later enters by a
 * disbursement on that day; one disbursed before is opened on the open day, behind its instalments
 * paid (`paid_periods`). Throws as `importFile` does.
 */
export function importLoans(client: pg.Client, options: ImportOptions): Promise<ImportOutcome> {
  return importFile(client, LOANS, options);
}

async function lastOrdinals(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ bucket: number; last_ordinal: number }>(
    'SELECT bucket, last_ordinal FROM bucket_counter',
  );
  const ordinals = new Array<number>(BUCKET_COUNT).fill(0);
  for (const row of rows) ordinals[row.bucket] = row.last_ordinal;
  return ordinals;
}
