import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.js';
import { type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-page-'));
beforeAll(async () => {
  book = await nightBook();
  await book.plan([sh('a', 'true')]);
});
afterAll(async () => {
  await book.remove();
  rmSync(folder, { recursive: true });
});

it('every example of the page on schedulers runs', async () => {
  const page = readFileSync(join(packageRoot, 'docs/scheduler.md'), 'utf8');
  const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    const { exit } = await book.run(line.replace(/^loanbook /, '').replace('units', folder));
    expect(`${line}: ${exit}`).toBe(`${line}: 0`);
  }
  expect(readdirSync(folder)).toHaveLength(2);
});
