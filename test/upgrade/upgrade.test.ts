import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { DUMPED_OPEN_DAY, UPGRADE_FIXTURES } from './dumped-book.js';
import { UpgradedBook } from './upgraded-book.js';

const DUMPED_VERSION = 18;
const REFUND_DUE = '1221.03';

interface Lost {
  readonly loan_no: string;
  readonly lost: string;
}

let book: UpgradedBook;
beforeAll(async () => {
  book = await UpgradedBook.of();
});
afterAll(() => book.remove());

const CHAIN = 'SELECT business_date AS day, chain_hash AS hash FROM sealed_day ORDER BY 1';
const SCHEDULES = `SELECT l.loan_no, s.* FROM schedule s JOIN loan l USING (bucket, loan_id)
  WHERE l.loan_no ~ '^(CUT|LEAP|CARRY|MULTIPLE|DECIMALS|FIRST|DOWN)' ORDER BY 1, s.effective_on`;
const breaksOpen = async (exitCode = 3) =>
  book.json<{ loanNo: string }[]>(['breaks', 'list'], exitCode);

/** What is listed of each loan whose money the version before has lost, without its sign. */
async function listed(): Promise<Record<string, string>> {
  const breaks = await breaksOpen();
  const own = (breaks as { loanNo: string; difference: string }[]).filter(({ loanNo }) =>
    loanNo.startsWith('LOSS-'),
  );
  expect(new Set(own.map(({ loanNo }) => loanNo)).size).toBe(own.length);
  return Object.fromEntries(
    own.map(({ loanNo, difference }) => [loanNo, difference.replace('-', '')]),
  );
}

it('is asked for before anything else is done, and takes the book along', async () => {
  const before = await book.rows(CHAIN);
  expect(before).toHaveLength(17);
  const { version, applied } = await book.json<{ version: number; applied: string[] }>([
    'db',
    'migrate',
  ]);
  expect(applied.filter((name) => /^\d/.test(name))).toHaveLength(version - DUMPED_VERSION);
  expect(await book.rows(CHAIN)).toEqual(before);
  expect(await book.json(['check', 'chain'])).toMatchObject({ days: 17, ok: true });
});

it('lists once what the version before has lost', async (test) => {
  const [newest] = await book.rows<{ version: number }>(
    'SELECT max(version) AS version FROM migration',
  );
  if (newest!.version === DUMPED_VERSION) return test.skip('nothing to migrate yet');
  const { lost } = JSON.parse(readFileSync(join(UPGRADE_FIXTURES, 'lost.json'), 'utf8')) as {
    lost: Lost[];
  };
  const expected = Object.fromEntries(lost.map((one) => [one.loan_no, one.lost.replace('-', '')]));
  expect(await listed()).toEqual(expected);
  const count = (await breaksOpen()).length;
  expect(await book.json(['db', 'migrate'])).toMatchObject({ applied: [] });
  expect(await breaksOpen()).toHaveLength(count);
});

it('goes on closing under a ledger with the new account, with every check holding', async () => {
  const ledger = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
  const file = join(book.folder, 'ledger.yaml');
  writeFileSync(
    file,
    ledger.replace('effective_from: 2000-01-01', `effective_from: ${DUMPED_OPEN_DAY}`),
  );
  await book.json(['ledger', 'apply', file]);
  const accounts = await book.rows<{ code: string }>('SELECT code FROM account');
  if (ledger.includes(REFUND_DUE)) {
    expect(accounts.map(({ code }) => code)).toContain(REFUND_DUE);
  }
  const laid = await book.rows(SCHEDULES);
  // Late money on loans whose cash the version before has lost: their past is folded again.
  const late = join(book.folder, 'late.csv');
  const lines = ['LOSS-2', 'LOSS-6'].map((loan) => `L,${loan},repayment,2026-02-27,10.00`);
  writeFileSync(late, ['ref,loan_no,type,value_date,amount', ...lines, ''].join('\n'));
  await book.json(['import', 'events', late]);

  const { days } = await book.json<{ days: { businessDate: string; held: number }[] }>([
    'eod',
    'run',
    '--through',
    '2026-03-04',
  ]);
  expect(days.map(({ businessDate, held }) => [businessDate, held])).toEqual([
    ['2026-03-03', 0],
    ['2026-03-04', 0],
  ]);
  expect(await book.json(['check'])).toBeDefined();
  expect(await book.json(['check', 'chain'])).toMatchObject({ days: 19, ok: true });
  // What was laid under keys that are refused by now stays as it is.
  const after = await book.rows<{ effective_on: string }>(SCHEDULES);
  expect(after.filter((row) => row.effective_on < DUMPED_OPEN_DAY)).toEqual(laid);
});

it('folds what waited for its day, by the reading that the loan was laid under', async () => {
  const outcomes = await book.rows(`SELECT l.loan_no, e.ref, o.rule FROM event_outcome o
    JOIN event e USING (bucket, loan_id, event_id) JOIN loan l USING (bucket, loan_id)
    WHERE e.ref ~ '^N[1-4]$' ORDER BY 2`);
  expect(outcomes).toEqual([
    { loan_no: 'CUT-1', ref: 'N1', rule: '' },
    { loan_no: 'LEAP-1', ref: 'N2', rule: '' },
    { loan_no: 'CARRY-1', ref: 'N3', rule: '' },
    { loan_no: 'LARGE-1', ref: 'N4', rule: '' },
  ]);

  // Interest only, laid with `year_cut: jan_1` when the program still cut every period at the end
  // of 31 December: of the 31 nights from 2027-12-17, 14 are over 365 days and 17 over 366.
  const [row] = await book.rows<{ principal: number; interest: number }>(
    `SELECT s.balance_after[at] AS principal, s.interest[at] AS interest
     FROM loan l JOIN schedule s USING (bucket, loan_id),
       LATERAL array_position(s.due_on, '2028-01-17') AS at
     WHERE l.loan_no = 'CUT-1' ORDER BY s.version DESC LIMIT 1`,
  );
  const yearly = (BigInt(row!.principal) * 6n * (14n * 366n + 17n * 365n)) / 100n;
  expect(row!.principal).toBeLessThan(300_000_00);
  const rounded = (2n * yearly + 365n * 366n) / (2n * 365n * 366n);
  expect(row!.interest).toBe(Number(rounded));
});
