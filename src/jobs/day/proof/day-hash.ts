import { createHash } from 'node:crypto';
import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { CheckResult, Difference } from '../check-result.js';
import { firstMarkThatDiffers } from '../event-digest.js';
import { hashOfHashes } from '../hash-of-hashes.js';
import { type HashedColumns, hashedColumnsOf } from '../hashed-columns.js';
import { chainLink, SEAL_COLUMNS, type Seal } from './chain-link.js';
import {
  eventAt,
  eventsOfDay,
  HASHED_TABLES,
  journalHashes,
  type TaskShare,
  tableHashes,
} from './rows-hash.js';
import { strayRows } from './stray-rows.js';

interface SealedStep extends TaskShare {
  readonly hash: Buffer;
  /** Null: of a run from before it was kept. */
  readonly table_hashes: Buffer | null;
  readonly events_hash: Buffer | null;
  readonly event_marks: Buffer | null;
}

const FRAME = { name: 'hash', says: 'the rows are those that were sealed' } as const;

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
    `SELECT phase, task, bucket_from, bucket_to, hash, table_hashes, events_hash,
       event_marks FROM step
     WHERE run_id = $1 AND phase IN ('fold', 'post') ORDER BY phase, task`,
    [runId],
  );
  const columns = await hashedColumnsOf(client, runId);
  if (columns === undefined) return unreadable(runId);
  const differences = await strayRows(client, date, rows);
  const content = createHash('sha256');
  const journal = await journalHashes(client, date, columns.journal_line);
  for (const step of rows) {
    const hashes = await tableHashes(client, date, step, columns, journal);
    content.update(hashOfHashes(hashes));
    differences.push(...stepDifferences(step, hashes));
    differences.push(...(await eventDifferences(client, date, step, columns)));
  }
  differences.push(...(await chainDifferences(client, date, content.digest())));
  return {
    ...FRAME,
    ok: differences.length === 0,
    milliseconds: Math.round(performance.now() - started),
    differences: differences.slice(0, 20),
  };
}

function difference(place: string, expected: Buffer, actual: Buffer): Difference {
  return { place, expected: expected.toString('hex'), actual: actual.toString('hex') };
}

function unreadable(runId: number): CheckResult {
  const place = `run ${runId}: hashed_columns`;
  const difference = { place, expected: 'columns of the tables of a day', actual: 'others' };
  return { ...FRAME, ok: false, milliseconds: 0, differences: [difference] };
}

/** Names the tables of a task that are not as they were written. */
function stepDifferences(step: SealedStep, hashes: readonly Buffer[]): Difference[] {
  const actual = hashOfHashes(hashes);
  const kept = step.table_hashes;
  const isWhole = kept === null || hashOfHashes([kept]).equals(step.hash);
  if (actual.equals(step.hash) && isWhole) return [];
  const place = placeOf(step);
  const whole = step.phase === 'fold' ? `task ${step.task}` : place;
  const found: Difference[] = [];
  if (kept !== null) {
    const tables = step.phase === 'fold' ? HASHED_TABLES : HASHED_TABLES.slice(1);
    for (const [index, table] of tables.entries()) {
      const expected = kept.subarray(32 * index, 32 * (index + 1));
      const own = hashes[index]!;
      if (!own.equals(expected)) found.push(difference(`${table} of ${place}`, expected, own));
    }
  }
  return [difference(whole, step.hash, actual), ...found];
}

function placeOf({ phase, task, bucket_from: from, bucket_to: to }: TaskShare): string {
  if (phase === 'post') return 'entries of accounting groups';
  return `task ${task}, buckets ${from} to ${to}`;
}

async function eventDifferences(
  client: pg.Client,
  date: EpochDay,
  step: SealedStep,
  columns: HashedColumns,
): Promise<Difference[]> {
  if (columns.event === undefined || step.phase === 'post') return [];
  const digest = await eventsOfDay(client, date, step, columns.event);
  const marks = digest.marks();
  const actual = digest.hash();
  const expected = step.events_hash ?? Buffer.alloc(0);
  if (actual.equals(expected)) return [];
  const kept = step.event_marks ?? Buffer.alloc(0);
  const key = await eventAt(client, date, step, firstMarkThatDiffers(kept, marks));
  const place = key === undefined ? 'behind the last one' : key;
  return [difference(`event ${place} of ${placeOf(step)}`, expected, actual)];
}

async function chainDifferences(
  client: pg.Client,
  date: EpochDay,
  content: Buffer,
): Promise<Difference[]> {
  const [before, today] = await sealsOf(client, date);
  if (today === undefined) return [];
  const chain = chainLink(before?.chain ?? null, content);
  const found: Difference[] = [];
  if (!content.equals(today.content)) {
    found.push(difference('content of the day', today.content, content));
  }
  if (!chain.equals(today.chain)) found.push(difference('chain', today.chain, chain));
  return found;
}

async function sealsOf(
  client: pg.Client,
  date: EpochDay,
): Promise<[Seal | undefined, Seal | undefined]> {
  const { rows } = await client.query<Seal>(
    `SELECT ${SEAL_COLUMNS} FROM sealed_day s
     WHERE business_date IN ($1::date, $1::date - 1) ORDER BY business_date`,
    [formatDay(date)],
  );
  const of = (day: EpochDay) => rows.find((row) => parseDay(row.day) === day);
  return [of(date - 1), of(date)];
}
