import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../src/db/connect.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { commandLine } from '../support/command-line.js';
import { databaseLike, type TestDatabase, testDatabase } from '../support/database.js';
import { DUMPED_OPEN_DAY, dumpedBook } from '../upgrade/dumped-book.js';
import { DOCUMENT_KINDS } from './document-kinds.js';
import type { InputKind } from './input-kind.js';
import { KindRun, type Tally } from './run.js';
import { Sandbox } from './sandbox.js';
import { CHANNELS, TABLE_KINDS } from './table-kinds.js';

const KINDS: readonly InputKind[] = [...TABLE_KINDS, ...DOCUMENT_KINDS];

/** So many kinds at a time: while one waits for the server another one computes. */
const LANES = 3;

/** Runs so many mutants, shared out over all kinds. */
export async function runMutants(count: number): Promise<ReadonlyMap<string, Tally>> {
  const shares = KINDS.reduce((sum, { share }) => sum + share, 0);
  const waiting = KINDS.map((kind, at) => ({
    kind,
    seed: at * 1_000_000,
    count: Math.ceil((count * kind.share) / shares),
  }));
  const tallies = new Map<string, Tally>();
  const dumped = await book();
  const lane = async () => {
    const own = await Sandbox.on(await databaseLike(dumped));
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { kind, seed, count: mutants } = next;
      const sandbox = kind.isNew === true ? await Sandbox.on(await newBook()) : own;
      tallies.set(kind.name, await runKind(kind, sandbox, seed, mutants));
      if (sandbox !== own) await sandbox.end();
    }
    await own.end();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await dumped.drop();
  return tallies;
}

async function runKind(kind: InputKind, sandbox: Sandbox, seed: number, count: number) {
  const run = await KindRun.begin(kind, sandbox);
  for (let number = 0; number < count; number += 1) await run.mutant(seed + number);
  await run.end();
  return run.tally;
}

/** The dumped book, brought up to date and with the channels that statements need. */
async function book(): Promise<TestDatabase> {
  const dumped = await dumpedBook();
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-mutants-'));
  const loanbook = commandLine(dumped.target, folder);
  const lines = [['db', 'migrate']];
  for (const [name, content] of Object.entries(CHANNELS)) {
    writeFileSync(join(folder, name), content);
    lines.push(['channel', 'apply', join(folder, name)]);
  }
  for (const line of lines) {
    const { exitCode, stderr } = await loanbook(line);
    if (exitCode !== 0) throw new Error(stderr);
  }
  rmSync(folder, { recursive: true, force: true });
  return dumped;
}

async function newBook(): Promise<TestDatabase> {
  const database = await testDatabase();
  const firstBusinessDate = parseDay(DUMPED_OPEN_DAY) ?? 0;
  const frame = { entity: 'T', currency: 'CNY', calendar: 'cn', firstBusinessDate };
  await withClient(database.target, {}, (client) => createBook(client, frame));
  return database;
}
