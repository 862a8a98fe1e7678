import { createHash, type Hash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { copyOut } from '../../../db/copy/copy-out.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { readInt8, TupleReader } from '../../../db/copy/copy-tuple.js';
import { dayTable } from '../day-table.js';
import { EventDigest } from '../event-digest.js';
import type { HashedColumns } from '../hashed-columns.js';
import { DAY_TASK, VOUCHERS_PER_TASK } from '../side-rows.js';

/** The tables of a task in the order of their hashes. */
export const HASHED_TABLES = [
  'position',
  'allocation',
  'event_outcome',
  'journal_line',
  'schedule',
] as const;

/** A task of a day, or the step that posts for whole accounting groups. */
export interface TaskShare {
  readonly phase: 'fold' | 'post';
  readonly task: number;
  readonly bucket_from: number;
  readonly bucket_to: number;
}

const NONE = createHash('sha256').digest();

/** The hash of each table of a step, from the rows that stand in the database. */
export async function tableHashes(
  client: pg.Client,
  date: EpochDay,
  step: TaskShare,
  columns: HashedColumns,
  journal: ReadonlyMap<number, Buffer>,
): Promise<Buffer[]> {
  const lines = journal.get(step.phase === 'fold' ? step.task : DAY_TASK) ?? NONE;
  if (step.phase === 'post') return [NONE, NONE, lines, NONE];
  const buckets = bucketsOf(step);
  const ofDay = (parent: 'position' | 'allocation' | 'event_outcome', order: string) =>
    rowsHash(client, dayTable(parent, date), columns[parent], buckets, order);
  const laidAgain = `${buckets} AND effective_on = '${formatDay(date)}' AND version > 1`;
  return [
    await ofDay('position', 'bucket, loan_id'),
    await ofDay('allocation', 'bucket, loan_id, ordinal'),
    await ofDay('event_outcome', 'bucket, loan_id, event_id'),
    lines,
    await rowsHash(client, 'schedule', columns.schedule, laidAgain, 'bucket, loan_id'),
  ];
}

function bucketsOf(step: TaskShare): string {
  return `bucket BETWEEN ${step.bucket_from} AND ${step.bucket_to}`;
}

/** A task's events of the day as they stand, told as `EventQueue.digest` did, and their keys. */
export async function eventsOfDay(
  client: pg.Client,
  date: EpochDay,
  step: TaskShare,
  columns: readonly string[],
): Promise<EventDigest> {
  const digest = new EventDigest(0);
  const select = `SELECT ${columns.join(', ')} ${fromEvents(date, step)}`;
  await copyRows(client, select, columns.length, (_view, at, bytes, end) =>
    digest.add(bytes, at, end),
  );
  return digest;
}

function fromEvents(date: EpochDay, step: TaskShare): string {
  return `FROM event
    WHERE business_date = '${formatDay(date)}' AND ${bucketsOf(step)} AND NOT is_birth(type)
    ORDER BY bucket, loan_id, event_id`;
}

/** The key of the event at a place among those of a task's day; undefined behind the last one. */
export async function eventAt(
  client: pg.Client,
  date: EpochDay,
  step: TaskShare,
  place: number,
): Promise<string | undefined> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT concat_ws('/', bucket, loan_id, event_id) AS key ${fromEvents(date, step)}
     OFFSET $1 LIMIT 1`,
    [place],
  );
  return rows[0]?.key;
}

/**
 * The journal of a day hashed by task, in one pass: no index leads to the vouchers of a task, and
 * 64 tasks would read all of it 64 times.
 */
export async function journalHashes(
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
