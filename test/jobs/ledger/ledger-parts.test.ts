import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../src/package-root.js';
import { capture } from '../../commands/shell/captured-host.js';
import { ownEntry } from '../../support/own-entry.js';
import { type ScratchBook, scratchBook } from '../../support/scratch-book.js';

const PACKAGED = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
const PARTS = PACKAGED.split(/^(?:accounts|roles|rules|tax):$/m);
const [, ACCOUNTS = '', , RULES = '', TAX = ''] = PARTS;
const PAYABLE =
  '  - {code: 2202.01, name: Payable, name_zh: 应付商户款, class: liability, normal_side: credit}\n';
const TO_MERCHANT = RULES.replace('credit: 1012.01', 'credit: 2202.01');
/** The account's lines up to the next one's. */
const without = (code: string) =>
  ACCOUNTS.replace(new RegExp(`  - code: ${code}\n(    .*\n)+`), '');

let book: ScratchBook;

beforeAll(async () => {
  book = await scratchBook();
  const { client } = book;
  const firstBusinessDate = parseDay('2026-03-02')!;
  await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'cn' });
  await applyProduct(client, 'code: CASH\neffective_from: 2026-01-01\n', 'test');
  const header = 'loan_no,product,principal,rate,periods,disbursed_on';
  const loans = [
    '1000.00,0.18,12,2026-03-02',
    '500.00,0.18,12,2026-03-03',
    '200.00,0.18,12,2026-03-04',
  ];
  const rows = loans.map((loan, at) => `L${at},CASH,${loan}`);
  await importLoans(client, { file: book.file('loans.csv', header, ...rows) });
  const lines = [
    { account: '1002.01', amount: 5 },
    { account: '4104.01', amount: -5 },
  ];
  const entry = { source: 'manual', reference: 'one', memo: 'one', maker: 'li', lines } as const;
  await ownEntry(client, entry);
  await close();
});

afterAll(() => book?.remove());

const close = () => closeDays(book.database.target, { workers: 1, tasks: 1 });

async function loanbook(...args: string[]) {
  const { host, port, user, password, database } = book.database.target;
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  return capture(args, { env: { ...env, PGPASSWORD: password } });
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, exitCode } = await loanbook('--json', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const from = (day: string, text: string) => book.file('part.yaml', `effective_from: ${day}`, text);
const ledgerOn = (day: string) => json('gl', 'rules', 'show', '--as-of', day);

/** What a refusal must leave as it is. */
async function standing(): Promise<unknown> {
  const versions = await book.rows('SELECT effective_from, sha256 FROM ledger_version ORDER BY 1');
  return [versions, await book.rows('SELECT code, name, class FROM account ORDER BY code')];
}

describe('a part of the ledger', () => {
  it('that is a chart leaves rules and tax as they are in force', async () => {
    const before = await standing();
    const file = from('2026-03-03', `accounts:${ACCOUNTS}${PAYABLE}`);
    const said = {
      effectiveFrom: '2026-03-03',
      outcome: 'applied',
      accountsAdded: ['2202.01'],
      accountsRemoved: [],
      accountsRenamed: [],
      rulesAdded: [],
      rulesRemoved: [],
      rulesChanged: [],
      rolesChanged: [],
      taxChanged: false,
    };
    const dry = await json('gl', 'chart', 'apply', file, '--dry-run');
    expect(dry).toEqual({ ...said, dryRun: true });
    expect(await standing()).toEqual(before);

    expect(await json('gl', 'chart', 'apply', file)).toEqual({ ...said, dryRun: false });
    const [old, now] = [await ledgerOn('2026-03-02'), await ledgerOn('2026-03-03')];
    expect([now.roles, now.rules, now.tax]).toEqual([old.roles, old.rules, old.tax]);
    expect((now.accounts as unknown[]).length).toBe((old.accounts as unknown[]).length + 1);
    expect(await json('gl', 'chart', 'apply', file)).toMatchObject({
      outcome: 'unchanged',
      accountsAdded: [],
    });
  });

  it('that is rules leaves the chart, and the tax that it does not name', async () => {
    const untaxed = from('2026-03-04', `rules:${TO_MERCHANT}\ntax: []`);
    expect(await json('gl', 'rules', 'apply', untaxed, '--dry-run')).toMatchObject({
      taxChanged: true,
    });
    const file = from('2026-03-04', `rules:${TO_MERCHANT}`);
    expect(await json('gl', 'rules', 'apply', file)).toMatchObject({
      accountsAdded: [],
      accountsRemoved: [],
      rulesChanged: [
        'disbursement of principal_normal (accruing)',
        'disbursement of principal_normal (non_accruing)',
      ],
      taxChanged: false,
    });
    const [old, now] = [await ledgerOn('2026-03-03'), await ledgerOn('2026-03-04')];
    expect([now.accounts, now.roles, now.tax]).toEqual([old.accounts, old.roles, old.tax]);
  });

  it('may be the whole ledger', async () => {
    const whole = `accounts:${ACCOUNTS}${PAYABLE}rules:${TO_MERCHANT}tax:${TAX}`;
    for (const part of ['chart', 'rules']) {
      const found = await json('gl', part, 'apply', from('2026-03-05', whole), '--dry-run');
      const lists = Object.values(found).filter(Array.isArray);
      expect({ lists: lists.flat(), taxChanged: found.taxChanged }).toEqual({
        lists: [],
        taxChanged: false,
      });
    }
  });

  it.each<[string, string, string, string, string[]]>([
    [
      'a rule on an account that is not there',
      'rules',
      '2026-03-06',
      `rules:${RULES.replace('debit: 1303.01', 'debit: 1303.09')}`,
      ['invalid_document', 'rules[0].post[0].debit: is not an account; got 1303.09'],
    ],
    [
      'a chart without an account that a rule names',
      'chart',
      '2026-03-06',
      `accounts:${without('1303.01')}${PAYABLE}`,
      ['invalid_document', 'rules[0].post[0].debit in force: is not an account; got 1303.01'],
    ],
    [
      'a chart without an account that the tax names',
      'chart',
      '2026-03-06',
      `accounts:${without('2221.02')}${PAYABLE}`,
      ['invalid_document', 'tax[0].deferred.account in force: is not an account; got 2221.02'],
    ],
    [
      'a chart without an account that has a role',
      'chart',
      '2026-03-06',
      `accounts:${without('6702.01')}${PAYABLE}`,
      ['invalid_document', 'roles.impairment_loss in force: is not an account; got 6702.01'],
    ],
    [
      'a role of an account of another class',
      'chart',
      '2026-03-06',
      `accounts:${ACCOUNTS}${PAYABLE}roles: {tail: 1002.01}`,
      ['invalid_document', 'roles.tail: must be an account of class expense or income'],
    ],
    [
      'a role of an account that only loans move',
      'chart',
      '2026-03-06',
      `accounts:${ACCOUNTS}${PAYABLE}roles: {bank: 1303.01}`,
      ['invalid_document', 'roles.bank: must not have a sub-ledger; got 1303.01'],
    ],
    [
      'a chart without an account that has a balance',
      'chart',
      '2026-03-06',
      `accounts:${without('1002.01')}${PAYABLE}roles: {}`,
      ['account_has_balance', '"accounts":"1002.01"'],
    ],
    [
      'an account of another side',
      'chart',
      '2026-03-06',
      `accounts:${ACCOUNTS.replace(/(4104.01[^-]*side: )credit/, '$1debit')}${PAYABLE}`,
      ['account_changed', '"account":"4104.01"'],
    ],
    [
      'rules where a chart is wanted',
      'chart',
      '2026-03-06',
      `rules:${RULES}`,
      ['invalid_document', 'accounts: must be a list'],
    ],
    [
      'a chart where rules are wanted',
      'rules',
      '2026-03-06',
      `accounts:${ACCOUNTS}`,
      ['invalid_document', 'rules: must be a list'],
    ],
    [
      'a closed day',
      'rules',
      '2026-03-02',
      `rules:${RULES.replace('debit: 1303.01', 'debit: 1303.02')}`,
      ['effective_in_closed_day', '"openDay":"2026-03-03"'],
    ],
    [
      'a day that has another version',
      'rules',
      '2026-03-04',
      `rules:${RULES}`,
      ['ledger_version_exists', '"effectiveFrom":"2026-03-04"'],
    ],
    ['no date', 'rules', '', `rules:${RULES}`, ['invalid_document', 'effective_from: must be']],
    ['a list', 'chart', '2026-03-06\n---', '[]', ['invalid_document', 'cannot be read']],
  ])('is refused with evidence, and nothing written: %s', async (_name, part, day, text, says) => {
    const before = await standing();
    const { exitCode, stdout, stderr } = await loanbook(
      '--json',
      'gl',
      part,
      'apply',
      from(day, text),
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    for (const each of says) expect(stderr).toContain(each);
    expect(await standing()).toEqual(before);
  });

  it('posts from its day on', async () => {
    // 1,000.00 and 500.00 by the old rules are in transit; 200.00 on the 4th are owed to a merchant.
    await close();
    await close();
    const { accounts } = await json('gl', 'chart', 'show');
    const balances = Object.fromEntries(
      (accounts as { account: string; balance: string }[]).map((a) => [a.account, a.balance]),
    );
    expect(balances).toMatchObject({ '1012.01': '-1500.00', '2202.01': '-200.00' });
  });
});

describe('gl chart explain', () => {
  it('names the sub-ledger of an account, the rules that move it and its tax', async () => {
    const found = await json('gl', 'chart', 'explain', '1132.01', '--as-of', '2026-03-02');
    expect(found).toMatchObject({
      account: '1132.01',
      subledger: 'interest_accrued',
      takesEntries: false,
      inChart: true,
      effectiveFrom: '2000-01-01',
      tax: [{ role: 'while_in', income: '6011.01', rate: '6' }],
    });
    const rules = found.rules as Record<string, string>[];
    const moved = rules.map(({ on, side, against, state }) => [on, side, against, state].join(' '));
    expect(moved).toEqual([
      'opening debit 4901.01 accruing',
      'accrual debit 6011.01 accruing',
      'due credit 1132.02 accruing',
      'repayment credit 1012.02 accruing',
      'suspense_use credit 2241.01 accruing',
      'non_accrual credit 6011.01 non_accruing',
      'accrual_back debit 6011.01 accruing',
      'waiver credit 6011.01 accruing',
      'write_off credit 1304.01 accruing',
      'transfer credit 6111.01 accruing',
    ]);
  });

  it('says of an account that no rule moves that people do', async () => {
    const { stdout } = await loanbook('gl', 'chart', 'explain', '1002.01');
    expect(stdout).toMatch(/^takesEntries +true$/m);
    expect(stdout).toMatch(/^balance +0\.05$/m);
    const output = await loanbook('gl', 'chart', 'explain', '2221.01');
    expect(output.stdout).toContain('tax of 6% in 6011.01: this is its output account');
    const unknown = await loanbook('gl', 'chart', 'explain', '1002.99');
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unknown.stderr).toContain('near: 1002.01');
  });
});

it('gl rules explain says what gl explain says', async () => {
  const [row] = await book.rows(
    `SELECT voucher FROM journal_line_20260302 WHERE kind = 0 ORDER BY voucher LIMIT 1`,
  );
  const asked = [String(row!.voucher), '--date', '2026-03-02'];
  const { stdout } = await loanbook('gl', 'rules', 'explain', ...asked);
  expect(stdout).toContain('rules[0] disbursement of principal_normal');
  expect(stdout).toBe((await loanbook('gl', 'explain', ...asked)).stdout);
});
