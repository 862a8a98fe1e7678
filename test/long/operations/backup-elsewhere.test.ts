import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../src/db/connect.js';
import { removeEmbedded, startEmbedded } from '../../../src/db/embedded/embedded.js';
import { migrate } from '../../../src/db/migrate.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { capture } from '../../commands/shell/captured-host.js';
import { generatedBook } from '../../support/book.js';
import { startCli } from '../../support/cli-process.js';
import { environmentOf } from '../../support/command-line.js';
import { result } from '../../support/frozen-book.js';
import { hasStanzaServer, StanzaServer } from './stanza-server.js';

const FIRST = '2026-03-28';
const SECOND = '2026-03-29';
const TASKS = 32;
const PLAN = `plan: N
version: 1
first_date: ${SECOND}
at: "00:30"
on: {months: [3], month_day: [29]}
jobs:
  - {job: before, program: [sh, -c, "echo before >> {book}/written"]}
  - job: close
    run: [eod, run, --date, "{date}", --workers, "2", --tasks, "${TASKS}"]
    needs: [before]
  - {job: checks, run: [check, --date, "{date}"], needs: [close]}
  - {job: after, program: [sh, -c, "echo after >> {book}/written"], needs: [checks]}
`;
const HASHES = 'SELECT business_date, content_hash, chain_hash FROM loanbook.sealed_day ORDER BY 1';
const FOLDED = `SELECT count(*)::int AS n FROM loanbook.step JOIN loanbook.run USING (run_id)
  WHERE business_date = '${SECOND}' AND phase = 'fold' AND step.status = 'done'`;

type Env = Readonly<Record<string, string | undefined>>;

/** A book: its folder, and where its server is. */
interface Place {
  readonly folder: string;
  readonly target: DatabaseTarget;
  readonly env: Env;
}

async function select<Row>({ target }: Place, sql: string): Promise<Row[]> {
  return withClient(target, { role: 'login' }, async (client) => {
    const { rows } = await client.query(sql);
    return rows as Row[];
  });
}

const folded = async (place: Place) => (await select<{ n: number }>(place, FOLDED))[0]!.n;

async function tell({ folder, env }: Place, ...words: string[]) {
  const line = ['--quiet', '--json', '--book', folder, ...words];
  const { exitCode, stdout, stderr } = await capture(line, { env });
  return { exitCode, ...JSON.parse(stdout || stderr) } as Record<string, unknown>;
}

async function must(place: Place, ...words: string[]): Promise<Record<string, unknown>> {
  const told = await tell(place, ...words);
  expect(told, words.join(' ')).toMatchObject({ exitCode: 0 });
  return told;
}

async function erase(place: Place, party: string): Promise<void> {
  const words = ['party', 'erase', party, '--reason', 'asked for it', '--by', 'Ann'];
  const { approval } = await must(place, ...words);
  const granted = await must(place, 'approve', 'grant', String(approval), '--by', 'Bob');
  expect(granted).toMatchObject({ outcome: 'erased' });
}

/** A book with a closed day, an open one, and three customers of whom the first is erased. */
async function fill(place: Place): Promise<void> {
  await migrate(place.target);
  const made = await generatedBook(place.target, { loans: 1500, seed: 7, start: FIRST, days: 2 });
  await made.importDay(SECOND);
  made.remove();
  mkdirSync(place.folder, { recursive: true });
  const file = join(place.folder, 'parties.csv');
  const rows = ['C1', 'C2', 'C3'].map((party, at) => `${party},王小二,1380013800${at}\n`);
  writeFileSync(file, `party,name,phone\n${rows.join('')}`);
  const plan = join(place.folder, 'plan.yaml');
  writeFileSync(plan, PLAN);
  await must(place, 'plan', 'apply', plan);
  await must(place, 'keys', 'init', '--by', 'Root');
  await must(place, 'party', 'import', file);
  await erase(place, 'C1');
  await closeDays(place.target, { workers: 2, tasks: 8 });
}

/** Runs the night of the second day to its end in a process of its own, which can be held. */
function startNight({ folder, env }: Place, barriers: string) {
  const named = Object.entries(env).filter(([, value]) => value !== undefined);
  const words = ['--quiet', '--book', folder, 'night', 'run', 'N', '--date', SECOND];
  return startCli(words, { ...Object.fromEntries(named), LOANBOOK_BARRIERS: barriers });
}

/**
 * Runs the night of the second day; each act is done while its close is held, with so many tasks
 * folded. Returns all that the book then holds.
 */
async function nightWith(
  place: Place,
  acts: readonly (readonly [atLeast: number, act: () => Promise<void>])[],
): Promise<unknown> {
  const barriers = mkdtempSync(join(tmpdir(), 'loanbook-held-'));
  const barrier = join(barriers, 'eod.fold');
  const { ended } = startNight(place, barriers);
  for (const [atLeast, act] of acts) {
    while ((await folded(place)) < atLeast) await sleep(5);
    writeFileSync(barrier, '');
    while (!existsSync(`${barrier}.reached`)) await sleep(5);
    await act();
    rmSync(`${barrier}.reached`);
    rmSync(barrier);
  }
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
  rmSync(barriers, { recursive: true });
  return held(place);
}

/** All that a book holds, but how its nights went. */
async function held({ target }: Place): Promise<unknown> {
  const tables = Object.entries(await result(target));
  return Object.fromEntries(tables.filter(([name]) => !name.startsWith('night')));
}

const stepsOf = async (place: Place) =>
  (
    await select<{ step: string }>(
      place,
      `SELECT job || ' ' || night_step.state AS step FROM loanbook.night_step
       JOIN loanbook.night USING (night_id) ORDER BY place`,
    )
  ).map(({ step }) => step);

/** Lines that the jobs of a night wrote into the folder of their book. */
const written = ({ folder }: Place) =>
  readFileSync(join(folder, 'written'), 'utf8').trimEnd().split('\n');

/** What there is of a customer, in sealed bytes. */
const kept = async (place: Place, party: string) =>
  (
    await select<{ record: number; key: number | null }>(
      place,
      `SELECT length(record) AS record, length(k.sealed) AS key FROM loanbook.party p
       LEFT JOIN loanbook.party_key k USING (bucket, party_no) WHERE party_no = '${party}'`,
    )
  )[0];

const NOTHING = { record: 0, key: null };
const gone = { exitCode: 1, error: { code: 'party_erased' } };

/** Goes on with a restored book as its page says, and holds it to the book that went on itself. */
async function goesOn(first: Place, closed: unknown, second: Place): Promise<void> {
  // Keys and the list of erasures are kept apart from the backups.
  for (const name of ['keys', 'erasures.json']) {
    mkdirSync(second.folder, { recursive: true });
    copyFileSync(join(first.folder, name), join(second.folder, name));
  }
  const [sealed] = await select<{ business_date: unknown }>(first, HASHES);
  expect(await select(second, HASHES)).toEqual([sealed]);
  const done = await folded(second);
  expect(done).toBeGreaterThanOrEqual(2);
  expect(done).toBeLessThan(TASKS);
  expect(await must(second, 'check', 'chain')).toMatchObject({ days: 1 });
  const status = await must(second, 'eod', 'status');
  expect(status).toMatchObject({ openDay: SECOND, run: { tasks: TASKS, tasksDone: done } });
  expect(await stepsOf(second)).toEqual([
    ...['before done', 'close running', 'checks waiting', 'after waiting'],
  ]);
  await must(second, 'night', 'run', 'N', '--date', SECOND);
  expect(await stepsOf(second)).toEqual(await stepsOf(first));
  // What was done before the backup is not done again.
  expect([written(first), written(second)]).toEqual([['before', 'after'], ['after']]);
  expect(await select(second, HASHES)).toEqual(await select(first, HASHES));
  expect(await held(second)).toEqual(closed);
  expect(await must(second, 'check', 'chain')).toMatchObject({ days: 2 });

  // Who was erased before the backup is erased in it; who was erased since, by the list again.
  expect(await tell(second, 'party', 'show', 'C1')).toMatchObject(gone);
  expect(await kept(second, 'C1')).toEqual(NOTHING);
  expect(await must(second, 'party', 'show', 'C2')).toMatchObject({ phone: '138******01' });
  const replayed = await must(second, 'party', 'replay-erasures', '--by', 'Ann');
  expect(replayed).toMatchObject({ listed: 2, erased: 1, unchanged: 1 });
  expect(await tell(second, 'party', 'show', 'C2')).toMatchObject(gone);
  expect(await kept(second, 'C2')).toEqual(NOTHING);
  expect(await must(second, 'party', 'show', 'C3')).toMatchObject({ phone: '138******02' });
  expect(await must(second, 'check', 'chain')).toMatchObject({ days: 2 });
}

describe('a backup of the embedded server, restored elsewhere', () => {
  const root = mkdtempSync(join(tmpdir(), 'loanbook-elsewhere-'));
  const folders = ['first', 'second'].map((name) => join(root, name));
  afterAll(async () => {
    for (const folder of folders) if (existsSync(folder)) await removeEmbedded(folder);
    rmSync(root, { recursive: true, force: true });
  });

  it('goes on with its night, and keeps erased who was', async () => {
    chmodSync(root, 0o755);
    const [folder = '', other = ''] = folders;
    const store = join(root, 'backups');
    const first: Place = { folder, target: await startEmbedded(folder), env: {} };
    await fill(first);
    let backup = '';
    const take = async () => {
      backup = String((await must(first, 'backup', 'run', '--to', store)).backup);
    };
    const closed = await nightWith(first, [[2, take]]);
    await erase(first, 'C2');
    const words = ['--quiet', '--json', '--book', other, 'backup', 'restore', join(store, backup)];
    expect(await capture(words)).toMatchObject({ exitCode: 0, stderr: '' });
    const target = await startEmbedded(other);
    await goesOn(first, closed, { folder: other, target, env: {} });
  }, 300_000);
});

describe.skipIf(!hasStanzaServer())('a backup by pgBackRest, restored elsewhere', () => {
  let server: StanzaServer;
  let first: Place;
  let label = '';
  let instant = '';
  let foldedThen = 0;
  let closed: unknown;

  const elsewhere = async (name: string, ...options: string[]): Promise<Place> => {
    const target = await server.restored(name, ...options);
    return { folder: join(server.root, `${name}-book`), target, env: environmentOf(target) };
  };

  beforeAll(async () => {
    server = new StanzaServer();
    const { target, env } = server;
    const folder = join(server.root, 'book');
    first = { folder, target, env: { ...environmentOf(target), ...env } };
    await fill(first);
    expect(await must(first, 'backup', 'run')).toMatchObject({ kind: 'full' });
    const take = async () => {
      const taken = await must(first, 'backup', 'run');
      expect(taken).toMatchObject({ kind: 'diff', day: FIRST });
      label = String(taken.backup);
    };
    const look = async () => {
      // What was sent before it stood still is done.
      await sleep(100);
      foldedThen = await folded(first);
      const [row] = await select<{ at: string }>(
        first,
        `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') AS at`,
      );
      instant = row!.at;
      await sleep(50);
    };
    closed = await nightWith(first, [
      [2, take],
      [10, look],
    ]);
    await erase(first, 'C2');
    await select(first, 'SELECT pg_switch_wal()');
  }, 300_000);
  afterAll(() => server?.remove());

  it('differential, to its end: goes on with the night, and keeps erased who was', async () => {
    await goesOn(first, closed, await elsewhere('end', `--set=${label}`, '--type=immediate'));
  }, 300_000);

  it('to an instant in the middle of the close: the same', async () => {
    const options = ['--type=time', `--target=${instant}`, '--target-timeline=current'];
    const second = await elsewhere('instant', '--delta', ...options);
    expect(foldedThen).toBeGreaterThanOrEqual(10);
    expect(await folded(second)).toBe(foldedThen);
    await goesOn(first, closed, second);
  }, 300_000);

  it('is known to the doctor, with when it was proven', async () => {
    const checks = async () => {
      const { findings } = (await tell(first, 'doctor')) as {
        findings: { check: string; status: string }[];
      };
      const statusOf = (name: string) => findings.find(({ check }) => check === name)!.status;
      return [statusOf('backup'), statusOf('restore')];
    };
    expect(await checks()).toEqual(['ok', 'warn']);
    await must(first, 'backup', 'verify');
    expect(await checks()).toEqual(['ok', 'ok']);
  }, 300_000);
});
