import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, environmentOf } from '../../support/command-line.js';
import { type ImportBook, importBook } from '../../support/import-book.js';
import { findingOf, look, told } from './look.js';

const MEGABYTE = 1 << 20;
const root = mkdtempSync(join(tmpdir(), 'loanbook-small-'));
const small = join(root, 'small');
mkdirSync(small);
/** A file system of its own, of 64 MB. */
const isMounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]).status === 0;
if (!isMounted) console.warn('nothing can be mounted here: a full disk is not examined');

let book: ImportBook;
beforeAll(async () => {
  if (isMounted) book = await importBook();
});
afterAll(async () => {
  if (isMounted) spawnSync('umount', [small]);
  rmSync(root, { recursive: true, force: true });
  await book?.remove();
});

/** Writes until the disk is full; what is in the file is what was free. */
function fill(file: string): void {
  const piece = Buffer.alloc(MEGABYTE);
  const page = Buffer.alloc(4096);
  for (const bytes of [piece, page]) {
    try {
      for (;;) writeFileSync(file, bytes, { flag: 'a' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
}

/** Bytes of the tables and indexes of one day, asked in another way than by name. */
async function bytesOfDay(): Promise<number> {
  const { rows } = await book.client.query<{ bytes: number }>(
    `SELECT sum(pg_total_relation_size(inhrelid))::int8 AS bytes FROM pg_inherits
     WHERE pg_get_expr((SELECT relpartbound FROM pg_class WHERE oid = inhrelid), inhrelid)
       LIKE '%2026-03-28%'`,
  );
  return rows[0]!.bytes;
}

it.skipIf(!isMounted)('a full disk fails, one that is nearly full warns, and back', async () => {
  const run = commandLine(book.database.target, book.folder);
  await run(['eod', 'run', '--date', '2026-03-28', '--workers', '1']);
  const place = { env: environmentOf(book.database.target), bookFolder: small };
  const night = await bytesOfDay();
  expect(night).toBeGreaterThan(8192);
  expect(10 * night).toBeLessThan(64 * MEGABYTE);
  expect(told(await look(place), 'disk')).toBe('disk ok');

  const file = join(small, 'full');
  fill(file);
  expect(findingOf(await look(place), 'disk')).toMatchObject({
    status: 'fail',
    value: `disk_free 0, night_bytes ${night}`,
    next: expect.stringContaining('Make room'),
  });
  const { exitCode, stdout } = await commandLine(book.database.target, small)(['doctor']);
  expect([exitCode, stdout]).toEqual([3, expect.stringMatching(/^disk +fail +disk_free 0,/m)]);

  // Room for so many nights, and a page less.
  const leave = (nights: number, less: number) => {
    rmSync(file);
    fill(file);
    const free = Math.ceil((nights * night) / 4096) * 4096 - less;
    truncateSync(file, statSync(file).size - free);
  };
  for (const [nights, less, status] of [
    [2, 4096, 'fail'],
    [2, 0, 'warn'],
    [10, 4096, 'warn'],
    [10, 0, 'ok'],
  ] as const) {
    leave(nights, less);
    expect(told(await look(place), 'disk'), `${nights} ${less}`).toBe(`disk ${status}`);
  }
  rmSync(file);
  expect(told(await look(place), 'disk')).toBe('disk ok');
});
