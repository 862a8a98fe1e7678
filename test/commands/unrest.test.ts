import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportOf } from '../../src/commands/shell/error-report.js';
import { connect } from '../../src/db/connect.js';
import { LoanbookError } from '../../src/errors.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { serverEnv, startCli } from '../support/cli-process.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-unrest-'));
const product = join(folder, 'p.yaml');
let database: TestDatabase;
let owner: pg.Client;
/** Sees the other sessions as they are: within a transaction they are read once. */
let watcher: pg.Client;
beforeAll(async () => {
  writeFileSync(product, 'code: P\nrepayment: {periods: 3}\neffective_from: 2026-01-01\n');
  database = await testDatabase();
  owner = await connect(database.target, { role: 'login' });
  watcher = await connect(database.target, { role: 'login' });
  const client = await connect(database.target);
  const frame = { entity: 'T', currency: 'CNY', firstBusinessDate: 20_000, calendar: 'none' };
  await createBook(client, frame);
  await client.end();
});
afterAll(async () => {
  await owner?.end();
  await watcher?.end();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** `product apply`, until it waits for the table; `act` is told its backend. */
async function whileItWaits(act: (child: { kill(): void }, pid: number) => Promise<unknown>) {
  await owner.query('BEGIN; LOCK TABLE product_version IN ACCESS EXCLUSIVE MODE');
  const { child, ended } = startCli(['product', 'apply', product], serverEnv(database.target));
  const waiting = await backendThatWaits();
  await act({ kill: () => child.kill('SIGTERM') }, waiting);
  const result = await ended;
  await owner.query('ROLLBACK');
  return { ...result, backend: waiting };
}

async function backendThatWaits(): Promise<number> {
  for (;;) {
    const { rows } = await watcher.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows[0] !== undefined) return rows[0].pid;
    await sleep(10);
  }
}

describe('a command that waits for a lock', () => {
  it('stops with 130 at SIGTERM, its statement too, and has done nothing', async () => {
    const { code, stderr, backend } = await whileItWaits(async (child) => child.kill());
    expect([code, stderr.split('\n')[0]]).toEqual([130, 'error: interrupted']);
    await expect
      .poll(async () => {
        const alive = 'SELECT FROM pg_stat_activity WHERE pid = $1';
        return (await watcher.query(alive, [backend])).rowCount;
      })
      .toBe(0);
    expect((await owner.query('SELECT FROM product_version')).rowCount).toBe(0);
  });

  it('exits 75 when its session is terminated, and names the cause', async () => {
    const { code, stderr } = await whileItWaits((_, pid) =>
      watcher.query('SELECT pg_terminate_backend($1)', [pid]),
    );
    expect(code).toBe(75);
    expect(stderr).toContain('error: The connection to the database was lost.');
    expect(stderr).toContain('sqlstate: 57P01');
    expect(stderr).not.toContain('internal');
  });

  it('does it the next time, and says so the time after', async () => {
    const run = () => startCli(['product', 'apply', product], serverEnv(database.target)).ended;
    const first = await run();
    const second = await run();
    expect([first.code, first.stdout.includes('applied'), first.stderr]).toEqual([0, true, '']);
    expect([second.code, second.stdout.includes('unchanged')]).toEqual([0, true]);
    expect(second.stderr).toContain('it had been done before');
  });
});

describe('SIGTERM while the program loads', () => {
  /** Says `up` at the first listener for signals. */
  const preload = join(folder, 'preload.cjs');
  beforeAll(() => {
    writeFileSync(
      preload,
      `const { on } = process;
       process.on = function (name, listener) {
         if (name !== 'SIGTERM') return on.call(this, name, listener);
         process.on = on;
         on.call(this, name, listener);
         require('node:fs').writeSync(1, 'up');
         return this;
       };`,
    );
  });

  it.each([0, 15, 40])('%i ms after its first line it exits 130', async (delayMs) => {
    const args = ['product', 'list', ...(delayMs === 0 ? ['--json'] : [])];
    const { child, ended } = startCli(args, serverEnv(database.target), ['-r', preload]);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    await sleep(delayMs);
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    // Where it had printed all there is it was done.
    if (code === 0 && stdout !== 'up') return;
    expect(code).toBe(130);
    if (delayMs > 0) expect(stderr).toMatch(/^error: interrupted\n {2}signal: SIGTERM\nnext: /);
    else expect(JSON.parse(stderr).error.code).toBe('interrupted');
  });
});

describe('a server that does not take the session', () => {
  let server: Server;
  let answer: Buffer;
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const ask = (port: number) => {
    const env = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'u', PGDATABASE: 'd' };
    return startCli(['gl', 'period', 'list', '--json'], env).ended;
  };
  const portOf = () => (server.address() as AddressInfo).port;

  it.each([
    ['57P03', 'the database system is starting up'],
    ['53300', 'sorry, too many clients already'],
    ['57P01', 'terminating connection due to administrator command'],
  ])('by %s makes the command exit 75', async (code, message) => {
    answer = errorResponse({ S: 'FATAL', V: 'FATAL', C: code, M: message });
    const ended = await ask(portOf());
    expect(ended.code).toBe(75);
    expect(JSON.parse(ended.stderr).error).toMatchObject({
      code: 'database_unreachable',
      evidence: { reason: message, sqlstate: code },
    });
  });

  it('by hanging up, or by not being there, makes it exit 75 too', async () => {
    answer = Buffer.alloc(0);
    expect((await ask(portOf())).code).toBe(75);
    const refused = await ask(1);
    expect(refused.code).toBe(75);
    expect(JSON.parse(refused.stderr).error.evidence).toMatchObject({ sqlstate: 'ECONNREFUSED' });
  });

  it('by a wrong password does not', async () => {
    answer = errorResponse({ S: 'FATAL', V: 'FATAL', C: '28P01', M: 'password failed' });
    expect((await ask(portOf())).code).toBe(1);
  });
});

/** Documentation of the protocol: Message Formats, ErrorResponse. */
function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const body = Object.entries(fields).map(([type, text]) => `${type}${text}\0`);
  const payload = Buffer.from(`${body.join('')}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(payload.length + 4, 1);
  return Buffer.concat([head, payload]);
}

describe('what a report says of an error of the server', () => {
  const scene = { bookFolder: folder, commandPath: 'x', wasInterrupted: false };
  const withCode = (code: string, message = 'm') => Object.assign(new Error(message), { code });
  const cases: readonly [string, Error, string, number][] = [
    ['a lock that is waited for', withCode('55P03'), 'lock_wait', 75],
    ['a deadlock', withCode('40P01'), 'lock_wait', 75],
    ['a cancelled statement', withCode('57014'), 'query_cancelled', 75],
    ['a crash', withCode('57P02'), 'connection_lost', 75],
    ['a reset', withCode('ECONNRESET'), 'connection_lost', 75],
    ['a lost server', new Error('Connection terminated unexpectedly'), 'connection_lost', 75],
    ['a full disk', withCode('53100'), 'server_out_of_resources', 1],
    ['a defect', withCode('22012'), 'internal', 1],
    ['a defect without a code', new Error('x is not a function'), 'internal', 1],
  ];
  it.each(cases)('%s', (_, error, code, exitCode) => {
    expect(reportOf(error, scene)).toMatchObject({ code, exitCode });
  });

  it('that a refusal was caused by: the words are the refusal’s, the exit code is 75', () => {
    const cause = withCode('55P03');
    const error = new LoanbookError('migration_failed', 'A migration failed.', { cause });
    expect(reportOf(error, scene)).toMatchObject({ code: 'migration_failed', exitCode: 75 });
    const refusal = new LoanbookError('wrong', 'Wrong.', { exitCode: 2, cause });
    expect(reportOf(refusal, scene)).toMatchObject({ code: 'wrong', exitCode: 2 });
  });
});
