import type pg from 'pg';
import type { Fen } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';

/** Which loan is asked for; `day`: what was booked up to it. */
export interface LoanKey {
  readonly bucket: number;
  readonly loanId: number;
  readonly day: string;
}

export interface ItemRow {
  readonly businessDate: string;
  readonly party: string;
  /** A code of MOVEMENT. */
  readonly kind: number;
  /** Null: the close itself. */
  readonly ref: string | null;
  readonly principal: Fen;
  readonly interest: Fen;
  readonly penalty: Fen;
  readonly compound: Fen;
  readonly fee: Fen;
  readonly serviceFee: Fen;
  readonly serviceTax: Fen;
}

export interface SettledRow {
  readonly party: string;
  /** Null: no settlement has taken it yet. */
  readonly reference: string | null;
  readonly direction: string | null;
  readonly dueOn: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Of the whole transfer, and what of it is of this loan; positive: we pay. */
  readonly amount: Fen | null;
  readonly ofLoan: Fen;
}

export interface OrderRow {
  readonly orderNo: string;
  readonly channel: string;
  readonly askedOn: string;
  readonly seq: number;
  readonly attempt: number;
  readonly part: number;
  readonly amount: Fen;
  readonly state: string;
  readonly class: string | null;
  readonly collected: Fen;
}

export interface ActRow {
  readonly day: string;
  readonly type: string;
  readonly seq: number;
  readonly amount: Fen;
  readonly ref: string;
  /** `recovery` or `return`; null: nothing is owed to the guarantor by it. */
  readonly owedAs: string | null;
  readonly owed: Fen | null;
}

export function loadItems(client: pg.Client, key: LoanKey): Promise<ItemRow[]> {
  return rowsOf(client, 'items', key);
}

export function loadSettled(client: pg.Client, key: LoanKey): Promise<SettledRow[]> {
  return rowsOf(client, 'settled', key);
}

export function loadActs(client: pg.Client, key: LoanKey): Promise<ActRow[]> {
  return rowsOf(client, 'acts', key);
}

/** As they are now, whatever the day. */
export async function loadOrders(
  client: pg.Client,
  { bucket, loanId }: Pick<LoanKey, 'bucket' | 'loanId'>,
): Promise<OrderRow[]> {
  const sql = readSql(import.meta.url, 'orders');
  return (await client.query<OrderRow>(sql, [bucket, loanId])).rows;
}

async function rowsOf<Row extends object>(
  client: pg.Client,
  name: string,
  { bucket, loanId, day }: LoanKey,
): Promise<Row[]> {
  const sql = readSql(import.meta.url, name);
  return (await client.query<Row>(sql, [bucket, loanId, day])).rows;
}
