import type pg from 'pg';
import { readSql } from '../../../db/sql-file.js';
import { loadBook } from '../../book/load-book.js';
import { replacePositions, settlePositions } from '../delta/settle-delta.js';
import { currencyOfBook, type ImportOptions, importFile } from '../import-file.js';
import type { ImportOutcome } from '../import-outcome.js';
import type { ImportKind } from '../row-intake.js';
import type { SenderSays } from '../source/file-proof.js';
import { openSource } from '../source/source-file.js';
import { stageInTable, type TableKind } from '../stage-file.js';
import type { ScheduleFile } from '../tasks/own-schedule-rows.js';
import {
  BALANCE_COLUMNS,
  BALANCE_STAGE_COLUMNS,
  INSTALLMENT_COLUMNS,
  ownSql,
} from './balance-columns.js';
import { BalanceIntake } from './balance-intake.js';
import { BalanceLookup } from './balance-lookup.js';

export interface BalanceImportOptions extends ImportOptions {
  /** Path of a file of open instalments, and of those that loans go on by. */
  readonly installments?: string;
  /** Path of a column mapping document for that file. */
  readonly installmentsMapping?: string;
  /** Path or name of a layout of that file. */
  readonly installmentsLayout?: string;
  /** What its sender says of that file. */
  readonly installmentsSays?: SenderSays;
  /** A position of a loan that has one, and that no close has folded, takes its place. */
  readonly delta?: boolean;
}

/**
 * Imports the positions of running loans that the book has and no close has folded: where each
 * stands at the close of the day before the open one (CONVENTIONS, Opening). The first close then
 * folds a loan from there. Days past due and class are compared: what differs is in the outcome.
 * Throws as `importFile` does.
 */
export async function importBalances(
  client: pg.Client,
  options: BalanceImportOptions,
): Promise<ImportOutcome> {
  const { installments, installmentsMapping, installmentsSays: says, signal } = options;
  const isDelta = options.delta === true;
  if (installments === undefined) {
    return await importFile(client, balancesKind(null, isDelta), options);
  }
  const { minorDigits } = await currencyOfBook(client);
  const { installmentsLayout: layout } = options;
  const mapping = installmentsMapping;
  const named = { file: installments, mapping, layout, says, minorDigits, signal };
  const source = await openSource('installments', INSTALLMENT_COLUMNS, named);
  const file = { ...source, signal, onProgress: undefined };
  return await importFile(client, balancesKind(file, isDelta), {
    ...options,
    named: {
      ...options.named,
      ...{ installments, 'installments-mapping': mapping, 'installments-layout': layout },
    },
  });
}

function balancesKind(file: ScheduleFile | null, isDelta: boolean): ImportKind {
  const table = balanceTable(file, isDelta);
  return {
    kind: 'balances',
    columns: BALANCE_COLUMNS,
    ...(file === null ? {} : { secondSha256: file.content.sha256 }),
    isDelta,
    analyze: 'analyze_balances',
    stage: (scene, source) => stageInTable(scene, table, source),
  };
}

function balanceTable(file: ScheduleFile | null, isDelta: boolean): TableKind<BalanceIntake> {
  return {
    columns: BALANCE_COLUMNS,
    stageColumns: BALANCE_STAGE_COLUMNS,
    stageSql: ownSql('balances-stage'),
    rejectSql: [ownSql('balances-rejected')],
    problems: [['loan_no', 'loan_no_repeated']],
    totalColumn: 'principal_not_due',
    async openIntake(scene) {
      const lookup = await BalanceLookup.open(scene, file);
      return new BalanceIntake(scene, await loadBook(scene.client), lookup, isDelta);
    },
    ...(isDelta ? { settle: settlePositions } : {}),
    async outcome(client, intake) {
      const { differing, differingCount, second } = intake;
      const ages = { ages: { differing: differingCount, first: differing } };
      if (file === null) return ages;
      const { rows } = await client.query<{ taken: number }>(
        'SELECT count(*) AS taken FROM stage WHERE cardinality(seq) > 0',
      );
      const { path, sha256 } = file.content;
      const schedules = { file: path, sha256, read: second.count, taken: rows[0]!.taken };
      return { ...ages, schedules };
    },
    async store(client, importId) {
      if (isDelta) await replacePositions(client, importId);
      await client.query(readSql(import.meta.url, 'balances-store'), [importId]);
    },
  };
}
