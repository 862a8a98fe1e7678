import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeMetrics } from '../../../src/jobs/metrics/write-metrics.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const SECONDS = 20;

let book: ImportBook;
let folder = '';
const outside = {
  backups: () => ({ store: join(folder, 'backups') }),
  onUntold: (metric: string) => {
    throw new Error(metric);
  },
};
beforeAll(async () => {
  book = await importBook();
  folder = mkdtempSync(join(tmpdir(), 'loanbook-metrics-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await book?.remove();
});

/**
 * Reads a file every 10 ms for as long as its input is open; then says how often, and how often
 * there was no file, or one of other names and labels than at first.
 */
const READER = `
  const { readFileSync } = require('node:fs');
  const shape = () => readFileSync(process.argv[1], 'utf8').replace(/^([^#].*) [0-9]+$/gm, '$1');
  const whole = shape();
  let reads = 0, torn = 0;
  const look = setInterval(() => {
    reads += 1;
    try { if (shape() !== whole) torn += 1; } catch { torn += 1; }
  }, 10);
  process.stdin.on('end', () => { clearInterval(look); console.log(JSON.stringify({ reads, torn })); });
  process.stdin.resume();
  console.log('ready');`;

/** What the reader saw while the file was written again and again. */
async function read(file: string, seconds: number, write: () => Promise<unknown>) {
  const reader = spawn(process.execPath, ['-e', READER, file]);
  let said = '';
  const isReady = new Promise<void>((resolve) => {
    reader.stdout.on('data', (chunk) => {
      said += chunk;
      resolve();
    });
  });
  const ended = new Promise((resolve) => reader.on('close', resolve));
  await isReady;
  let writes = 0;
  for (const until = Date.now() + seconds * 1000; Date.now() < until; writes += 1) await write();
  reader.stdin.end();
  await ended;
  const seen = JSON.parse(said.replace('ready\n', '')) as { reads: number; torn: number };
  return { ...seen, writes };
}

it('a reader that looks every 10 ms never sees half of the metrics', async () => {
  const file = await writeMetrics(book.client, folder, outside);
  const { reads, torn, writes } = await read(file, SECONDS, async () => {
    // Another number each time.
    await book.asOwner(`UPDATE book SET business_date = business_date + 1`);
    await writeMetrics(book.client, folder, outside);
  });
  console.log(`${reads} reads, ${writes} writes, ${torn} torn`);
  expect(torn).toBe(0);
  expect(reads).toBeGreaterThan(SECONDS * 30);
  expect(writes).toBeGreaterThan(SECONDS * 10);
  expect(readdirSync(folder)).toEqual(['loanbook.prom']);
});

it('it would see half of a file that is written in its place', async () => {
  const file = join(folder, 'loanbook.prom');
  const text = readFileSync(file);
  const { torn } = await read(file, 2, async () => {
    const handle = openSync(file, 'w');
    writeSync(handle, text.subarray(0, 100));
    await sleep(5);
    writeSync(handle, text.subarray(100));
    closeSync(handle);
    await sleep(5);
  });
  expect(torn).toBeGreaterThan(0);
});
