import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { connect, destroyClient, withClient } from '../../../src/db/connect.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { settleRun, takeRun } from '../../../src/jobs/runs/instance.js';
import { type HeldRun, renewRun, requireHeld } from '../../../src/jobs/runs/lease.js';
import { endLostSessions, keepSession } from '../../../src/jobs/runs/sessions.js';
import { Patience } from '../../../src/jobs/runs/waiting.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const DAY = 20_000;
const PASSWORD = 'only-for-this-test';
const FRAME = { entity: 'T', currency: 'CNY', firstBusinessDate: DAY, calendar: 'none' };

let database: TestDatabase;
let keys = 0;
const clients: pg.Client[] = [];
const logins = [1, 2].map((n) => `loanbook_test_taker_${process.pid}_${n}`);

const asAdministrator = (sql: string, values: unknown[] = []) =>
  withClient(database.target, { role: 'login' }, (client) => client.query(sql, values));

beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.target, {}, (client) => createBook(client, FRAME));
  for (const login of logins) {
    await asAdministrator(`CREATE ROLE ${login} LOGIN PASSWORD '${PASSWORD}';
      GRANT loanbook_owner, loanbook_batch TO ${login};
      GRANT pg_signal_backend TO loanbook_owner`);
  }
});
afterAll(async () => {
  await database.drop();
  await withClient(inject('database').server, { role: 'login' }, (client) =>
    client.query(`DROP ROLE ${logins.join(', ')}`),
  );
});
beforeEach(() => {
  keys += 1;
});
afterEach(() => clients.splice(0).forEach(destroyClient));

async function open(target: DatabaseTarget): Promise<pg.Client> {
  const client = await connect(target);
  clients.push(client);
  return client;
}

const as = (login: string | undefined): DatabaseTarget =>
  login === undefined ? database.target : { ...database.target, user: login, password: PASSWORD };

function take(client: pg.Client, patience = new Patience()): Promise<HeldRun> {
  const instance = { job: 'period', key: String(keys), date: DAY, workers: 1 } as const;
  return takeRun(client, { ...instance, phases: ['rows'], tasks: 1 }, patience);
}

const pidOf = async (client: pg.Client) =>
  (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;

/** Also of a session that is too busy to be asked. */
const pidNow = (client: pg.Client) => (client as unknown as { processID: number }).processID;

const runsOut = (run: HeldRun) =>
  asAdministrator('UPDATE loanbook.run SET lease_until = now() WHERE run_id = $1', [run.runId]);

async function living(pids: readonly number[]): Promise<number> {
  const sql = 'SELECT FROM pg_stat_activity WHERE pid = ANY ($1)';
  return (await asAdministrator(sql, [pids])).rowCount ?? 0;
}

/** A holder in the midst of a phase, and a session of it whose answer nobody reads. */
async function frozen(login: string | undefined) {
  const control = await open(as(login));
  const reading = await open(as(login));
  const run = await take(control);
  await keepSession(reading, run);
  const pids = await Promise.all([pidOf(control), pidOf(reading)]);
  await control.query('BEGIN');
  await requireHeld(control, run);
  const { stream } = (reading as unknown as { connection: { stream: NodeJS.ReadStream } })
    .connection;
  reading.query(
    'COPY (SELECT repeat($$x$$, 1000) FROM generate_series(1, 1000000)) TO STDOUT',
    () => undefined,
  );
  stream.pause();
  const blocked = `SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'ClientWrite'`;
  while (((await asAdministrator(blocked, [pids[1]])).rowCount ?? 0) === 0) await sleep(20);
  return { control, run, pids };
}

const LOGINS: readonly [string, string | undefined, string | undefined][] = [
  ['a superuser, as of the embedded server', undefined, undefined],
  ['one ordinary login', logins[0], logins[0]],
  ['two ordinary logins', logins[0], logins[1]],
];

describe.each(LOGINS)('a takeover by %s', (_, first, second) => {
  it('ends the sessions of the holder that lost its lease, and waits until they are gone', async () => {
    const { run, pids } = await frozen(first);
    await runsOut(run);
    const taker = await open(as(second));
    const taken = await take(taker);
    expect(taken).toMatchObject({ runId: run.runId, resumed: true, attempt: 2 });
    await settleRun(taker, taken, new Patience());
    expect(await living(pids)).toBe(0);
    expect(await renewRun(taker, taken)).toBe(true);
    expect(await renewRun(taker, run)).toBe(false);
    const other = await open(as(first));
    const lost = { code: 'run_lost', exitCode: 75, evidence: { pid: String(process.pid) } };
    await expect(requireHeld(other, run)).rejects.toMatchObject(lost);
    await expect(keepSession(other, run)).rejects.toMatchObject(lost);
    const { rows } = await taker.query(
      'SELECT attempt, outcome FROM execution WHERE run_id = $1 ORDER BY attempt',
      [run.runId],
    );
    expect(rows).toEqual([
      { attempt: 1, outcome: 'lost' },
      { attempt: 2, outcome: null },
    ]);
  });
});

describe('a session that nobody of ours may end', () => {
  it('is waited for until its transaction is over, and fenced from then on', async () => {
    const control = await open(as(undefined));
    const run = await take(control);
    await control.query('BEGIN');
    await requireHeld(control, run);
    await runsOut(run);
    const taker = await open(as(logins[0]));
    const taken = await take(taker);
    let [isSettled, isWaiting] = [false, false];
    const onWait = () => {
      isWaiting = true;
    };
    const patience = new Patience({ waitMs: 60_000, onWait });
    const settling = settleRun(taker, taken, patience).then(() => {
      isSettled = true;
    });
    while (!isWaiting) await sleep(20);
    expect([isSettled, await living([await pidOf(control)])]).toEqual([false, 1]);
    await control.query('COMMIT');
    await settling;
    await expect(requireHeld(control, run)).rejects.toMatchObject({ code: 'run_lost' });
  });
});

/** In the midst of sending rows, when nothing that the server has ends the session by itself. */
async function sendingRows(run: HeldRun): Promise<pg.Client> {
  const sender = await open(as(undefined));
  await keepSession(sender, run);
  await sender.query('BEGIN; CREATE TEMPORARY TABLE sent (n integer)');
  // Of its rows none comes; its end is the administrator's doing.
  sender.query(copyFrom('COPY sent FROM STDIN')).on('error', () => undefined);
  const reads = `SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active'
    AND query LIKE 'COPY%' AND wait_event = 'ClientRead'`;
  while (((await asAdministrator(reads, [pidNow(sender)])).rowCount ?? 0) === 0) {
    await sleep(20);
  }
  return sender;
}

describe('a session in the midst of sending rows that nobody of ours may end', () => {
  it('ends the wait for it with the statement that an administrator needs', async () => {
    const control = await open(as(undefined));
    const run = await take(control);
    const sender = await sendingRows(run);
    await runsOut(run);
    const taker = await open(as(logins[0]));
    const taken = await take(taker);
    const pid = pidNow(sender);
    await expect(settleRun(taker, taken, new Patience({ waitMs: 600 }))).rejects.toMatchObject({
      code: 'sessions_left',
      exitCode: 75,
      evidence: { run: run.runId, job: 'period', logins: database.target.user },
      next: expect.stringContaining(`SELECT pg_terminate_backend(${pid});`),
    });
    await asAdministrator('SELECT pg_terminate_backend($1)', [pid]);
    while ((await living([pid])) > 0) await sleep(20);
    await settleRun(taker, taken, new Patience());
  });

  it('does not hold anybody up while it is in no transaction', async () => {
    const control = await open(as(undefined));
    const run = await take(control);
    await runsOut(run);
    const taker = await open(as(logins[0]));
    await settleRun(taker, await take(taker), new Patience());
    expect(await living([pidNow(control)])).toBe(1);
  });
});

describe('what a takeover never ends', () => {
  it('are sessions of a run that is held', async () => {
    const { run, pids } = await frozen(logins[0]);
    const other = await open(as(logins[1]));
    expect(await endLostSessions(other, run.runId)).toBe(0);
    for (const name of ['end_lost_sessions', 'end_lost_sessions_as_owner']) {
      expect((await other.query(`SELECT ${name}($1)`, [run.runId])).rowCount).toBe(0);
    }
    expect(await living(pids)).toBe(2);
  });

  it('is a stranger that the server gave the number of a process to', async () => {
    const stranger = await open(as(logins[0]));
    const pid = await pidOf(stranger);
    const holder = await open(as(logins[0]));
    const run = await take(holder);
    await asAdministrator(
      'INSERT INTO loanbook.run_session VALUES ($1, gen_random_uuid(), $2, 999999999)',
      [run.runId, pid],
    );
    expect(await endLostSessions(holder, run.runId)).toBe(0);
    expect(await living([pid])).toBe(1);
  });

  it('is what the batch role names: it keeps its own session only, and of a run that it holds', async () => {
    const client = await open(as(logins[0]));
    const run = await take(client);
    const wrong = { ...run, token: '00000000-0000-0000-0000-000000000000' };
    await expect(keepSession(client, wrong)).rejects.toMatchObject({ code: 'run_lost' });
    await expect(
      client.query('INSERT INTO run_session VALUES ($1, $2, 1, 1)', [run.runId, run.token]),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      client.query(`UPDATE run SET status = 'done' WHERE run_id = $1`, [run.runId]),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
