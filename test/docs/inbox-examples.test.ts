import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadFiles } from '../../src/jobs/files/files-in-force.js';
import { keptFiles } from '../../src/jobs/files/register.js';
import { scanInbox } from '../../src/jobs/files/scan-inbox.js';
import { packageRoot } from '../../src/package-root.js';
import { commandLine, type RunLine } from '../support/command-line.js';
import { firstKeys, type ImportBook, importBook } from '../support/import-book.js';

const PAGE = readFileSync(join(packageRoot, 'docs/inbox.md'), 'utf8');
const blocks = (kind: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );

let book: ImportBook;
let run: RunLine;
beforeAll(async () => {
  book = await importBook();
  await firstKeys(book);
  run = commandLine(book.database.target, book.folder);
  for (const [name, role] of [
    ['Root', 'administrator'],
    ['Li Na', 'operator'],
    ['Wang Wei', 'risk'],
  ] as const) {
    expect((await run(['person', 'add', name, '--role', role, '--by', 'Root'])).exitCode).toBe(0);
  }
  await close('2026-03-30');
});
afterAll(() => book?.remove());

async function close(day: string): Promise<void> {
  const closed = await run(['eod', 'run', '--through', day, '--by', 'Li Na']);
  expect(closed.exitCode, closed.stderr).toBe(0);
}

/** The words of an example, with the folder and the numbers of this book in place of the page's. */
async function wordsOf(line: string): Promise<string[]> {
  const [held] = await keptFiles(book.client, `f.state = 'quarantined'`);
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  return words.slice(1).map((word) => {
    if (word === 'config/inbox.yaml') return join(book.folder, 'inbox.yaml');
    if (word === '12') return String(held?.id);
    return word === '7' ? '1' : word.replace('/srv/book', book.folder);
  });
}

/** Who does it, where the page leaves it to the login. */
function byWhom(words: readonly string[]): string[] {
  const isNamed = words.includes('--by');
  const isAct = /^(?:files (?:apply|scan|tidy)|import|party import)/.test(words.join(' '));
  return isAct && !isNamed ? [...words, '--by', 'Li Na'] : [...words];
}

/** Senders: what the page's rules expect, one of them with a control file that says other bytes. */
function send(): void {
  const files = {
    'loans-20260331.csv':
      'loan_no,product,principal,rate,disbursed_on\nN1,CASH,1200.00,0.1,2026-03-31\n',
    'parties-20260331.csv': 'party,name,id_number,phone,account,address\nC1,王小明,,,,\n',
    'repay-20260331-1.csv': 'ref,loan_no,value_date,amount\nR1,N1,2026-03-31,10.00\n',
    'repay-20260331-1.csv.ok': 'size=3\n',
  };
  const inbox = join(book.folder, 'in');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(inbox, name), text);
}

/** As if the last look had been two minutes ago: the files have settled. */
async function lookBefore(): Promise<void> {
  const inForce = await loadFiles(book.client, book.folder);
  await scanInbox(book.client, inForce, { now: Date.now() - 120_000 });
}

it('every example of the page runs, in its order', async () => {
  const [document = ''] = blocks('yaml');
  mkdirSync(book.folder, { recursive: true });
  writeFileSync(join(book.folder, 'inbox.yaml'), document.replaceAll('/srv/book', book.folder));
  const lines = blocks('sh').flatMap((block) => block.trim().split('\n'));
  expect(lines.length).toBeGreaterThan(9);
  for (const line of lines) {
    if (line.includes('export')) await close('2026-03-31');
    const ended = await run(byWhom(await wordsOf(line)));
    expect(ended.exitCode, `${line}\n${ended.stdout}${ended.stderr}`).toBe(0);
    if (!line.includes('files apply')) continue;
    send();
    await lookBefore();
  }
  const rows = await keptFiles(book.client, 'true');
  expect(rows.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'loans-20260331.csv done',
    'parties-20260331.csv done',
    'repay-20260331-1.csv done',
  ]);
  expect(readdirSync(join(book.folder, 'in'))).toEqual([]);
  expect(readdirSync(join(book.folder, 'out')).filter((name) => !name.startsWith('.'))).toEqual([
    'loans-20260331.csv',
    'loans-20260331.csv.sha256',
  ]);
  expect((await run(['files', 'verify'])).exitCode).toBe(0);
});
