import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, destroyClient, withClient } from '../../../src/db/connect.js';
import { LoanbookError } from '../../../src/errors.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { takeRun } from '../../../src/jobs/runs/instance.js';
import { Patience } from '../../../src/jobs/runs/waiting.js';
import { type JobAt, withRun } from '../../../src/jobs/runs/with-run.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const DAY = 20_000;
const FRAME = { entity: 'T', currency: 'CNY', firstBusinessDate: DAY, calendar: 'none' };

let database: TestDatabase;
const clients: pg.Client[] = [];

beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.target, {}, (client) => createBook(client, FRAME));
});
afterAll(() => database.drop());
afterEach(() => clients.splice(0).forEach(destroyClient));

async function open(): Promise<pg.Client> {
  const client = await connect(database.target);
  clients.push(client);
  return client;
}

const job = (key: string): JobAt => ({ job: 'period', key, phases: ['rows'] });

async function takenByAnother(key: string): Promise<void> {
  await withClient(database.target, { role: 'login' }, (client) =>
    client.query('UPDATE loanbook.run SET lease_until = now() WHERE key = $1', [key]),
  );
  const instance = { ...job(key), date: DAY, tasks: 1, workers: 1 };
  await takeRun(await open(), instance, new Patience());
}

const FAILURES: readonly [string, (client: pg.Client) => Promise<unknown>][] = [
  ['rows that are there already', (client) => client.query('INSERT INTO book SELECT * FROM book')],
  ['a statement that the server refuses', (client) => client.query('SELECT 1 / 0')],
  ['what the job itself says', () => Promise.reject(new LoanbookError('not_due', 'Not due.'))],
];

describe('a job that fails', () => {
  it.each(FAILURES)('says that its run was lost, whatever it met: %s', async (name, fail) => {
    const client = await open();
    const doing = withRun(client, job(`lost ${name}`), undefined, async () => {
      await takenByAnother(`lost ${name}`);
      await fail(client);
    });
    await expect(doing).rejects.toMatchObject({ code: 'run_lost', exitCode: 75 });
  });

  it.each(FAILURES)('says what it met while the run is its own: %s', async (name, fail) => {
    const client = await open();
    const failure = await fail(await open()).catch((error: Error) => error.message);
    const doing = withRun(client, job(`own ${name}`), undefined, () => fail(client));
    await expect(doing).rejects.toThrow(String(failure));
  });
});
