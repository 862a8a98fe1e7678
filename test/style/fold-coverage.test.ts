import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { generatedBook, type TestBook } from '../support/book.js';
import { environmentOf } from '../support/command-line.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

let database: TestDatabase;
let book: TestBook;
let counted: string;
beforeAll(async () => {
  database = await testDatabase();
  book = await generatedBook(database.target, { loans: 20, seed: 5, start: '2026-03-30', days: 1 });
  counted = mkdtempSync(join(tmpdir(), 'loanbook-counted-'));
});
afterAll(async () => {
  await database?.drop();
  book?.remove();
  if (counted) rmSync(counted, { recursive: true, force: true });
});

function run(args: readonly string[], env: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: packageRoot,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

interface FileCoverage {
  readonly s: Readonly<Record<string, number>>;
}

it('counts the lines that only the threads of a fold run', () => {
  const program = ['bin/loanbook.js', '--book', counted, '-q', 'eod', 'run', '--workers', '1'];
  run(program, { ...environmentOf(database.target), NODE_V8_COVERAGE: counted });
  const shown = run(['scripts/coverage.js', '--of', counted], { NODE_V8_COVERAGE: '' });
  expect(shown).toMatch(/^src\/jobs\/eod +\d+\.\d% /m);
  expect(shown).toMatch(/^all +\d+\.\d% +\d+ of \d+ lines$/m);
  const lines = JSON.parse(readFileSync(join(counted, 'lines.json'), 'utf8')) as Record<
    string,
    FileCoverage
  >;
  // Not one module outside of the threads imports it.
  const fold = lines[join(packageRoot, 'src/jobs/eod/stream/task-fold.ts')];
  const counts = Object.values(fold?.s ?? {});
  expect(counts.length).toBeGreaterThan(50);
  expect(counts.filter((count) => count > 0).length).toBeGreaterThan(30);
});
