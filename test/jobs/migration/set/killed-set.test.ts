import { fork } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readSet } from '../../../../src/jobs/migration/set/file-set.js';
import { importSet } from '../../../../src/jobs/migration/set/import-set.js';
import { initKeys } from '../../../../src/jobs/parties/book-keys.js';
import { packageRoot } from '../../../../src/package-root.js';
import { type ImportBook, importBook } from '../../../support/import-book.js';
import { leftBehind } from '../../import/tasks/loan-files.js';
import { entries, writeSet, writeSetFiles } from './set-files.js';

const CHILD = join(packageRoot, 'test/support/children/set-child.js');
const IMPORTS = ['loans', 'balances', 'events', 'repayments'];

let book: ImportBook;
let path: string;
let barriers: string;
let keys: { file: string };
let complete: unknown;

const clean = async () => {
  await book.reset();
  await book.asOwner(`DELETE FROM party; DELETE FROM party_key; DELETE FROM party_import;
    ALTER SEQUENCE event_arrival RESTART; SELECT drop_import_tables()`);
};
const resume = async () => importSet(book.client, await readSet(path), { keys });
const stand = async () => {
  const parties = await book.rows('SELECT party_no, version FROM party ORDER BY 1, 2');
  return { parties, ...(await leftBehind(book)) };
};

beforeAll(async () => {
  book = await importBook();
  const folder = join(book.folder, 'set');
  keys = { file: join(book.folder, 'keys') };
  barriers = join(book.folder, 'barriers');
  mkdirSync(barriers);
  await initKeys(book.client, { source: keys, suite: 'aes', by: 'Root' });
  writeSetFiles(folder);
  path = writeSet(join(folder, 'manifest.yaml'), entries(folder));
  await resume();
  complete = await stand();
});
beforeEach(clean);
afterAll(() => book?.remove());

/** Kills a process that imports the set once `when` holds; it may have ended by then. */
async function killWhen(when: () => Promise<boolean>): Promise<void> {
  const words = [JSON.stringify(book.database.target), path, keys.file];
  const env = { ...process.env, LOANBOOK_BARRIERS: barriers };
  const child = fork(CHILD, words, { stdio: 'ignore', env });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (child.exitCode === null && !(await when())) await sleep(2);
  child.kill('SIGKILL');
  await ended;
}

it.each(IMPORTS.map((kind, before) => [kind, before] as const))(
  'a set that is killed before its %s are in goes on with them',
  async (kind, before) => {
    // Held where the file is written and not committed: customers, then so many files, are in.
    const gate = join(barriers, 'import.end');
    const committed = async () => {
      const [row] = await book.rows(`SELECT (SELECT count(*) FROM party_import)
        + (SELECT count(*) FROM imported_file) AS n`);
      return Number(row!.n);
    };
    writeFileSync(gate, '');
    await killWhen(async () => {
      if (!existsSync(`${gate}.reached`)) return false;
      const files = await committed();
      if (files > before) return true;
      // Through this gate; it is shut again long before the next file comes to it.
      rmSync(`${gate}.reached`);
      rmSync(gate);
      while ((await committed()) === files) await sleep(1);
      writeFileSync(gate, '');
      return false;
    });
    rmSync(gate, { force: true });
    rmSync(`${gate}.reached`, { force: true });
    const there = await book.rows('SELECT kind FROM imported_file ORDER BY import_id');
    expect(there.map((row) => row.kind)).toEqual(IMPORTS.slice(0, before));
    expect(await book.rows('SELECT count(*) AS n FROM party_import')).toEqual([{ n: 1 }]);
    const { lines } = await resume();
    const main = lines.filter(({ rejected }) => rejected !== null);
    expect(main.map(({ outcome }) => outcome)).toEqual(
      ['customers', ...IMPORTS].map((each) =>
        each === 'customers' || IMPORTS.indexOf(each) < IMPORTS.indexOf(kind)
          ? 'passed_by'
          : 'imported',
      ),
    );
    expect(await stand()).toEqual(complete);
  },
  120_000,
);

it('a set that is killed at any moment of a file is whole after the next run', async () => {
  for (let files = 0; files <= IMPORTS.length; files += 1) {
    await clean();
    await killWhen(async () => {
      const [row] = await book.rows('SELECT count(*) AS n FROM imported_file');
      return Number(row!.n) >= files;
    });
    await resume();
    expect(await stand()).toEqual(complete);
  }
}, 120_000);
