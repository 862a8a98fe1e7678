import type pg from 'pg';
import { targetOf } from '../../../db/client.js';
import { readSql } from '../../../db/sql-file.js';
import type { RunClaim } from '../../runs/lease.js';
import { withRunClient } from '../../runs/sessions.js';
import { replaceLoans } from '../delta/settle-delta.js';
import { keptAwake } from './kept-awake.js';
import type { BirthNumbers } from './loan-births.js';

/** The tables of a loan, in the order in which they are built: the longest first. */
const TABLES = ['loan', 'event', 'schedule', 'schedule_balance'] as const;

/** Of an accounting group: product, org, and version of a funding plan or 0. */
interface LoanGroup {
  readonly product: number;
  readonly org: string;
  readonly plan: number;
}

export interface StoreLoans {
  readonly importId: number;
  readonly firstEventId: number;
  readonly lastLine: number;
  readonly claim: RunClaim;
  /** Accounting groups of the staged loans. */
  readonly groups: readonly LoanGroup[];
  /** Some number is not what it looks like; some loan names its party, or its merchant. */
  readonly hasLooks: boolean;
  readonly hasParties: boolean;
  readonly hasMerchants: boolean;
  /** Of tables that stay; null: they are temporary. */
  readonly key: string | null;
  /** By which the tasks wrote balances and events; null: they did not. */
  readonly births: BirthNumbers | null;
  readonly isDelta: boolean;
  readonly workers: number;
}

/**
 * Moves the staged loans into the book: their tables take the place of those of a book that has no
 * loans, and else their rows are copied. Returns whether the server has statistics of them.
 */
export async function storeLoans(client: pg.Client, store: StoreLoans): Promise<boolean> {
  const { importId, firstEventId, lastLine, key } = store;
  const statement = (name: string, values?: readonly unknown[]) =>
    client.query(readSql(import.meta.url, name), values === undefined ? undefined : [...values]);
  if (store.isDelta) await replaceLoans(client, importId);
  await statement('loans-groups', [
    store.groups.map(({ product }) => product),
    store.groups.map(({ org }) => org),
    store.groups.map(({ plan }) => plan),
  ]);
  if (store.hasLooks) await statement('loans-look');
  if (store.hasParties) await statement('loans-party');
  if (store.hasMerchants) await statement('loans-merchant');
  await statement('loans-ordinals');
  if (await takePlace(client, store)) return true;
  await statement('loans-loan', [importId]);
  await statement('loans-schedule');
  await statement('loans-balances');
  await statement('loans-event', [importId, firstEventId]);
  await statement('loans-fee', [importId, firstEventId, lastLine]);
  if (key !== null) await client.query('SELECT drop_import_stage($1)', [key]);
  return false;
}

/** Builds the tables in sessions of their own, side by side, and puts them in; false: not to be. */
async function takePlace(client: pg.Client, store: StoreLoans): Promise<boolean> {
  const { importId, firstEventId, lastLine, births, claim, workers } = store;
  // The lock of imports keeps the numbers free; rows with others are not taken over.
  if (births?.importId !== importId || births.firstEvent !== firstEventId) return false;
  const { rows: groups } = await client.query<{
    group_id: number;
    product_id: number;
    org: string;
    plan_id: number;
  }>(readSql(import.meta.url, 'groups'));
  const values = [
    importId,
    groups.map(({ group_id }) => group_id),
    groups.map(({ product_id }) => product_id),
    groups.map(({ org }) => org),
    groups.map(({ plan_id }) => plan_id),
    ...[firstEventId, lastLine],
  ];
  const waiting = [...TABLES];
  const lane = () =>
    withRunClient(targetOf(client), claim, SESSION, async (session) => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        await session.query('SELECT build_import_table($1, $2, $3, $4, $5, $6, $7, $8)', [
          name,
          ...values,
        ]);
      }
    });
  const lanes = Array.from({ length: Math.min(workers, TABLES.length) }, lane);
  const ended = await keptAwake(client, () => Promise.allSettled(lanes));
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  const adopted = await client.query<{ is_done: boolean }>(
    'SELECT adopt_import_tables() AS is_done',
  );
  return adopted.rows[0]?.is_done === true;
}

const SESSION = {
  applicationName: 'loanbook import build',
  settings: { synchronous_commit: 'off', lock_timeout: '0' },
};
