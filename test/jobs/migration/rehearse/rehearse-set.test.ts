import { fork } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { embeddedStatus } from '../../../../src/db/embedded/embedded.js';
import {
  isAgreed,
  rehearsalReport,
} from '../../../../src/jobs/migration/rehearse/rehearsal-report.js';
import { rehearseSet } from '../../../../src/jobs/migration/rehearse/rehearse-set.js';
import { readSet } from '../../../../src/jobs/migration/set/file-set.js';
import { importSet } from '../../../../src/jobs/migration/set/import-set.js';
import { packageRoot } from '../../../../src/package-root.js';
import { isRunning } from '../../../../src/processes.js';
import { firstKeys, type ImportBook, importBook } from '../../../support/import-book.js';
import { type Entry, entries, writeSet, writeSetFiles } from '../set/set-files.js';

const CHILD = join(packageRoot, 'test/support/children/rehearsal-child.js');

let book: ImportBook;
let folder: string;
let bookFolder: string;
let keys: { file: string };
beforeAll(async () => {
  book = await importBook();
  folder = join(book.folder, 'set');
  bookFolder = join(book.folder, 'book');
  // Open to the server's user when root runs the tests.
  chmodSync(book.folder, 0o755);
  keys = await firstKeys(book);
});
beforeEach(async () => {
  await book.reset();
  await book.asOwner('DELETE FROM party; DELETE FROM party_key; DELETE FROM party_import');
  writeSetFiles(folder);
});
afterAll(() => book?.remove());

const manifest = (files: readonly Entry[] = entries(folder)) =>
  writeSet(join(folder, 'manifest.yaml'), files);
const rehearse = async (path: string) =>
  rehearseSet(book.client, await readSet(path), { keys, bookFolder });

/** Rows of every table, those that jobs and the audit write too, and the files that came in. */
async function everything(): Promise<Record<string, unknown>> {
  const tables = await book.rows(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'loanbook'::regnamespace
     AND relkind = 'r' ORDER BY 1`,
  );
  const counts: Record<string, unknown> = {};
  for (const { name } of tables) {
    [counts[String(name)]] = await book.rows(`SELECT count(*) AS n FROM ${String(name)}`);
  }
  counts.imports = await book.rows('SELECT * FROM imported_file ORDER BY import_id');
  counts.event_arrival = await book.rows('SELECT reserve_events(0) AS n');
  return counts;
}

/** Replaces a text in a file; its sum and rows stay as they are stated. */
function change(file: string, text: string, by: string): void {
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(text, by));
}

describe('a rehearsal', () => {
  it('says what the import will do, and leaves nothing in the book or beside it', async () => {
    const path = manifest();
    const before = await everything();
    const rehearsal = await rehearse(path);
    expect(await everything()).toEqual(before);
    expect(existsSync(join(bookFolder, 'rehearsal'))).toBe(false);
    const { lines } = await importSet(book.client, await readSet(path), { keys });
    expect(rehearsal.outcome.lines).toEqual(lines.map((line) => ({ ...line, importId: null })));
    // C has a schedule of its own, which no product lays; A and B stand as their files say.
    expect(rehearsal.verified).toMatchObject({ loans: 3, withPosition: 2, differing: 1 });
    expect(rehearsal.verified!.differences[0]).toMatchObject({ loanNo: 'C', about: 'schedule' });
    expect(rehearsalReport(rehearsal).head).toMatchObject({
      ...{ imported: 7, rejected: 0, loans: 3, differing: 1, agrees: false },
    });
  }, 120_000);

  it('agrees where positions and schedules do', async () => {
    const files = entries(folder).map(({ schedules: _schedules, ...entry }) => entry as Entry);
    const rehearsal = await rehearse(manifest(files));
    expect(rehearsal.verified).toMatchObject({ differing: 0, agrees: true });
    expect(isAgreed(rehearsal)).toBe(true);
  }, 120_000);

  it('stands on what the book has, and passes by what is in', async () => {
    const files = entries(folder);
    const some = files.filter(({ kind }) => kind === 'customers' || kind === 'loans');
    await importSet(book.client, await readSet(manifest(some)), { keys });
    const before = await everything();
    const { outcome } = await rehearse(manifest(files));
    expect(outcome.lines.map((line) => [line.kind, line.outcome, line.importId])).toEqual([
      ['customers', 'passed_by', 1],
      ['loans', 'passed_by', 1],
      ['schedules', 'passed_by', 1],
      ['balances', 'imported', null],
      ['installments', 'imported', null],
      ['events', 'imported', null],
      ['repayments', 'imported', null],
    ]);
    expect(outcome.lines.every(({ rejected }) => (rejected ?? 0) === 0)).toBe(true);
    expect(await everything()).toEqual(before);
  }, 120_000);

  it('tells rejects of all files, and what follows from them', async () => {
    // B is of no product that there is: its position and its repayment find no loan.
    change('loans.csv', 'B,CASH', 'B,NONE');
    const before = await everything();
    const { outcome, verified } = await rehearse(manifest());
    const byRule = outcome.lines.flatMap(({ kind, rejectedByRule }) =>
      Object.entries(rejectedByRule).map(([rule, rows]) => [kind, rule, rows]),
    );
    expect(byRule).toEqual([
      ['loans', 'unknown_product', 1],
      ['balances', 'unknown_loan', 1],
      ['repayments', 'unknown_loan', 1],
    ]);
    expect(verified!.differences).toContainEqual(
      expect.objectContaining({ loanNo: 'B', difference: 'not in the book' }),
    );
    expect(await everything()).toEqual(before);
  }, 120_000);

  it('is refused before anything is made where the manifest disagrees', async () => {
    const path = manifest();
    change('events.csv', '5.00', '6.00');
    await expect(rehearse(path)).rejects.toMatchObject({ code: 'manifest_differs' });
    expect(existsSync(join(bookFolder, 'rehearsal'))).toBe(false);
  });
});

describe('a rehearsal that is killed', () => {
  it('leaves nothing that the next one, or the import, trips over', async () => {
    const path = manifest();
    const barriers = join(book.folder, 'barriers');
    mkdirSync(barriers);
    const gate = join(barriers, 'import.store');
    writeFileSync(gate, '');
    const before = await everything();
    const words = [JSON.stringify(book.database.target), path, keys.file, bookFolder];
    const env = { ...process.env, LOANBOOK_BARRIERS: barriers };
    const child = fork(CHILD, words, { stdio: 'ignore', env });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    while (!existsSync(`${gate}.reached`) && child.exitCode === null) await sleep(10);
    // While it goes on no other one begins.
    await expect(rehearse(path)).rejects.toMatchObject({
      ...{ code: 'rehearsal_is_running', exitCode: 75 },
    });
    child.kill('SIGKILL');
    await ended;
    rmSync(gate);
    const left = await embeddedStatus(join(bookFolder, 'rehearsal'));
    expect(left).toMatchObject({ installed: true, running: true });
    expect(await everything()).toEqual(before);

    const { outcome } = await rehearse(path);
    expect(outcome.lines.every((line) => line.outcome === 'imported')).toBe(true);
    expect(await everything()).toEqual(before);
    expect(existsSync(join(bookFolder, 'rehearsal'))).toBe(false);
    expect(isRunning(left.pid ?? 0)).toBe(false);
    await importSet(book.client, await readSet(path), { keys });
  }, 120_000);
});
