import { createHash, type Hash } from 'node:crypto';
import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { copyOut } from '../../db/copy/copy-out.js';
import { readInt8, TupleReader } from '../../db/copy/copy-tuple.js';
import type { CheckResult, Difference } from './check-result.js';
import { dayTable } from './day-table.js';
import { hashOfHashes } from './hash-of-hashes.js';
import { type HashedColumns, hashedColumnsOf } from './hashed-columns.js';
import { DAY_TASK, VOUCHERS_PER_TASK } from './side-rows.js';
import { strayRows } from './stray-rows.js';

export interface SealedStep {
  phase: 'fold' | 'post';
  task: number;
  bucket_from: number;
  bucket_to: number;
  hash: Buffer;
}

/**
 * Recomputes the hash of a sealed or finished day from the rows that stand in the database, task by
 * task, and compares it with the one that each task was committed with, with the day's content hash
 * and with the chain. A changed, added or missing row of any table of the day shows. The columns
 * are those of the engine that closed the day, whatever rows have become since.
 */
export async function checkDayHash(
  client: pg.Client,
  date: EpochDay,
  runId: number,
): Promise<CheckResult> {
  const started = performance.now();
  const { rows } = await client.query<SealedStep>(
    `SELECT phase, task, bucket_from, bucket_to, hash FROM step
     WHERE run_id = $1 AND phase IN ('fold', 'post') ORDER BY phase, task`,
    [runId],
  );
  const columns = await hashedColumnsOf(client, runId);
  const differences = await strayRows(client, date, rows);
  const content = createHash('sha256');
  const journal = await journalHashes(client, date, columns.journal_line);
  for (const step of rows) {
    const actual = await stepHash(client, date, step, columns, journal);
    content.update(actual);
    if (!actual.equals(step.hash)) {
      const place = step.phase === 'fold' ? `task ${step.task}` : 'entries of accounting groups';
      differences.push(difference(place, step.hash, actual));
    }
  }
  differences.push(...(await chainDifferences(client, date, content.digest())));
  return {
    name: 'hash',
    says: 'the rows are those that were sealed',
    ok: differences.length === 0,
    milliseconds: Math.round(performance.now() - started),
    differences: differences.slice(0, 20),
  };
}

function difference(place: string, expected: Buffer, actual: Buffer): Difference {
  return { place, expected: expected.toString('hex'), actual: actual.toString('hex') };
}

async function stepHash(
  client: pg.Client,
  date: EpochDay,
  step: SealedStep,
  columns: HashedColumns,
  journal: ReadonlyMap<number, Buffer>,
): Promise<Buffer> {
  const none = createHash('sha256').digest();
  const lines = journal.get(step.phase === 'fold' ? step.task : DAY_TASK) ?? none;
  if (step.phase === 'post') return hashOfHashes([none, none, lines, none]);
  const buckets = `bucket BETWEEN ${step.bucket_from} AND ${step.bucket_to}`;
  const ofDay = (parent: keyof HashedColumns, order: string): Promise<Buffer> =>
    rowsHash(client, dayTable(parent, date), columns[parent], buckets, order);
  const laidAgain = `${buckets} AND effective_on = '${formatDay(date)}' AND version > 1`;
  return hashOfHashes([
    await ofDay('position', 'bucket, loan_id'),
    await ofDay('allocation', 'bucket, loan_id, ordinal'),
    await ofDay('event_outcome', 'bucket, loan_id, event_id'),
    lines,
    await rowsHash(client, 'schedule', columns.schedule, laidAgain, 'bucket, loan_id'),
  ]);
}

/**
 * The journal of a day hashed by task, in one pass: no index leads to the vouchers of a task, and
 * 64 tasks would read all of it 64 times.
 */
async function journalHashes(
  client: pg.Client,
  date: EpochDay,
  columns: readonly string[],
): Promise<ReadonlyMap<number, Buffer>> {
  const hashes = new Map<number, Hash>();
  const reader = new TupleReader(columns.length);
  const field = columns.indexOf('voucher');
  const table = dayTable('journal_line', date);
  // A voucher beyond the last task's is in the hash of none: strayRows tells of it.
  const select = `SELECT ${columns.join(', ')} FROM ${table}
    WHERE voucher BETWEEN 0 AND ${(DAY_TASK + 1) * VOUCHERS_PER_TASK - 1} ORDER BY voucher, line`;
  for await (const chunk of copyOut(client, select)) {
    reader.push(chunk);
    while (reader.next()) {
      const voucher = readInt8(reader.view, reader.fieldAt(field));
      const task = Math.floor(voucher / VOUCHERS_PER_TASK);
      const hash = hashes.get(task) ?? createHash('sha256');
      hashes.set(task, hash.update(reader.tuple));
    }
  }
  reader.finish();
  return new Map([...hashes].map(([task, hash]) => [task, hash.digest()]));
}

async function rowsHash(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  where: string,
  order: string,
): Promise<Buffer> {
  const hash = createHash('sha256');
  const reader = new TupleReader(columns.length);
  const select = `SELECT ${columns.join(', ')} FROM ${table} WHERE ${where} ORDER BY ${order}`;
  for await (const chunk of copyOut(client, select)) {
    reader.push(chunk);
    // As many tuples at once as there are: a call of the hash costs more than a tuple's bytes.
    for (let piece = reader.nextPiece(); piece !== undefined; piece = reader.nextPiece()) {
      hash.update(piece);
    }
  }
  reader.finish();
  return hash.digest();
}

async function chainDifferences(
  client: pg.Client,
  date: EpochDay,
  content: Buffer,
): Promise<Difference[]> {
  const { rows } = await client.query<{
    business_date: string;
    content_hash: Buffer;
    chain_hash: Buffer;
  }>(
    `SELECT business_date, content_hash, chain_hash FROM sealed_day
     WHERE business_date IN ($1::date, $1::date - 1)`,
    [formatDay(date)],
  );
  const today = rows.find((row) => parseDay(row.business_date) === date);
  if (today === undefined) return [];
  const before = rows.find((row) => parseDay(row.business_date) === date - 1);
  const chain = createHash('sha256')
    .update(before?.chain_hash ?? Buffer.alloc(0))
    .update(content)
    .digest();
  const found: Difference[] = [];
  if (!content.equals(today.content_hash)) {
    found.push(difference('content of the day', today.content_hash, content));
  }
  if (!chain.equals(today.chain_hash)) found.push(difference('chain', today.chain_hash, chain));
  return found;
}
