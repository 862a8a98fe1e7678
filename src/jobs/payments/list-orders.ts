import type pg from 'pg';
import type { Fen } from '../../accounting/money/units.js';
import { readSql } from '../../db/sql-file.js';
import type { OrderState } from '../../funding/deduct/order-state.js';

export interface ListedOrder {
  readonly orderNo: string;
  readonly loanNo: string;
  readonly channel: string;
  readonly askedOn: string;
  readonly ageDays: number;
  readonly amount: Fen;
  readonly state: OrderState;
  readonly class: string | null;
  readonly collected: Fen;
  readonly file: string;
  readonly lastBreak: string | null;
}

export interface OrderFilter {
  readonly channel?: string | undefined;
  readonly states?: readonly OrderState[] | undefined;
  readonly loanNo?: string | undefined;
  readonly orderNo?: string | undefined;
  readonly limit: number;
}

/** Orders, the newest first. */
export async function listOrders(
  client: pg.Client,
  { channel, states, loanNo, orderNo, limit }: OrderFilter,
): Promise<ListedOrder[]> {
  const { rows } = await client.query<ListedOrder>(readSql(import.meta.url, 'orders-list'), [
    ...[channel ?? null, states ?? null, loanNo ?? null, orderNo ?? null, limit],
  ]);
  return rows;
}

export interface StateTotal {
  readonly channel: string;
  readonly state: OrderState;
  readonly orders: number;
  readonly amount: Fen;
  readonly collected: Fen;
  readonly oldest: string;
}

export interface BatchState {
  readonly batch: number;
  readonly channel: string;
  readonly date: string;
  readonly file: string;
  readonly orders: number;
  readonly amount: Fen;
  /** False: orders stand, and their file is still to be written. */
  readonly written: boolean;
}

/** Orders by channel and state, and the batches of which the last ones. */
export async function paymentStatus(
  client: pg.Client,
  channel: string | undefined,
): Promise<{ readonly orders: StateTotal[]; readonly batches: BatchState[] }> {
  const orders = await client.query<StateTotal>(readSql(import.meta.url, 'status'), [
    channel ?? null,
  ]);
  const batches = await client.query<BatchState>(
    `SELECT batch_id AS batch, channel, business_date::text AS date, name AS file, orders,
       amount::float8 AS amount, written_at IS NOT NULL AS written
     FROM payment_batch WHERE $1::text IS NULL OR channel = $1 ORDER BY batch_id DESC LIMIT 50`,
    [channel ?? null],
  );
  return { orders: orders.rows, batches: batches.rows };
}
