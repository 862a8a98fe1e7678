import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { Fen } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { NewFile } from '../../files/new-file.js';
import { openRecords } from '../parties/open-records.js';
import type { PartySealer } from '../parties/party-sealer.js';
import type { PaymentChannel } from './deduction-channel.js';
import { orderForm } from './order-file.js';

export interface WrittenBatch {
  readonly batch: number;
  readonly file: string;
  readonly orders: number;
  readonly amount: Fen;
  readonly sha256: string;
}

/** The channel, and where its files appear. */
export interface BatchTarget
  extends Pick<PaymentChannel, 'terms' | 'currency' | 'creditor' | 'minorDigits'> {
  readonly folder: string;
}

const BATCHES = `SELECT batch_id AS batch, name, orders, amount, sha256,
  business_date::text AS "collectOn",
  to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "madeAt"
  FROM payment_batch`;

interface BatchRow {
  readonly batch: number;
  readonly name: string;
  readonly orders: number;
  readonly amount: bigint;
  readonly sha256: string | null;
  readonly collectOn: string;
  readonly madeAt: string;
}

interface OrderRow {
  readonly line: number;
  readonly orderNo: string;
  readonly amount: bigint;
  readonly party: string;
  readonly version: number;
  readonly at: number;
}

/** An order with whom it is for. */
interface CardOrder {
  readonly orderNo: string;
  readonly account: string;
  readonly name: string;
  readonly amount: bigint;
}

const PAGE_ORDERS = 1_000;
/** Account numbers and names stand in it: it is for the channel and for nobody else here. */
const MODE = 0o600;

/**
 * Writes the batches of a channel that no file was written of yet, also those of a run that was
 * killed behind its orders; the control file (`.ok`: orders, amount) appears last. The same again
 * gives the same bytes. Throws LoanbookError `party_erased`, `batch_differs` (1).
 */
export async function writeBatches(
  client: pg.Client,
  sealer: PartySealer,
  target: BatchTarget,
): Promise<WrittenBatch[]> {
  const { rows } = await client.query<BatchRow>(
    `${BATCHES}
     WHERE channel = $1 AND written_at IS NULL ORDER BY batch_id`,
    [target.terms.code],
  );
  const written: WrittenBatch[] = [];
  for (const row of rows) written.push(await writeBatch(client, sealer, row, target));
  return written;
}

/** Writes one batch again. Throws as `writeBatches` does, and `unknown_batch` (2). */
export async function writeAgain(
  client: pg.Client,
  sealer: PartySealer,
  batch: number,
  target: BatchTarget,
): Promise<WrittenBatch> {
  const { rows } = await client.query<BatchRow>(
    `${BATCHES}
     WHERE channel = $1 AND batch_id = $2`,
    [target.terms.code, batch],
  );
  if (rows[0] !== undefined) return writeBatch(client, sealer, rows[0], target);
  throw new LoanbookError('unknown_batch', 'The channel has no such batch.', {
    exitCode: EXIT.usage,
    evidence: { channel: target.terms.code, batch },
    next: '`loanbook payment status` shows those that there are.',
  });
}

async function writeBatch(
  client: pg.Client,
  sealer: PartySealer,
  row: BatchRow,
  target: BatchTarget,
): Promise<WrittenBatch> {
  const { folder, minorDigits } = target;
  const path = join(folder, row.name);
  const file = await NewFile.create(path, MODE);
  const hash = createHash('sha256');
  const write = async (text: string) => {
    hash.update(text);
    await file.write(text);
  };
  try {
    const form = orderForm(row, target);
    await write(form.head);
    for (let from = 0; from < row.orders; from += PAGE_ORDERS) {
      for (const order of await ordersOf(client, sealer, row.batch, from)) {
        await write(form.line({ ...order, amount: formatAmount(order.amount, minorDigits) }));
      }
    }
    await write(form.tail);
    const sha256 = hash.digest('hex');
    requireSame(row, sha256);
    await file.publish();
    const total = formatAmount(row.amount, minorDigits);
    await publishControl(`${path}.ok`, `${row.orders},${total}\n`);
    await keepWritten(client, row.batch, sha256);
    return { batch: row.batch, file: path, orders: row.orders, amount: Number(row.amount), sha256 };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function ordersOf(
  client: pg.Client,
  sealer: PartySealer,
  batch: number,
  from: number,
): Promise<CardOrder[]> {
  const { rows } = await client.query<OrderRow>(
    `SELECT line, order_no AS "orderNo", amount, party_no AS party, party_version AS version,
       account_at AS at
     FROM payment_order WHERE batch_id = $1 AND line > $2 AND line <= $3 ORDER BY line`,
    [batch, from, from + PAGE_ORDERS],
  );
  const wanted = new Map(
    rows.map(({ party, version }) => [`${party} ${version}`, { party, version }]),
  );
  const records = await openRecords(client, sealer, [...wanted.values()]);
  const byKey = new Map(records.map((one) => [`${one.party} ${one.version}`, one.record]));
  return rows.map(({ orderNo, amount, party, version, at }) => {
    const record = byKey.get(`${party} ${version}`);
    const account = record?.accounts?.[at];
    if (record === undefined || account === undefined) throw erased(orderNo);
    return { orderNo, account, name: record.name, amount };
  });
}

async function publishControl(path: string, text: string): Promise<void> {
  const control = await NewFile.create(path);
  try {
    await control.write(text);
    await control.publish();
  } catch (error) {
    await control.discard();
    throw error;
  }
}

async function keepWritten(client: pg.Client, batch: number, sha256: string): Promise<void> {
  await inTransaction(client, () =>
    client.query(
      `UPDATE payment_batch SET sha256 = $2, written_at = clock_timestamp()
       WHERE batch_id = $1 AND written_at IS NULL`,
      [batch, sha256],
    ),
  );
}

function requireSame({ batch, sha256 }: BatchRow, now: string): void {
  if (sha256 === null || sha256 === now) return;
  throw new LoanbookError('batch_differs', 'The file would not be the one that was written.', {
    exitCode: EXIT.failed,
    evidence: { batch, sha256, now },
    next: 'Nothing was written. Was `iso20022` changed? Else run `loanbook check chain`.',
  });
}

function erased(orderNo: string): LoanbookError {
  return new LoanbookError('party_erased', 'The customer of an order was erased.', {
    exitCode: EXIT.failed,
    evidence: { order: orderNo },
    next: 'Release the order by two persons: `loanbook payment release`.',
  });
}

/** Whether the folder is there; a batch is not made for nowhere. */
export async function requireFolder(folder: string): Promise<void> {
  try {
    await access(folder);
  } catch {
    throw new LoanbookError('folder_missing', 'There is no such folder.', {
      exitCode: EXIT.usage,
      evidence: { folder },
      next: 'Name the folder with --out; no order was made.',
    });
  }
}
