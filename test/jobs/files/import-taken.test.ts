import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  applyFiles,
  type FilesInForce,
  loadFiles,
} from '../../../src/jobs/files/files-in-force.js';
import { keptFiles } from '../../../src/jobs/files/register.js';
import { scanInbox } from '../../../src/jobs/files/scan-inbox.js';
import { takeReadyFile } from '../../../src/jobs/files/take-file.js';
import { importRepayments } from '../../../src/jobs/import/import-repayments.js';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';
import { filesText } from './files-book.js';

const RULES = ['loans', 'repayments', 'parties'].map((file) => ({
  ...{ file, name: `${file}-{yyyymmdd}-{n}.csv`, settle: '0s' },
  ...(file === 'parties' ? { on: { month_day: [-1] } } : {}),
}));
const DAY = OPEN_DAY.replaceAll('-', '');
const ONE = `repayments-${DAY}-1.csv`;
const HEAD = 'ref,loan_no,value_date,amount';
const LOANS = 'loan_no,product,principal,rate,disbursed_on';

let book: ImportBook;
let run: RunLine;
let inForce: FilesInForce;
beforeAll(async () => {
  book = await importBook();
  run = commandLine(book.database.target, book.folder);
  await applyFiles(book.client, filesText(1, ...RULES), 'f', { home: book.folder, by: '甲' });
  inForce = await loadFiles(book.client, book.folder);
});
afterEach(async () => {
  await book.reset();
  await book.asOwner('TRUNCATE loanbook.inbox_file CASCADE');
  for (const folder of [inForce.folders.inbox, inForce.folders.work]) {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  }
});
afterAll(() => book?.remove());

const put = (name: string, ...lines: readonly string[]) =>
  writeFileSync(join(inForce.folders.inbox, name), lines.map((line) => `${line}\n`).join(''));

/** Two looks: what lies there is ready behind them. */
async function ready(name: string, ...lines: readonly string[]): Promise<void> {
  put(name, ...lines);
  await scanInbox(book.client, inForce);
  await scanInbox(book.client, inForce);
}

const loans = () => ready(`loans-${DAY}-1.csv`, LOANS, `N1,CASH,1000.00,0.1,${OPEN_DAY}`);
const said = async (line: string) => {
  const { exitCode, stdout, stderr } = await run(['--quiet', '--json', ...line.split(' ')]);
  const document = JSON.parse(stdout || stderr) as { error?: { code: string; evidence: object } };
  return exitCode === 0
    ? document
    : { exitCode, code: document.error?.code, ...document.error?.evidence };
};
const states = async () =>
  (await keptFiles(book.client, 'true')).map(({ name, state, endedBy }) => [name, state, endedBy]);

it('takes the ready files of a rule, once', async () => {
  await loans();
  expect(await said('import loans --from-registry')).toMatchObject({
    files: [{ rowsTaken: 1, importId: 1 }],
  });
  await ready(ONE, HEAD, `R1,N1,${OPEN_DAY},10.00`);
  await ready(ONE.replace('-1', '-2'), HEAD, `R2,N1,${OPEN_DAY},20.00`);
  expect(await said('import repayments --from-registry repayments')).toMatchObject({
    files: [
      { rowsTaken: 1, amount: '10.00' },
      { rowsTaken: 1, amount: '20.00' },
    ],
  });
  expect(await said('import repayments --from-registry')).toEqual({ files: [] });
  expect(await states()).toEqual([
    [`loans-${DAY}-1.csv`, 'done', 'import 1'],
    [ONE, 'done', 'import 2'],
    [ONE.replace('-1', '-2'), 'done', 'import 3'],
  ]);
  // 10.00 and 20.00, in fen.
  const sum = await book.rows(`SELECT sum(amount) AS sum FROM event WHERE ref IN ('R1', 'R2')`);
  expect(sum).toEqual([{ sum: 3000n }]);
  expect((await run(['files', 'verify'])).exitCode).toBe(0);
});

it('ends what went in before its process ended, and doubles nothing', async () => {
  await loans();
  await said('import loans --from-registry');
  await ready(ONE, HEAD, `R1,N1,${OPEN_DAY},10.00`);
  const [row] = await keptFiles(book.client, 'f.name = $1', [ONE]);
  const { path } = await takeReadyFile(book.client, inForce, row!.id);
  await importRepayments(book.client, { file: path.toString() });
  expect(await said('import repayments --from-registry')).toMatchObject({
    files: [{ doneBefore: true, importId: 2 }],
  });
  expect(await book.rows(`SELECT count(*) FROM event WHERE ref = 'R1'`)).toEqual([{ count: 1 }]);
  expect((await states())[1]).toEqual([ONE, 'done', 'import 2']);
});

it('keeps that a file was rejected, and tries it again when it is asked to', async () => {
  await loans();
  await said('import loans --from-registry');
  await ready(ONE, HEAD, `R1,N1,${OPEN_DAY},10.00`, `R2,N1,${OPEN_DAY},x`);
  const reject = ['--max-rejects', '1'];
  expect(await said('import repayments --from-registry')).toMatchObject({
    exitCode: 4,
    code: 'too_many_rejects',
  });
  expect((await states())[1]).toEqual([ONE, 'rejected', 'too_many_rejects']);
  expect(await said(`import repayments --from-registry ${reject.join(' ')}`)).toMatchObject({
    files: [{ rowsTaken: 1, rowsRejected: 1 }],
  });
  expect((await states())[1]).toEqual([ONE, 'done', 'import 2']);
});

it('waits for a file that is due, and lets nothing in that was changed', async () => {
  expect(await said('import repayments --from-registry')).toMatchObject({
    exitCode: 75,
    code: 'file_not_ready',
    files: 'none',
  });
  put(ONE, HEAD);
  expect(await said('import repayments --from-registry')).toMatchObject({
    exitCode: 75,
    files: `${ONE} growing`,
  });
  await scanInbox(book.client, inForce);
  const [row] = await keptFiles(book.client, 'f.name = $1', [ONE]);
  const { path } = await takeReadyFile(book.client, inForce, row!.id);
  appendFileSync(path, `R1,N1,${OPEN_DAY},10.00\n`);
  expect(await said('import repayments --from-registry')).toMatchObject({
    exitCode: 1,
    code: 'file_content_changed',
  });
  expect(existsSync(path)).toBe(true);
  expect((await run(['files', 'verify'])).exitCode).toBe(3);
});

it('has nothing to do where none is due, and wants one source', async () => {
  expect(await said('party import --from-registry')).toEqual({ files: [] });
  const refused = { exitCode: 2, code: 'options_contradict' };
  expect(await said('import events')).toMatchObject(refused);
  expect(await said('import loans --dry-run --from-registry')).toMatchObject(refused);
  expect(await said('import loans --from-registry none')).toMatchObject({
    exitCode: 2,
    code: 'unknown_file_rule',
  });
});
