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

export interface WrittenBatch {
  readonly batch: number;
  readonly file: string;
  readonly orders: number;
  readonly amount: Fen;
  readonly sha256: string;
}

interface BatchRow {
  readonly batch: number;
  readonly name: string;
  readonly orders: number;
  readonly amount: bigint;
  readonly sha256: string | null;
}

interface OrderRow {
  readonly line: number;
  readonly orderNo: string;
  readonly amount: bigint;
  readonly party: string;
  readonly version: number;
  readonly at: number;
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
  target: { readonly channel: string; readonly folder: string; readonly minorDigits: number },
): Promise<WrittenBatch[]> {
  const { rows } = await client.query<BatchRow>(
    `SELECT batch_id AS batch, name, orders, amount, sha256 FROM payment_batch
     WHERE channel = $1 AND written_at IS NULL ORDER BY batch_id`,
    [target.channel],
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
  target: { readonly channel: string; readonly folder: string; readonly minorDigits: number },
): Promise<WrittenBatch> {
  const { rows } = await client.query<BatchRow>(
    `SELECT batch_id AS batch, name, orders, amount, sha256 FROM payment_batch
     WHERE channel = $1 AND batch_id = $2`,
    [target.channel, batch],
  );
  if (rows[0] !== undefined) return writeBatch(client, sealer, rows[0], target);
  throw new LoanbookError('unknown_batch', 'The channel has no such batch.', {
    exitCode: EXIT.usage,
    evidence: { channel: target.channel, batch },
    next: '`loanbook payment status` shows those that there are.',
  });
}

async function writeBatch(
  client: pg.Client,
  sealer: PartySealer,
  row: BatchRow,
  { folder, minorDigits }: { readonly folder: string; readonly minorDigits: number },
): Promise<WrittenBatch> {
  const path = join(folder, row.name);
  const file = await NewFile.create(path, MODE);
  const hash = createHash('sha256');
  const write = async (text: string) => {
    hash.update(text);
    await file.write(text);
  };
  try {
    await write('order_no,account,name,amount\n');
    for (let from = 0; from < row.orders; from += PAGE_ORDERS) {
      for (const line of await linesOf(client, sealer, row.batch, from, minorDigits)) {
        await write(line);
      }
    }
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

async function linesOf(
  client: pg.Client,
  sealer: PartySealer,
  batch: number,
  from: number,
  minorDigits: number,
): Promise<string[]> {
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
    const fields = [orderNo, account, record.name, formatAmount(amount, minorDigits)];
    return `${fields.map(quoted).join(',')}\n`;
  });
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
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
    next: 'Nothing was written. Run `loanbook check chain`: its orders or customers were changed.',
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
