import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { emptyDatabase, type TestDatabase } from '../support/database.js';
import { capture } from './shell/captured-host.js';

const FIXTURES = join(packageRoot, 'fixtures/demo-small');

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await emptyDatabase();
  folder = mkdtempSync(join(tmpdir(), 'loanbook-commands-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function loanbook(...args: string[]) {
  const { host, port, user, password, database: name } = database.target;
  const env = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: name,
  };
  return capture(['--book', folder, ...args], { env });
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await loanbook('--json', ...args);
  expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: expect.any(String) });
  return JSON.parse(stdout) as Record<string, unknown>;
}

it('sets a book up from nothing, and takes its products, loans and repayments', async () => {
  const early = await loanbook('product', 'list');
  expect(early).toMatchObject({ exitCode: 1 });
  const book = ['--currency', 'CNY', '--first-business-date', '2026-03-28'];
  expect(await json('init', '--entity', '示例', ...book)).toMatchObject({
    entity: '示例',
    calendar: 'cn',
    businessDate: '2026-03-28',
  });
  const second = await loanbook('init', '--entity', 'B', ...book);
  expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('already') });

  const names = ['bullet-90', 'card-level', 'cash-level', 'flex-interest', 'home-equal'];
  const products = names.map((name) => join(FIXTURES, 'products', `${name}.yaml`));
  const applied = await json('product', 'apply', ...products);
  expect(applied.products).toHaveLength(5);
  const listed = await loanbook('product', 'list');
  expect(listed.stdout).toContain('CASH-LEVEL');
  const shown = await loanbook('product', 'show', 'CASH-LEVEL');
  const again = join(folder, 'shown.yaml');
  writeFileSync(again, shown.stdout);
  expect(await json('product', 'apply', again)).toMatchObject({
    products: [{ code: 'CASH-LEVEL', outcome: 'unchanged' }],
  });
  const loan = ['--principal', '10000', '--rate', '0.18', '--disbursed-on', '2026-01-15'];
  expect(await json('quote', 'CASH-LEVEL', ...loan)).toMatchObject({
    product: { code: 'CASH-LEVEL', version: 1 },
    totals: { interest: '1001.61', total: '11001.61' },
  });

  const loans = join(FIXTURES, 'loans.csv');
  expect(await json('import', 'loans', loans, '--dry-run')).toMatchObject({ importId: null });
  expect(await json('import', 'loans', loans)).toMatchObject({
    rowsRead: 200,
    rowsTaken: 200,
    amount: '2935234.85',
    importId: 1,
  });
  const twice = await loanbook('import', 'loans', loans);
  expect(twice.exitCode).toBe(0);
  expect(twice.stderr).toContain('had been done before: import 1');
  const repayments = join(FIXTURES, 'repayments-2026-04-01.csv');
  expect((await loanbook('import', 'repayments', repayments)).stdout).toMatch(/rowsTaken +37\n/);
});

it('shows and changes policy, ledger and calendar', async () => {
  expect((await loanbook('policy', 'show')).stdout).toContain('non_accrual_after: 90');
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, 'effective_from: 2027-01-01\nnon_accrual_after: 60\n');
  expect(await json('policy', 'apply', policy)).toEqual({
    effectiveFrom: '2027-01-01',
    outcome: 'applied',
  });
  expect((await json('policy', 'show', '--all')).policies).toHaveLength(2);
  const calendar = join(folder, 'calendar.yaml');
  writeFileSync(calendar, 'holidays: [2027-01-01]\nworkdays: [2027-01-02]\n');
  expect((await loanbook('calendar', 'apply', calendar)).stdout).toContain('2027');
  expect((await loanbook('calendar', 'show')).stdout).toContain('2027-01-02  working day');
  expect(await json('ledger', 'apply', join(packageRoot, 'config/ledger.yaml'))).toMatchObject({
    outcome: 'unchanged',
  });
});

it.each([
  ['product apply', ['product', 'apply', '/nonexistent.yaml'], 2, 'no file'],
  ['product show', ['product', 'show', 'NONE'], 1, 'no such product'],
  ['import loans', ['import', 'loans', '/nonexistent.csv'], 2, 'no file'],
  ['a count', ['import', 'loans', 'x.csv', '--max-rejects', 'some'], 2, '--max-rejects'],
  [
    'a date',
    ['init', '--entity', 'x', '--currency', 'CNY', '--first-business-date', 'x'],
    2,
    'date',
  ],
])('says what is wrong: %s', async (_name, args, exitCode, text) => {
  const { stderr, ...rest } = await loanbook(...args);
  expect(rest).toEqual({ exitCode, stdout: '' });
  expect(stderr).toContain(text);
  expect(stderr).toContain('next: ');
});

it('exits 4 when too many rows are rejected', async () => {
  const file = join(folder, 'bad.csv');
  writeFileSync(file, 'ref,loan_no,value_date,amount\nR1,NONE,2026-04-01,1.00\n');
  const { exitCode, stderr } = await loanbook('import', 'repayments', file);
  expect(exitCode).toBe(4);
  expect(stderr).toContain(`rejectFile: ${file}.rejects.csv`);
});
