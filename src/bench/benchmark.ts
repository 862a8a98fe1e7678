import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDay, parseDay } from '../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../accounting/money/units.js';
import { connect, resolveTarget, withClient } from '../db/connect.js';
import { removeEmbedded } from '../db/embedded/embedded.js';
import type { DatabaseTarget } from '../db/target.js';
import { dayTable } from '../jobs/day/day-table.js';
import { POSITION_FIELDS } from '../jobs/day/position-row.js';
import type { ClosedDay } from '../jobs/eod/run/run-day.js';
import { loansToFold, tasksFor } from '../jobs/eod/run/task-count.js';
import { askFloor } from './ask-floor.js';
import { backDate } from './back-date.js';
import {
  type BookPlan,
  type BookSize,
  buildBook,
  close,
  importDay,
  repaymentsOf,
} from './bench-book.js';
import { MemorySampler } from './memory.js';
import { requireSafeSettings, type ServerSettings } from './server-settings.js';

export interface BenchOptions extends BookSize {
  readonly ordinaryDays: number;
  readonly only: string;
  /** Days that are closed before the first measured one: so far back a late event can reach. */
  readonly daysBefore: number;
  readonly json: boolean;
}

interface DayResult {
  kind: 'ordinary' | 'late' | 'month_end' | 'peak';
  business_date: string;
  loans: number;
  events: number;
  due: number;
  late: number;
  seconds: number;
  loans_per_second: number;
  floor_seconds: number;
  ratio: number;
  sql_seconds: number;
  wal_bytes: number;
  phases: ClosedDay['milliseconds'];
  checks: Record<string, number>;
  peak_rss_mb: number;
}

/** A book to build and the days of it to measure. */
interface Plan extends BookPlan {
  readonly days: readonly { date: EpochDay; kind: DayResult['kind'] }[];
}

/** Builds the books, closes the days and prints what they took beside the floor. */
export async function benchmark(options: BenchOptions): Promise<void> {
  const memory = new MemorySampler();
  const days: DayResult[] = [];
  let shape = { bytes_per_loan: 0, settings: {} as ServerSettings };
  for (const plan of plans(options)) {
    const folder = mkdtempSync(join(tmpdir(), 'loanbook-bench-'));
    try {
      shape = await measurePlan(plan, folder, options, memory, days);
    } finally {
      await removeEmbedded(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  }
  memory.stop();
  // The day of late files comes last, behind the three that every run has.
  days.sort((a, b) => Number(a.kind === 'late') - Number(b.kind === 'late'));
  const report = {
    loans: options.loans,
    workers: options.workers,
    columns: POSITION_FIELDS,
    bytes_per_loan: shape.bytes_per_loan,
    days,
    peak_rss_mb: Math.max(...days.map((day) => day.peak_rss_mb)),
    server: shape.settings,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
}

function plans(options: BenchOptions): Plan[] {
  const found: Plan[] = [];
  if (options.only !== 'peak') {
    // The days before the last of February are ordinary; on it the due days 29 to 31 come together.
    const monthEnd = parseDay('2026-02-28')!;
    const measured = monthEnd - options.ordinaryDays - 1;
    const first = measured - 1 - options.daysBefore;
    const days: { date: EpochDay; kind: DayResult['kind'] }[] = [];
    for (let i = 0; i < options.ordinaryDays; i += 1) {
      days.push({ date: measured + i, kind: 'ordinary' });
    }
    days.push({ date: monthEnd - 1, kind: 'late' });
    days.push({ date: monthEnd, kind: 'month_end' });
    const range = { firstDay: first, generateFrom: first, firstMeasured: measured };
    found.push({ profile: 'bench-spread', ...range, lastDay: monthEnd, days });
  }
  if (options.only !== 'spread') {
    const peak = parseDay('2026-03-16')!;
    found.push({
      profile: 'bench-one-day',
      firstDay: peak - 1,
      generateFrom: peak,
      firstMeasured: peak,
      lastDay: peak,
      days: [{ date: peak, kind: 'peak' }],
    });
  }
  return found;
}

async function measurePlan(
  plan: Plan,
  folder: string,
  options: BenchOptions,
  memory: MemorySampler,
  results: DayResult[],
): Promise<{ bytes_per_loan: number; settings: ServerSettings }> {
  const target = await resolveTarget(folder);
  const settings = await requireSafeSettings(target);
  const data = await buildBook(plan, folder, options, memory);
  const tell = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  for (const { date, kind } of plan.days) {
    if (kind === 'late') backDate(repaymentsOf(data, date), date, plan.firstDay);
    await importDay(folder, data, date, memory);
    const source = dayTable('position', date - 1);
    const { floor, sql } = await askFloor({
      target,
      source,
      workers: options.workers,
      tasks: tasksFor(await withClient(target, {}, (client) => loansToFold(client, date))),
    });
    await settle(target);
    memory.takePeakMb();
    const walBefore = await walPosition(target);
    const [closed] = await close(folder, options, memory);
    const day = closed!;
    const wal = (await walPosition(target)) - walBefore;
    const seconds = day.totalMilliseconds / 1000;
    results.push({
      kind,
      business_date: formatDay(date),
      loans: day.loans,
      events: day.events,
      ...(await shares(target, date)),
      seconds,
      loans_per_second: Math.round(day.loans / seconds),
      floor_seconds: floor,
      ratio: seconds / floor,
      sql_seconds: sql,
      wal_bytes: wal,
      phases: day.milliseconds,
      checks: Object.fromEntries(day.checks.map((check) => [check.name, check.milliseconds])),
      peak_rss_mb: memory.takePeakMb(),
    });
    tell(JSON.stringify(results.at(-1)));
  }
  const bytes = await bytesPerLoan(target, plan.days.at(-1)!.date);
  return { bytes_per_loan: bytes, settings };
}

/** Lets what the floor left behind reach the disk, so that the close does not pay for it. */
async function settle(target: DatabaseTarget): Promise<void> {
  const client = await connect(target, { role: 'login' });
  await client.query('CHECKPOINT');
  await client.end();
}

async function walPosition(target: DatabaseTarget): Promise<number> {
  const client = await connect(target, { role: 'login' });
  try {
    const { rows } = await client.query<{ bytes: string }>(
      `SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::text AS bytes`,
    );
    return Number(rows[0]!.bytes);
  } finally {
    await client.end();
  }
}

async function shares(
  target: DatabaseTarget,
  date: EpochDay,
): Promise<{ due: number; late: number }> {
  const client = await connect(target);
  try {
    const { rows } = await client.query<{ due: number; late: number }>(
      `SELECT
         (SELECT count(*) FROM ${dayTable('position', date - 1)} WHERE next_due_on = $1) AS due,
         (SELECT count(*) FROM ${dayTable('position', date)} WHERE days_past_due > 0) AS late`,
      [formatDay(date)],
    );
    return rows[0]!;
  } finally {
    await client.end();
  }
}

async function bytesPerLoan(target: DatabaseTarget, date: EpochDay): Promise<number> {
  const client = await connect(target);
  try {
    const table = dayTable('position', date);
    const { rows } = await client.query<{ bytes: number }>(
      `SELECT (pg_relation_size('${table}') / greatest(count(*), 1))::int AS bytes FROM ${table}`,
    );
    return rows[0]!.bytes;
  } finally {
    await client.end();
  }
}
