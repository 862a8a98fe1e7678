import { stat } from 'node:fs/promises';
import type pg from 'pg';
import { currencyOfBook, type ImportOptions, importFile } from './import-file.js';
import type { ImportOutcome } from './import-outcome.js';
import type { ImportKind } from './row-intake.js';
import { SCHEDULE_COLUMNS } from './schedule-group.js';
import type { SenderSays } from './source/file-proof.js';
import { LOAN_COLUMNS } from './source/loan-columns.js';
import { openSource } from './source/source-file.js';
import type { ScheduleFile } from './tasks/own-schedule-rows.js';
import { type LoanStaging, stageLoans, type TaskCut } from './tasks/stage-loans.js';

export interface LoanImportOptions extends ImportOptions {
  /** Path of a file of the loans' own schedules. */
  readonly schedules?: string;
  /** Path of a column mapping document for that file. */
  readonly schedulesMapping?: string;
  /** Path or name of a layout of that file. */
  readonly schedulesLayout?: string;
  /** What its sender says of that file. */
  readonly schedulesSays?: SenderSays;
  /** A row whose loan no close has folded takes its place, with all that came along for it. */
  readonly delta?: boolean;
  /** How the work is cut among threads, where that is not left to the size of the file. */
  readonly cut?: TaskCut;
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
  const { schedulesLayout: layout } = options;
  if (schedules === undefined) return await importFile(client, loansKind(null, options), options);
  const { minorDigits } = await currencyOfBook(client);
  const named = { file: schedules, mapping: schedulesMapping, layout, says, minorDigits, signal };
  const source = await openSource('schedules', SCHEDULE_COLUMNS, named);
  const before = source.content.bytes;
  const total = before + (await bytesOf(options.file));
  const file = { ...source, signal, onProgress: (done: number) => onProgress?.(done, total) };
  const onLoans = (done: number) => onProgress?.(before + done, total);
  return await importFile(client, loansKind(file, options), {
    ...options,
    named: {
      ...options.named,
      ...{ schedules, 'schedules-mapping': schedulesMapping, 'schedules-layout': layout },
    },
    onProgress: onLoans,
  });
}

/** Only for progress: a file that is not there is told by whoever opens it. */
async function bytesOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function loansKind(
  schedules: ScheduleFile | null,
  { cut = {}, delta: isDelta = false }: LoanImportOptions,
): ImportKind {
  const staging: LoanStaging = { schedules, isDelta, cut, key: undefined };
  return {
    kind: 'loans',
    columns: LOAN_COLUMNS,
    ...(schedules === null ? {} : { secondSha256: schedules.content.sha256 }),
    isDelta,
    analyze: 'analyze_loans',
    stage: (scene, file, run) => stageLoans(scene, file, run, staging),
    async clear(client) {
      if (staging.key !== undefined) {
        await client.query('SELECT drop_import_stage($1)', [staging.key]);
      }
    },
  };
}
