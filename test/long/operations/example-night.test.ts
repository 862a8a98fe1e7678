import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.js';
import { type RunningProcess, startCli } from '../../support/cli-process.js';
import { FakedClock } from '../../support/faked-clock.js';

/**
 * The plans of `config/plans` as they are, run by `scheduler run` on a machine whose clock is set
 * forward, from an empty folder. The same book is closed by hand beside it: days, vouchers and
 * files must be equal.
 */
const DATES = [28, 29, 30, 31, 32, 33, 34].map((day) =>
  new Date(Date.UTC(2026, 2, day)).toISOString().slice(0, 10),
);
const LATE = '2026-03-30';
const TWICE = '2026-03-31';
const DONE_MS = 240_000;
const why = FakedClock.missing();
if (why !== undefined) process.stderr.write(`the example night is skipped: ${why}\n`);

const folder = mkdtempSync(join(tmpdir(), 'loanbook-example-'));
const clock = why === undefined ? new FakedClock() : undefined;
const data = join(folder, 'data');
const [night, byHand] = [join(folder, 'night'), join(folder, 'hand')];

async function loanbook(home: string, ...words: readonly string[]): Promise<string> {
  const ended = await startCli([...words, '--json', '--quiet'], { LOANBOOK_HOME: home }).ended;
  if (ended.code !== 0) throw new Error(`${words.join(' ')}: ${ended.code} ${ended.stderr}`);
  return ended.stdout;
}

/** What the core system sends for a business date. */
function sent(date: string): { loans: string; repayments: string } {
  return {
    loans: join(data, `loans-${date}.csv`),
    repayments: join(data, `repayments-${date}.csv`),
  };
}

/** The loans of the book on the first day, and those paid out on each later one. */
function splitLoans(): void {
  const [head, ...rows] = readFileSync(join(data, 'loans.csv'), 'utf8').trimEnd().split('\n');
  const at = head!.split(',').indexOf('disbursed_on');
  for (const date of DATES) {
    const own = rows.filter((row) => {
      const on = row.split(',')[at]!;
      return date === DATES[0] ? on <= date : on === date;
    });
    writeFileSync(sent(date).loans, `${[head, ...own].join('\n')}\n`);
  }
}

async function makeBook(home: string): Promise<void> {
  const book = ['--currency', 'CNY', '--calendar', 'cn', '--first-business-date', DATES[0]!];
  await loanbook(home, 'init', '--entity', '示例消费金融', ...book);
  const products = readdirSync(join(data, 'products')).map((name) => join(data, 'products', name));
  await loanbook(home, 'product', 'apply', ...products);
  await loanbook(home, 'impairment', 'apply', join(packageRoot, 'config/impairment.yaml'));
}

const deliver = (file: string, name: string) => copyFileSync(file, join(night, 'inbox', name));
const atChina = (date: string, time: string) => new Date(`${date}T${time}+08:00`).toISOString();
const dayAfter = (date: string) =>
  new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);

let scheduler: RunningProcess | undefined;
const clients: pg.Client[] = [];

async function sessionOf(home: string): Promise<pg.Client> {
  const status = JSON.parse(await loanbook(home, 'db', 'status'));
  const client = new pg.Client({
    host: status.host ?? status.socketFolder,
    port: Number(status.port ?? 5432),
    user: status.user ?? 'loanbook',
    database: status.database ?? 'loanbook',
  });
  await client.connect();
  clients.push(client);
  return client;
}

async function untilState(client: pg.Client, plan: string, date: string, wanted: string) {
  const until = performance.now() + DONE_MS;
  for (;;) {
    const { rows } = await client.query(
      'SELECT state FROM night WHERE plan = $1 AND business_date = $2',
      [plan, date],
    );
    const state = rows[0]?.state ?? 'none';
    if (state === wanted) return;
    if (state === 'failed' || performance.now() > until) {
      throw new Error(`${plan} ${date} is ${state}, not ${wanted}`);
    }
    await sleep(100);
  }
}

const hashes = (home: pg.Client) =>
  home.query(
    `SELECT business_date, encode(content_hash, 'hex') AS content, encode(chain_hash, 'hex') AS chain
     FROM sealed_day ORDER BY business_date`,
  );
const balances = (home: pg.Client) =>
  home.query(
    `SELECT a.code, sum(l.amount) AS amount, count(*) FROM entry e JOIN entry_line l USING (entry_id)
     JOIN account a USING (account_id) GROUP BY a.code ORDER BY a.code`,
  );

describe.skipIf(why !== undefined)('the example night', () => {
  beforeAll(async () => {
    const days = ['--start', DATES[0]!, '--days', String(DATES.length)];
    await loanbook(folder, 'generate', '--loans', '3000', '--seed', '7', '--out', data, ...days);
    splitLoans();
    await makeBook(night);
    await makeBook(byHand);
    for (const date of DATES) {
      await loanbook(byHand, 'import', 'loans', sent(date).loans);
      await loanbook(byHand, 'import', 'repayments', sent(date).repayments);
      await loanbook(byHand, 'eod', 'run', '--date', date);
      if (date !== '2026-03-31') continue;
      await loanbook(byHand, 'impairment', 'run', '--as-of', date);
      await loanbook(byHand, 'gl', 'period', 'close', '2026-03');
    }
  }, 600_000);

  afterAll(async () => {
    scheduler?.child.kill('SIGKILL');
    for (const client of clients) await client.end();
    for (const home of [night, byHand]) await loanbook(home, 'db', 'stop');
    clock?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('runs itself from the first date to the last, month end included', async () => {
    const rules = join(folder, 'inbox.yaml');
    // The plans are as they are; files of this trial stay as they are for a second, not a minute.
    const text = readFileSync(join(packageRoot, 'config/inbox.yaml'), 'utf8');
    writeFileSync(rules, text.replace(/\{file: (?:loans|repayments),/g, '$& settle: 1s,'));
    await loanbook(night, 'files', 'apply', rules);
    for (const plan of ['night', 'morning', 'weekly']) {
      await loanbook(night, 'plan', 'apply', join(packageRoot, `config/plans/${plan}.yaml`));
    }
    const client = await sessionOf(night);
    clock!.set(atChina(DATES[0]!, '23:50:00'));
    scheduler = startCli(['scheduler', 'run'], { ...clock!.env, LOANBOOK_HOME: night });
    for (const date of DATES) {
      const next = dayAfter(date);
      clock!.set(atChina(date, '23:50:00'));
      const { loans, repayments } = sent(date);
      deliver(loans, `loans-${date}.csv`);
      if (date !== LATE) deliver(repayments, `repayments-${date}.csv`);
      if (date === dayAfter(TWICE)) {
        deliver(sent(TWICE).repayments, `repayments-${TWICE}.csv`);
      }
      clock!.set(atChina(next, '00:29:57'));
      if (date === LATE) {
        await untilState(client, 'NIGHT', date, 'running');
        await sleep(3_000);
        deliver(repayments, `repayments-${date}.csv`);
      }
      await untilState(client, 'NIGHT', date, 'done');
      clock!.set(atChina(next, '00:59:57'));
      await untilState(client, 'MORNING', date, 'done');
      if (date !== '2026-03-29') continue;
      clock!.set(atChina(next, '02:59:57'));
      await untilState(client, 'WEEKLY', date, 'done');
    }
    // A night is done a moment before whoever runs it is.
    await sleep(2_000);
    scheduler.child.kill('SIGTERM');
    const { code, stderr } = await scheduler.ended;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });

    const { rows: nights } = await client.query(
      'SELECT plan, count(*)::int AS dates, min(exit)::int AS exit FROM night GROUP BY plan ORDER BY 1',
    );
    expect(nights).toEqual([
      { plan: 'MORNING', dates: 7, exit: 0 },
      { plan: 'NIGHT', dates: 7, exit: 0 },
      { plan: 'WEEKLY', dates: 1, exit: 0 },
    ]);
    const { rows: begun } = await client.query(
      'SELECT plan, business_date FROM night_execution JOIN night USING (night_id)',
    );
    expect(begun).toHaveLength(15);
    const { rows: alarms } = await client.query(
      `SELECT kind FROM night_alarm WHERE kind <> 'accepted'`,
    );
    expect(alarms).toEqual([]);
  }, 1_200_000);

  it('leaves the book that closing it by hand leaves', async () => {
    const [left, right] = [await sessionOf(night), await sessionOf(byHand)];
    const { rows: days } = await hashes(left);
    expect(days).toHaveLength(DATES.length);
    expect(days).toEqual((await hashes(right)).rows);
    expect((await balances(left)).rows).toEqual((await balances(right)).rows);
    await loanbook(night, 'check', 'chain');
    await loanbook(night, 'audit', 'verify');
    await loanbook(night, 'files', 'verify');
  }, 300_000);

  it('took each file once, the late one when it had come, and not the one sent twice', async () => {
    const client = await sessionOf(night);
    const { rows } = await client.query('SELECT name, state FROM inbox_file ORDER BY name, state');
    const taken = DATES.flatMap((date) => [`loans-${date}.csv`, `repayments-${date}.csv`]);
    const done = rows.filter(({ state }) => state === 'done').map(({ name }) => name);
    expect(done).toEqual(taken.sort());
    expect(rows.filter(({ state }) => state !== 'done')).toEqual([
      { name: `repayments-${TWICE}.csv`, state: 'duplicate' },
    ]);
  });

  it('sent a loan file and a portfolio for each date, each with its hash', () => {
    const outbox = join(night, 'outbox');
    mkdirSync(outbox, { recursive: true });
    const days = DATES.map((date) => date.replaceAll('-', ''));
    const names = days.flatMap((day) => [`loans-${day}.csv`, `portfolio-${day}.xlsx`]);
    const wanted = names.flatMap((name) => [name, `${name}.sha256`]).sort();
    const found = readdirSync(outbox).filter((name) => !name.startsWith('.'));
    expect(found.sort()).toEqual(wanted);
    for (const name of names) {
      const hash = createHash('sha256')
        .update(readFileSync(join(outbox, name)))
        .digest('hex');
      expect(readFileSync(join(outbox, `${name}.sha256`), 'utf8')).toBe(`${hash}  ${name}\n`);
    }
  });
});
