import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { sqlStateOf } from '../../db/connect.js';
import { eventually, type Fault, type Scene } from './scene.js';

const WAITED_FOR_MS = 2_500;
const HOLD_MS_MAX = 700;
const LOCK_NOT_AVAILABLE = '55P03';

/** A stranger locks what the job needs, as a maintenance does, is waited for, and lets go. */
export const strangerLock: Fault = async (scene) => {
  const { house, database, eye, command, random, goOn } = scene;
  const stranger = await house.watcher(database);
  const isLocked = await lockThem(stranger, scene);
  goOn();
  const isWaitedFor =
    isLocked &&
    (await eventually(async () => command.isOver() || isWaiting(eye, stranger), WAITED_FOR_MS)) &&
    !command.isOver();
  if (isWaitedFor) await sleep(random.between(20, HOLD_MS_MAX));
  await stranger.query('ROLLBACK');
  await stranger.end();
  return { hit: () => isWaitedFor };
};

/** All that the job does not hold by now, in an order of chance. */
async function lockThem(stranger: pg.Client, { tables, random }: Scene): Promise<boolean> {
  await stranger.query(`BEGIN; SET LOCAL lock_timeout = '60ms'`);
  const first = random.below(tables.length);
  let locked = 0;
  for (const at of tables.keys()) {
    const table = tables[(first + at) % tables.length]!;
    try {
      await stranger.query(`SAVEPOINT before; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      locked += 1;
    } catch (error) {
      await stranger.query('ROLLBACK TO before');
      if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
  return locked > 0;
}

async function isWaiting(eye: pg.Client, stranger: pg.Client): Promise<boolean> {
  const { processID } = stranger as unknown as { processID: number };
  const { rowCount } = await eye.query(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid))`,
    [processID],
  );
  return (rowCount ?? 0) > 0;
}
