import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { inTransaction } from '../../../src/db/connect.js';
import { applyLedger } from '../../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { parseLedgerDocument } from '../../../src/jobs/book/documents/ledger.js';
import { LEDGER_ROLES, rolesOf } from '../../../src/jobs/book/documents/ledger-roles.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { applyImpairment } from '../../../src/jobs/impairment/impairment-parameters.js';
import { runImpairment } from '../../../src/jobs/impairment/run-impairment.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { carryProfit } from '../../../src/jobs/period/carry-profit.js';
import { applyChannel } from '../../../src/jobs/reconcile/channel.js';
import { packageRoot } from '../../../src/package-root.js';
import { PACKAGED_DOCUMENT } from '../../histories/packaged-ledger.js';
import { type ScratchBook, scratchBook } from '../../support/scratch-book.js';

const PACKAGED = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
const UNNAMED = PACKAGED.replace(/^roles:\n( .*\n)+/m, '');
/** The packaged ledger under codes of another house. */
const OTHER_CODES = {
  '1304.01': '1231.07',
  '6702.01': '6701.07',
  '4104.01': '4103.07',
  '1002.01': '1001.07',
  '1012.02': '1015.07',
  '6421.01': '6603.07',
  '2241.02': '2999.07',
  '6711.01': '6799.07',
};
const OTHER = Object.entries(OTHER_CODES).reduce(
  (text, [from, to]) => text.replaceAll(from, to),
  PACKAGED,
);

const PARAMETERS = `
effective_from: 2026-01-01
stages: {stage_2_after: 30, stage_3_after: 90}
exposure: [principal]
parameters:
  - {stage: 1, pd: '0.5', lgd: '0.5'}
  - {stage: 2, pd: '1', lgd: '1'}
  - {stage: 3, pd: '1', lgd: '1'}
`;
const CHANNEL = 'code: WX\ncolumns: {order_no: o, amount: a, value_date: d}\n';

function without(text: string, role: string): string {
  return text.replace(new RegExp(`^  ${role}: .*\n`, 'm'), '');
}

describe('the roles of a ledger document', () => {
  it('that names none are the accounts that the program named before', () => {
    const unnamed = parseLedgerDocument(UNNAMED, 'old');
    expect(unnamed.document.roles).toBeUndefined();
    expect(unnamed.roles).toEqual(PACKAGED_DOCUMENT.roles);
    expect(Object.keys(unnamed.roles)).toEqual(LEDGER_ROLES);
    expect(rolesOf({ accounts: [{ code: '1304.01', class: 'income' }] })).toEqual({});
  });

  it('are those that it names and no others', () => {
    const { roles } = parseLedgerDocument(without(OTHER, 'tail'), 'other');
    expect(roles).toMatchObject({ allowance: '1231.07', clearing: '1015.07' });
    expect('tail' in roles).toBe(false);
  });

  it.each([
    ['allowance: 1304.09', 'roles.allowance: is not an account; got 1304.09'],
    ['allowance: 6702.01', 'roles.allowance: must be an account of class asset; got 6702.01'],
    ['clearing: 1303.01', 'roles.clearing: must not have a sub-ledger; got 1303.01'],
    ['alowance: 1304.01', 'roles.alowance: unknown key'],
  ])('are refused by their path: %s', (role, says) => {
    const text = UNNAMED.replace(/^rules:$/m, `roles: {${role}}\nrules:`);
    expect(() => parseLedgerDocument(text, 'wrong')).toThrow(says);
  });
});

interface Asked {
  readonly book: ScratchBook;
  close(): Promise<unknown>;
}

/** A loan of 8,000.00 of its first day, whose allowance is half of it at most: 4,000.00 x 50%. */
async function bookWith(ledger: string): Promise<Asked> {
  const book = await scratchBook();
  const { client } = book;
  await createBook(client, {
    entity: 'T',
    currency: 'CNY',
    firstBusinessDate: parseDay('2026-12-30')!,
    calendar: 'none',
    policyFile: `${packageRoot}/config/policy-uncapped.yaml`,
    ledgerFile: book.file('ledger.yaml', ledger),
  });
  const product = 'repayment: {method: bullet, periods: 12}\neffective_from: 2024-01-01\n';
  await applyProduct(client, `code: Z\n${product}`, 'Z');
  await applyImpairment(client, PARAMETERS, 't');
  const file = book.file(
    'loans.csv',
    'loan_no,product,principal,rate,periods,disbursed_on',
    'L1,Z,8000.00,0,12,2026-12-30',
  );
  await importLoans(client, { file });
  const close = () => closeDays(book.database.target, { workers: 1, tasks: 1 });
  return { book, close };
}

async function writeOff({ book }: Asked): Promise<void> {
  const rows = ['ref,loan_no,type,value_date', 'W1,L1,write_off,2026-12-31'];
  await importEvents(book.client, { file: book.file('events.csv', ...rows) });
}

async function closing({ book }: Asked): Promise<Record<string, string>> {
  const { lines } = await trialBalance(book.client);
  return Object.fromEntries(lines.map((line) => [line.account, line.closing]));
}

describe('a book whose ledger has other codes in their roles', () => {
  let asked: Asked;
  beforeAll(async () => {
    asked = await bookWith(OTHER);
  });
  afterAll(() => asked?.book.remove());

  it('measures impairment and posts write-offs there: 25% of 8,000.00, then what it lacks', async () => {
    await asked.close();
    const found = await runImpairment(asked.book.client, { by: 'Li Na' });
    expect(found.allowance.required).toBe(200_000n);
    await writeOff(asked);
    await asked.close();
    const balances = await closing(asked);
    expect(balances).toMatchObject({ '1231.07': '0.00', '6701.07': '8000.00' });
    expect('1304.01' in balances || '6702.01' in balances).toBe(false);
  });

  it('takes the profit of the year there', async () => {
    const { client } = asked.book;
    const period = {
      name: '2026-12',
      first: parseDay('2026-12-01')!,
      last: parseDay('2026-12-31')!,
    };
    await asked.book.asOwner(
      `INSERT INTO period_event (period, action, made_by) VALUES ('2026-12', 'close', 'Li Na')`,
    );
    const carried = await inTransaction(client, () =>
      carryProfit(client, period as never, 'Li Na'),
    );
    expect(carried).toMatchObject({ profit: -800_000n, entries: 1 });
    await asked.close();
    expect(await closing(asked)).toMatchObject({ '4103.07': '8000.00', '6701.07': '0.00' });
  });

  it('gives them to a channel that names no accounts', async () => {
    await applyChannel(asked.book.client, CHANNEL, 'wx');
    const [row] = await asked.book.rows('SELECT document FROM channel_version');
    expect(JSON.parse(row!.document as string).accounts).toEqual({
      clearing: '1015.07',
      bank: '1001.07',
      fee: '6603.07',
      suspense: '2999.07',
      tail: '6799.07',
    });
  });
});

describe('a book whose ledger lacks a role', () => {
  let asked: Asked;
  beforeAll(async () => {
    asked = await bookWith(without(without(OTHER, 'allowance'), 'tail'));
    await asked.close();
  });
  afterAll(() => asked?.book.remove());

  it('is told so when the role is needed, and where to name it', async () => {
    const { client } = asked.book;
    await expect(runImpairment(client, { by: 'Li Na' })).rejects.toMatchObject({
      code: 'ledger_role_missing',
      evidence: { path: 'roles.allowance', wanted: 'an account of class asset' },
    });
    await expect(applyChannel(client, CHANNEL, 'wx')).rejects.toThrow(
      'accounts.tail: is required: the ledger has no account in that role',
    );
    expect(await applyChannel(client, `${CHANNEL}accounts: {tail: 6799.07}`, 'wx')).toMatchObject({
      outcome: 'applied',
    });
  });

  it('closes a day with a write-off as long as it never measured impairment', async () => {
    await writeOff(asked);
    await asked.close();
    expect(await closing(asked)).toMatchObject({ '1231.07': '8000.00' });
  });
});

describe('a role that moves', () => {
  let asked: Asked;
  beforeAll(async () => {
    asked = await bookWith(UNNAMED);
    await asked.close();
  });
  afterAll(() => asked?.book.remove());

  it('is told of by ledger apply; naming what was there before changes nothing', async () => {
    const { client } = asked.book;
    expect(await applyLedger(client, PACKAGED, 'packaged')).toMatchObject({
      outcome: 'unchanged',
      rolesChanged: [],
    });
    const moved = PACKAGED.replace('2000-01-01', '2026-12-31').replace(
      'allowance: 1304.01',
      'allowance: 1221.02',
    );
    expect(await applyLedger(client, moved, 'moved', { dryRun: true })).toMatchObject({
      outcome: 'applied',
      rolesChanged: ['allowance: 1304.01 -> 1221.02'],
    });
  });

  it('stays where its allowance has a balance, and a close that needs it says so', async () => {
    const { client } = asked.book;
    await runImpairment(client, { by: 'Li Na' });
    await asked.close();
    const on = (text: string) => text.replace('2000-01-01', '2027-01-01');
    const moved = on(PACKAGED).replace('allowance: 1304.01', 'allowance: 1221.02');
    for (const text of [moved, on(without(PACKAGED, 'allowance'))]) {
      await expect(applyLedger(client, text, 'moved')).rejects.toMatchObject({
        code: 'account_has_balance',
        evidence: { path: 'roles.allowance', accounts: '1304.01' },
      });
    }
    await applyLedger(client, on(without(PACKAGED, 'impairment_loss')), 'lacking');
    const rows = ['ref,loan_no,type,value_date', 'W1,L1,write_off,2027-01-01'];
    await importEvents(client, { file: asked.book.file('events.csv', ...rows) });
    await expect(asked.close()).rejects.toMatchObject({
      code: 'ledger_role_missing',
      evidence: { path: 'roles.impairment_loss' },
    });
  });
});
