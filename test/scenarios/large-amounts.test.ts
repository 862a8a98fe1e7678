import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../src/db/connect.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../src/jobs/import/import-repayments.js';
import { packageRoot } from '../../src/package-root.js';
import { capture } from '../commands/shell/captured-host.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

/**
 * Three loans without interest, each sent 60,000,000,000,000.07 by mistake: beyond what is due it
 * waits in suspense, and no safe integer holds the sum of two.
 */
const PRODUCT = 'code: FREE\nrepayment: {periods: 12}\neffective_from: 2024-01-01\n';
const SENT = '60000000000000.07';
const ALL = '180000000000000.21';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'loanbook-large-'));
  const firstBusinessDate = parseDay('2026-03-28')!;
  await withClient(database.target, {}, async (client) => {
    await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'none' });
    await applyProduct(client, PRODUCT, 'free');
    const loans = ['A1', 'A2', 'A3'].map((no) => `${no},FREE,1200.00,0,2026-03-28`);
    const header = 'loan_no,product,principal,rate,disbursed_on';
    await importLoans(client, { file: write('loans.csv', [header, ...loans]) });
    const sent = ['A1', 'A2', 'A3'].map((no) => `R1,${no},2026-03-29,${SENT}`);
    const rows = ['ref,loan_no,value_date,amount', ...sent];
    const says = { rows: 3, total: ALL };
    await importRepayments(client, { file: write('repayments.csv', rows), says });
  });
  // Three closes behind the day: each reads what the one before has written.
  await closeDays(database.target, { through: firstBusinessDate + 3, workers: 1, tasks: 2 });
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return join(folder, name);
}

async function loanbook(...args: string[]) {
  const { host, port, user, password, database: name } = database.target;
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: name };
  return capture(args, { env: { ...env, PGPASSWORD: password } });
}

/** The number of its run. */
function secondClose(): Promise<string> {
  return withClient(database.target, {}, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      'SELECT run_id AS id FROM sealed_day ORDER BY business_date LIMIT 1 OFFSET 1',
    );
    return String(rows[0]!.id);
  });
}

describe('a book in which sums are no safe integers', () => {
  it.each([
    ['portfolio', ALL],
    ['gl trial-balance', ALL],
    ['gl trial-balance --from 2026-03-28 --json', ALL],
    ['gl chart show', '2241'],
    ['gl ledger --from 2026-03-28 --to 2026-03-31', ALL],
    ['gl subledger', ALL],
    ['gl chart explain 1012.02', '180000000000000.21'],
    ['gl statement 1012.02 --from 2026-03-28 --to 2026-03-31', ALL],
    ['reconcile gl', 'all tie'],
    ['reconcile gl --from 2026-03-28 --loans', 'all tie'],
    ['check', ''],
    ['runs list', ''],
    ['runs show SECOND', ALL],
    ['import list', ALL],
    ['loan show A1', SENT],
  ])('%s', async (line, shown) => {
    const ran = await loanbook(...line.replace('SECOND', await secondClose()).split(' '));
    expect(ran.stderr).not.toContain('error');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain(shown);
  });

  it.each([
    ['gl export hledger --from 2026-03-28 --to 2026-03-31 --out'],
    [
      'gl export vouchers --from 2026-03-28 --to 2026-03-31 --layout config/layouts/voucher-lines.yaml --out',
    ],
  ])('%s', async (line) => {
    const out = join(folder, line.includes('hledger') ? 'book.journal' : 'vouchers.csv');
    const ran = await loanbook(...line.split(' '), out);
    expect(ran.stderr).not.toContain('error');
    expect(ran.exitCode).toBe(0);
  });

  it('gl rules preview', async () => {
    const rules = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
    const from = 'on: repayment, balance: suspense, state: any, post: [{debit: 1012.02';
    const text = rules.replace(from, from.replace('1012.02', '1012.01'));
    expect(text).not.toBe(rules);
    const days = ['--from', '2026-03-28', '--to', '2026-03-31', '--json'];
    const file = write('ledger.yaml', text.split('\n'));
    const { stdout } = await loanbook('gl', 'rules', 'preview', file, ...days);
    expect(JSON.parse(stdout)).toMatchObject({
      changed: [{ movement: 'repayment', amount: ALL }],
      accounts: [
        { account: '1012.01', difference: ALL },
        { account: '1012.02', difference: `-${ALL}` },
      ],
    });
  });
});

describe('a manual voucher whose sides are no safe integers', () => {
  const TWICE = '120000000000000.14';
  const side = (account: string, debit: string, credit: string) =>
    `M1,2026-03-31,${account},${debit},${credit},moved`;
  const bring = (...args: readonly string[]) => {
    const lines = ['1012.01', '1012.01'].map((account) => side(account, SENT, ''));
    const credits = ['1002.01', '1002.01'].map((account) => side(account, '', SENT));
    const rows = ['voucher_no,date,account,debit,credit,memo', ...lines, ...credits];
    return loanbook('gl', 'voucher', 'import', write('m.csv', rows), '--by', 'Li Na', ...args);
  };

  it('is held to its total', async () => {
    const { exitCode, stderr } = await bring('--total', '120000000000000.15');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`actual: ${TWICE}`);
    expect(stderr).toContain('difference: -0.01');
  });

  it('is imported, listed and posted', async () => {
    for (const outcome of ['imported', 'unchanged']) {
      const { stdout } = await bring('--total', TWICE, '--json');
      expect(JSON.parse(stdout)).toMatchObject({ outcome, vouchers: 1, debits: TWICE });
    }
    const { stdout } = await loanbook('gl', 'voucher', 'list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ vouchers: [{ debits: TWICE, status: 'waiting' }] });
    await loanbook('gl', 'voucher', 'approve', '1', '--by', 'Wang Wei');
    await closeDays(database.target, { workers: 1, tasks: 2 });
    const balances = await loanbook('gl', 'trial-balance');
    expect(balances.stdout).toContain(TWICE);
    expect((await loanbook('check')).exitCode).toBe(0);
  });

  it('that does not balance is told by how much', async () => {
    const rows = ['voucher_no,date,account,debit,credit,memo'];
    rows.push(...['1', '2'].map(() => side('1012.01', SENT, '').replace('M1', 'M2')));
    const ran = await loanbook('gl', 'voucher', 'import', write('n.csv', rows), '--by', 'Li Na');
    expect(ran.stdout).toContain('M2: debits less credits 12000000000000014');
  });
});
