import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { checkDay } from '../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { applyImpairment } from '../../src/jobs/impairment/impairment-parameters.js';
import { runImpairment } from '../../src/jobs/impairment/run-impairment.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { trialBalance } from '../../src/jobs/ledger/trial-balance.js';
import { showLoan } from '../../src/jobs/loan/show-loan.js';
import { ownEntry } from '../support/own-entry.js';
import { type ScratchBook, scratchBook } from '../support/scratch-book.js';
import { UNCHAIN } from '../support/unchain.js';

/**
 * Three loans of 36,500.00 at 10% over 365 days: 10.00 a night each, 20.00 due every second day. The
 * tax within x is x - x/1.06, rounded: 1.13 of 20, 1.70 of 30, 2.38 of 42, 3.23 of 57, 3.40 of 60,
 * 5.09 of 90, 5.66 of 100.
 */
const PRODUCT = `code: SALE
effective_from: 2026-01-01
repayment: {method: interest_only, periods: 12, interval: {every: 2, unit: day}}
interest: {basis: 365, period_interest: actual_days}
`;
/** Off the balance sheet from the second day past due. */
const POLICY = `effective_from: 2026-01-01
non_accrual_after: 1
cost_cap: null`;
/** 365.00 a loan in every stage. */
const IMPAIRMENT = `effective_from: 2026-01-01
exposure: [principal]
parameters:
  - {stage: 1, pd: '0.01', lgd: '1'}
  - {stage: 2, pd: '0.01', lgd: '1'}
  - {stage: 3, pd: '0.01', lgd: '1'}
`;
const EVENTS = 'ref,loan_no,type,value_date,amount,component,due_on,of,buyer';

let book: ScratchBook;
/** By day: the accounts that have a balance, debit positive. */
const standing: Record<string, Readonly<Record<string, string>>> = {};
const returned: Record<string, number> = {};

async function lend(...loans: readonly string[]): Promise<void> {
  const header = 'loan_no,product,principal,rate,periods,disbursed_on';
  const rows = loans.map((loan) => loan.replace(',', ',SALE,36500.00,0.10,12,'));
  await importLoans(book.client, { file: book.file('loans.csv', header, ...rows) });
}

async function send(...rows: readonly string[]): Promise<void> {
  const file = book.file(`${rows[0]!.split(',')[0]}.csv`, EVENTS, ...rows);
  await importEvents(book.client, { file });
}

const options = { workers: 1, tasks: 1 };

async function closeThrough(day: string): Promise<void> {
  const through = parseDay(day)!;
  for (const closed of await closeDays(book.database.target, { ...options, through })) {
    returned[closed.businessDate] = closed.returned;
  }
  const { checks } = await checkDay(book.client, []);
  expect(checks.filter((check) => !check.ok)).toEqual([]);
  const { lines, totals } = await trialBalance(book.client);
  expect(totals.balanced).toBe(true);
  standing[day] = Object.fromEntries(
    lines.flatMap(({ account, closing }) => (closing === '0.00' ? [] : [[account, closing]])),
  );
}

beforeAll(async () => {
  book = await scratchBook();
  const { client } = book;
  const firstBusinessDate = parseDay('2026-03-28')!;
  const policyFile = book.file('policy.yaml', POLICY);
  const frame = { firstBusinessDate, calendar: 'none', policyFile };
  await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
  await applyProduct(client, PRODUCT, 'sale');
  await applyImpairment(client, IMPAIRMENT, 'test');
  await lend('LOW,2026-03-28', 'HIGH,2026-03-28', 'BAD,2026-03-28');
}, 30_000);

afterAll(() => book?.remove());

describe('loans that are sold', () => {
  it('stand in the books until then', async () => {
    await send('R1,LOW,repayment,2026-03-30,12.00,,,,', 'R2,HIGH,repayment,2026-03-30,20.00,,,,');
    await closeThrough('2026-03-30');
    // Two nights fell due, 60.00, and 32.00 of it were paid; the third night waits, with its tax.
    expect(standing['2026-03-30']).toEqual({
      '1012.01': '-109500.00',
      '1012.02': '32.00',
      '1132.01': '30.00',
      '1132.02': '28.00',
      '1303.01': '109500.00',
      '6011.01': '-84.91',
      '2221.01': '-3.39',
      '2221.02': '-1.70',
    });
    const { allowance } = await runImpairment(book.client, { by: 'Li Na' });
    expect(allowance).toMatchObject({ required: 109_500n, movement: 109_500n });
  });

  it('below and above what the books have of them: a loss of 518.00 and a gain of 490.00', async () => {
    await send(
      'TL,LOW,transfer,2026-03-31,36000.00,,2026-04-05,,甲资产管理公司',
      'R3,LOW,repayment,2026-03-31,5.00,,,,',
      'TH,HIGH,transfer,2026-03-31,37000.00,,,,',
    );
    await closeThrough('2026-03-31');
    // Only the third loan is left, with 20.00 due and two nights. What is sold owes its tax at once:
    // 5.66 of 100.00, of which the 1.13 of its two nights wait.
    expect(standing['2026-03-31']).toEqual({
      '1012.01': '-109500.00',
      '1012.02': '32.00',
      '1132.01': '20.00',
      '1132.02': '20.00',
      '1221.02': '73000.00',
      '1303.01': '36500.00',
      '1304.01': '-1095.00',
      '6011.01': '-94.34',
      '6111.01': '28.00',
      '6702.01': '1095.00',
      '2221.01': '-4.53',
      '2221.02': '-1.13',
    });
  });

  it('are shown with their buyer, their voucher and what went with them', async () => {
    const shown = await showLoan(book.client, 'LOW');
    expect(shown.position).toMatchObject({ status: 'transferred', principal: '0.00' });
    expect(shown.installments).toMatchObject([
      { seq: 1, status: 'transferred', interest: { due: '20.00', paid: '12.00' } },
    ]);
    expect(shown.events.slice(-2)).toMatchObject([
      { ref: 'TL', outcome: 'posted', buyer: '甲资产管理公司', dueOn: '2026-04-05' },
      { ref: 'R3', rule: 'loan_transferred', buyer: null, toSuspense: '0.00' },
    ]);
    const lines = shown.entries.filter(({ ref }) => ref === 'TL');
    expect(lines.map(({ account, debit, credit }) => [account, debit, credit])).toEqual([
      ['1221.02', '36000.00', '0.00'],
      ['6111.01', '518.00', '0.00'],
      ['1132.02', '0.00', '8.00'],
      ['1303.01', '0.00', '36500.00'],
      ['1132.01', '0.00', '10.00'],
    ]);
  });

  it('give their allowance back with the next run, which is no write-off', async () => {
    const { stages, allowance } = await runImpairment(book.client, { by: 'Li Na' });
    expect(stages[0]).toMatchObject({
      opening: 109_500n,
      release: -73_000n,
      writeOff: 0n,
      charge: 0n,
      closing: 36_500n,
    });
    expect(allowance).toMatchObject({ writeOff: 0n, other: 0n, movement: -73_000n });
    await closeThrough('2026-04-01');
    // Two days late, the third loan leaves the balance sheet with 40.00 due and a night.
    expect(standing['2026-04-01']).toEqual({
      '1012.01': '-109500.00',
      '1012.02': '32.00',
      '1221.02': '73000.00',
      '1303.01': '36500.00',
      '1304.01': '-365.00',
      '6011.01': '-56.60',
      '6111.01': '28.00',
      '6702.01': '365.00',
      '2221.01': '-3.40',
      '7101.01': '50.00',
      '7101.99': '-50.00',
    });
  });

  it('off the balance sheet: a loss of 16,500.00, and the memorandum is empty', async () => {
    await send(
      'TB,BAD,transfer,2026-04-02,20000.00,,,,',
      'W1,HIGH,waiver,2026-04-02,1.00,interest,,,',
    );
    await closeThrough('2026-04-02');
    expect(standing['2026-04-02']).toEqual({
      '1012.01': '-109500.00',
      '1012.02': '32.00',
      '1221.02': '93000.00',
      '1304.01': '-365.00',
      '6011.01': '-56.60',
      '6111.01': '16528.00',
      '6702.01': '365.00',
      '2221.01': '-3.40',
    });
    // It left the book the day before.
    const { events } = await showLoan(book.client, 'HIGH');
    expect(events.at(-1)).toMatchObject({ ref: 'W1', rule: 'loan_transferred' });
    expect(
      await book.rows(
        `SELECT count(*)::int AS days FROM position JOIN loan USING (bucket, loan_id)
         WHERE loan_no = 'HIGH'`,
      ),
    ).toEqual([{ days: 4 }]);
  });

  it('come back when the sale is reversed', async () => {
    await send('V1,LOW,reversal,2026-04-03,,,,TL,', 'R4,LOW,repayment,2026-04-03,15.00,,,,');
    await closeThrough('2026-04-03');
    expect(returned['2026-04-03']).toBe(1);
    // Late since March 30 and off the balance sheet since April 1: 48.00 due and a night, less the
    // 15.00 paid today, which is income now. Income is 12 + 15 of it, and 30 of the second loan.
    expect(standing['2026-04-03']).toEqual({
      '1012.01': '-109500.00',
      '1012.02': '47.00',
      '1221.02': '57000.00',
      '1303.01': '36500.00',
      '1304.01': '-365.00',
      '6011.01': '-53.77',
      '6111.01': '16010.00',
      '6702.01': '365.00',
      '2221.01': '-3.23',
      '7101.01': '43.00',
      '7101.99': '-43.00',
    });
  });

  it('late, from their value date on; what was paid since is held', async () => {
    await send('TX,LOW,transfer,2026-04-02,30000.00,,,,乙资产管理公司');
    await closeThrough('2026-04-04');
    expect(standing['2026-04-04']).toEqual({
      '1012.01': '-109500.00',
      '1012.02': '47.00',
      '1221.02': '87000.00',
      '1304.01': '-365.00',
      '2241.01': '-15.00',
      '6011.01': '-39.62',
      '6111.01': '22510.00',
      '6702.01': '365.00',
      '2221.01': '-2.38',
    });
    const { events, position } = await showLoan(book.client, 'LOW');
    expect(events.find(({ ref }) => ref === 'R4')).toMatchObject({
      rule: 'voided: loan_transferred',
      toSuspense: '15.00',
    });
    expect(position).toMatchObject({ status: 'transferred', suspense: '15.00' });
  });

  it('are paid for and handed over: nothing is left but gain, income and tax', async () => {
    await send('S1,LOW,suspense_refund,2026-04-05,15.00,,,,');
    const paid = {
      source: 'bank' as const,
      reference: 'SALE',
      memo: '资产转让款到账',
      maker: 'a',
      lines: [
        { account: '1002.01', amount: 8_700_000 },
        { account: '1221.02', amount: -8_700_000 },
      ],
    };
    await ownEntry(book.client, paid);
    await closeThrough('2026-04-05');
    expect(standing['2026-04-05']).toEqual({
      '1002.01': '87000.00',
      '1012.01': '-109500.00',
      '1012.02': '32.00',
      '1304.01': '-365.00',
      '6011.01': '-39.62',
      '6111.01': '22510.00',
      '6702.01': '365.00',
      '2221.01': '-2.38',
    });
  });
});

it('a ledger without rules for it closes its days until a loan is sold', async () => {
  await book.asOwner(`UPDATE ledger_version SET document = jsonb_set(document::jsonb, '{rules}',
    (SELECT jsonb_agg(rule) FROM jsonb_array_elements(document::jsonb -> 'rules') AS rule
     WHERE rule ->> 'on' <> 'transfer'))::text`);
  await book.asOwner(`UPDATE ledger_version
    SET sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')`);
  await book.asOwner(UNCHAIN);
  await lend('LAST,2026-04-06');
  await closeThrough('2026-04-06');
  await send('TZ,LAST,transfer,2026-04-07,36000.00,,,,');
  await expect(
    closeDays(book.database.target, { ...options, through: parseDay('2026-04-07')! }),
  ).rejects.toMatchObject({
    code: 'no_posting_rule',
    evidence: { movement: 'transfer', balance: 'price', accruing: true },
  });
  expect(formatDay(parseDay('2026-04-07')!) in standing).toBe(false);
});
