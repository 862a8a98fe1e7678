import { fork } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../../src/package-root.js';
import { type ImportBook, importBook } from '../../../support/import-book.js';
import { contents, DELTA, FIRST, firstLoad } from './delta-book.js';

const CHILD = join(packageRoot, 'test/support/children/import-child.js');

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterAll(() => book?.remove());

it.each([
  ['by one thread', {}],
  ['by threads', { threadsFromBytes: 0, workers: 2, taskRows: 1 }],
])(
  'a delta that is killed when all of it is written leaves the book as it was: %s',
  async (_, cut) => {
    await book.reset();
    await firstLoad(book);
    const barriers = join(book.folder, 'barriers');
    mkdirSync(barriers, { recursive: true });
    const header = 'loan_no,product,product_version,principal,rate,disbursed_on,org,party';
    const schedules = book.file(
      'own.csv',
      'loan_no,due_on,principal,interest,fee',
      ...FIRST.schedules,
    );
    const file = book.file('delta.csv', header, ...DELTA.loans);
    const options = { file, schedules, delta: true, cut };
    const before = await contents(book);
    const gate = join(barriers, 'import.end');
    writeFileSync(gate, '');
    const words = [JSON.stringify(book.database.target), JSON.stringify(options)];
    const env = { ...process.env, LOANBOOK_BARRIERS: barriers };
    const child = fork(CHILD, words, { stdio: 'ignore', env });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    while (child.exitCode === null && !existsSync(`${gate}.reached`)) await sleep(5);
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await ended;
    rmSync(gate, { force: true });
    rmSync(`${gate}.reached`, { force: true });
    expect(await contents(book)).toEqual(before);
    expect(await importLoans(book.client, options)).toMatchObject({
      importId: 4,
      delta: { added: 1, replaced: 1, unchanged: 2, positionsDropped: 1, eventsDropped: 1 },
    });
  },
  60_000,
);
