import type pg from 'pg';
import { Piscina } from 'piscina';
import { BUCKET_COUNT } from '../accounting/money/units.js';
import { connect } from '../db/connect.js';
import type { DatabaseTarget } from '../db/target.js';
import { besideModule } from '../package-root.js';
import type { FloorJob } from './floor-worker.js';

const ROUNDS = 5;

/**
 * Seconds that the bare streams take: the same tasks, workers, server and partition, binary COPY
 * out and in, overlapped, into a plain logged table without an index. Median of five, after one
 * to warm.
 */
export async function measureFloor(
  target: DatabaseTarget,
  source: string,
  workers: number,
  tasks: number,
): Promise<number> {
  const owner = await connect(target, { role: 'owner' });
  const pool = new Piscina({
    filename: besideModule('dist', import.meta.url, 'floor-worker.js'),
    name: 'floorTask',
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  try {
    const seconds: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const took = await oneRound(owner, pool, target, source, tasks);
      if (round > 0) seconds.push(took);
    }
    seconds.sort((a, b) => a - b);
    return seconds[Math.floor(ROUNDS / 2)]!;
  } finally {
    await pool.destroy();
    await owner.end();
  }
}

async function oneRound(
  owner: pg.Client,
  pool: Piscina,
  target: DatabaseTarget,
  source: string,
  tasks: number,
): Promise<number> {
  const sink = 'bench_floor';
  await owner.query(`DROP TABLE IF EXISTS ${sink}`);
  await owner.query(
    `CREATE TABLE ${sink} (LIKE ${source} INCLUDING DEFAULTS INCLUDING STORAGE)
     WITH (autovacuum_enabled = off)`,
  );
  const started = performance.now();
  const jobs: Promise<void>[] = [];
  for (let task = 0; task < tasks; task += 1) {
    const bucketFrom = Math.floor((task * BUCKET_COUNT) / tasks);
    const bucketTo = Math.floor(((task + 1) * BUCKET_COUNT) / tasks) - 1;
    const job: FloorJob = { target, source, sink, bucketFrom, bucketTo };
    jobs.push(pool.run(job));
  }
  await Promise.all(jobs);
  const seconds = (performance.now() - started) / 1000;
  await owner.query(`DROP TABLE ${sink}`);
  return seconds;
}

/** Seconds of the same accrual as one set-based statement: what SQL alone can say of a close. */
export async function measureSql(target: DatabaseTarget, source: string): Promise<number> {
  const owner = await connect(target, { role: 'owner' });
  try {
    await owner.query('DROP TABLE IF EXISTS bench_sql');
    await owner.query(`CREATE TABLE bench_sql (LIKE ${source}) WITH (autovacuum_enabled = off)`);
    const started = performance.now();
    await owner.query(ACCRUE.replaceAll(':source', source));
    const seconds = (performance.now() - started) / 1000;
    await owner.query('DROP TABLE bench_sql');
    return seconds;
  } finally {
    await owner.end();
  }
}

const ACCRUE = `INSERT INTO bench_sql
SELECT loan_id, rate_ppb, period_units + rate_ppb, next_principal, next_interest, principal,
  principal_not_due, principal_overdue,
  least((principal_not_due * (period_units + rate_ppb) * 2 + 360000000000) / 720000000000,
    next_interest),
  interest_due, penalty_due, compound_due, fee_due, suspense,
  interest_accrued_total - interest_accrued
    + least((principal_not_due * (period_units + rate_ppb) * 2 + 360000000000) / 720000000000,
      next_interest),
  business_date + 1, folded_on + 1, period_start_on, next_due_on, oldest_due_on, oldest_free_on,
  group_id, days_past_due, bucket, engine_version, schedule_version, status, classification,
  overdue_bucket, next_seq, accruing, open_installments, totals
FROM :source`;
