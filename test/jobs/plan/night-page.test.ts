import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.js';
import { type NightBook, nightBook } from './night-book.js';

let book: NightBook;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-page-'));
beforeAll(async () => {
  book = await nightBook();
});
afterAll(async () => {
  await book.remove();
  rmSync(folder, { recursive: true });
});

const PAGE = readFileSync(join(packageRoot, 'docs/night.md'), 'utf8');
const blocks = (kind: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );

it('every example of the page on nights does what the page says, in its order', async () => {
  const names = ['small.yaml', 'watched.yaml'];
  for (const [at, name] of names.entries()) writeFileSync(join(folder, name), blocks('yaml')[at]!);
  const lines = blocks('sh').flatMap((block) => block.trim().split('\n'));
  const found: string[] = [];
  for (const line of lines) {
    const placed = line.replace(/(?<= )\w+\.yaml/, (name) => join(folder, name));
    const [command = '', exit = '0'] = placed.split(/ +# exit /);
    const said = await book.run(command.replace(/^loanbook /, ''));
    found.push(`${line}: ${said.exit}`);
    expect(`${line}: ${said.exit}`).toBe(`${line}: ${exit}`);
  }
  expect(found).toHaveLength(14);
  expect(await book.steps('SMALL')).toEqual(['look done', 'count skipped person', 'tell done']);
  // The alarm is the one of the page, but for its time.
  const [alarm] = book.read(join(book.folder, 'alarms.ndjson'));
  const shown = { ...JSON.parse(blocks('json')[0]!), at: expect.stringMatching(/\.\d{3}Z$/) };
  expect(JSON.parse(alarm!)).toEqual(shown);
  const { out } = await book.run('night status WATCHED');
  expect(out).toMatchObject({ alarms: [{ job: 'count', kind: 'failed', told: 'sent' }] });
});
