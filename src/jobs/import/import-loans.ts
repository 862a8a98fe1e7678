import { stat } from 'node:fs/promises';
import type pg from 'pg';
import { EVENT_TYPE } from '../../accounting/events/loan-event.js';
import { BUCKET_COUNT } from '../../accounting/money/units.js';
import { FEE } from '../../accounting/posting/flow.js';
import { readSql } from '../../db/sql-file.js';
import { loadCostCaps } from '../book/cost-caps.js';
import { currencyOfBook, type ImportOptions, importFile } from './import-file.js';
import type { ImportOutcome, SchedulesOutcome } from './import-outcome.js';
import { LOAN_COLUMNS, LOAN_STAGE_COLUMNS } from './loan-columns.js';
import { LoanIntake } from './loan-intake.js';
import { fillLooks } from './loan-look.js';
import { OwnSchedules } from './own-schedules.js';
import { ProductCatalogue } from './product-catalogue.js';
import type { ImportKind } from './row-intake.js';
import { SCHEDULE_COLUMNS } from './schedule-group.js';
import type { SenderSays } from './source/file-proof.js';
import { openSource } from './source/source-file.js';
import type { ScheduleFile } from './stage-schedules.js';

export interface LoanImportOptions extends ImportOptions {
  /** Path of a file of the loans' own schedules. */
  readonly schedules?: string;
  /** Path of a column mapping document for that file. */
  readonly schedulesMapping?: string;
  /** What its sender says of that file. */
  readonly schedulesSays?: SenderSays;
}

/**
 * Imports loans with their schedules: those of a second file where it has one for the loan, else
 * laid by the product. A loan disbursed on the open day or later enters by a disbursement on that
 * day; one disbursed before is opened on the open day, behind its instalments paid
 * (`paid_periods`). Throws as `importFile` does.
 */
export async function importLoans(
  client: pg.Client,
  options: LoanImportOptions,
): Promise<ImportOutcome> {
  const { schedules, schedulesMapping, schedulesSays: says, onProgress, signal } = options;
  if (schedules === undefined) return await importFile(client, loansKind(null), options);
  const { minorDigits } = await currencyOfBook(client);
  const named = { file: schedules, mapping: schedulesMapping, says, minorDigits, signal };
  const source = await openSource('schedules', SCHEDULE_COLUMNS, named);
  const before = source.content.bytes;
  const total = before + (await bytesOf(options.file));
  const file = { ...source, signal, onProgress: (done: number) => onProgress?.(done, total) };
  const onLoans = (done: number) => onProgress?.(before + done, total);
  return await importFile(client, loansKind(file), { ...options, onProgress: onLoans });
}

/** Only for progress: a file that is not there is told by whoever opens it. */
async function bytesOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function loansKind(schedules: ScheduleFile | null): ImportKind<LoanIntake> {
  return {
    kind: 'loans',
    columns: LOAN_COLUMNS,
    ...(schedules === null ? {} : { secondSha256: schedules.content.sha256 }),
    stageColumns: LOAN_STAGE_COLUMNS,
    stageSql: 'loans-stage',
    rejectSql: ['loans-rejected', 'loans-looks'],
    problems: [
      ['loan_no', 'loan_no_in_book'],
      ['loan_no', 'loan_no_repeated'],
      ['loan_no', 'loan_no_looks_like'],
      ['party', 'unknown_party'],
    ],
    totalColumn: 'principal',
    analyze: 'analyze_loans',
    async openIntake(scene) {
      const { client } = scene;
      await fillLooks(client);
      const catalogue = await ProductCatalogue.load(client);
      const costCapOn = await loadCostCaps(client);
      const own = schedules === null ? undefined : await OwnSchedules.stage(scene, schedules);
      return new LoanIntake({ catalogue, costCapOn }, scene, await lastOrdinals(client), own);
    },
    async outcome(client, { second }) {
      if (schedules === null || second === undefined) return {};
      return { schedules: await schedulesOutcome(client, schedules, second) };
    },
    store,
  };
}

async function schedulesOutcome(
  client: pg.Client,
  { content }: ScheduleFile,
  own: OwnSchedules,
): Promise<SchedulesOutcome> {
  const { rows } = await client.query<{ taken: number }>(
    'SELECT count(*) AS taken FROM stage WHERE brought',
  );
  const { path, sha256 } = content;
  return { file: path, sha256, read: own.count, taken: rows[0]!.taken };
}

async function store(
  client: pg.Client,
  intake: LoanIntake,
  importId: number,
  firstEventId: number,
): Promise<void> {
  await client.query(readSql(import.meta.url, 'loans-groups'));
  await client.query(readSql(import.meta.url, 'loans-loan'), [importId]);
  await client.query(readSql(import.meta.url, 'loans-party'));
  await client.query(readSql(import.meta.url, 'loans-look'));
  await client.query(readSql(import.meta.url, 'loans-schedule'));
  await client.query(readSql(import.meta.url, 'loans-balances'));
  await client.query(readSql(import.meta.url, 'loans-event'), [importId, firstEventId]);
  if (intake.second !== undefined) {
    await client.query(readSql(import.meta.url, 'loans-fee'), [importId, EVENT_TYPE.fee, FEE]);
  }
  await client.query(
    `UPDATE bucket_counter c SET last_ordinal = given.ordinal, changes = c.changes + 1,
       chained_on = NULL
     FROM unnest($1::bigint[]) WITH ORDINALITY AS given (ordinal, place)
     WHERE c.bucket = given.place - 1 AND c.last_ordinal < given.ordinal`,
    [intake.ordinals],
  );
}

async function lastOrdinals(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ bucket: number; last_ordinal: number }>(
    'SELECT bucket, last_ordinal FROM bucket_counter',
  );
  const ordinals = new Array<number>(BUCKET_COUNT).fill(0);
  for (const row of rows) ordinals[row.bucket] = row.last_ordinal;
  return ordinals;
}
