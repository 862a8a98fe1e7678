import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseAmount } from '../../src/accounting/money/amount-text.js';
import { applyLedger, applyPolicy } from '../../src/jobs/book/apply-dated.js';
import { packageRoot } from '../../src/package-root.js';
import { practiceCase } from '../accounting/product/practice-cases.js';
import { type Balances, FIRST_MONTH, LENT, LifeBook, liveThrough } from './life-book.js';

let book: LifeBook;
beforeEach(async () => {
  book = await LifeBook.create();
});
afterEach(() => book.drop());

describe('the ledger of one loan', () => {
  // By a policy of 30 days; by that of 90 in test/long. The tax within x is x - x/1.06, rounded:
  // 5.66 of 100, 13.02 of 230, 13.58 of 240, 14.26 of 252.
  it('through its whole life is what the hand says', async () => {
    await applyPolicy(book.client, 'effective_from: 2026-01-15\nnon_accrual_after: 30\n', 'p');
    const received = { ...LENT, '1012.02': '100.00', '6011.01': '-94.34', '2221.01': '-5.66' };
    const later = {
      ...LENT,
      '1012.02': '230.00',
      '6011.01': '-216.98',
      '2221.01': '-13.02',
    };
    const { '1303.01': _lent, ...written }: Balances = { ...later, '6702.01': '12000.00' };
    await liveThrough(book, [
      ...FIRST_MONTH,
      // 30 days late: a second instalment fell due, three nights of the third: 252.00 of income.
      [
        'close',
        '2026-03-17',
        {
          ...{ ...LENT, '1012.02': '100.00', '1132.01': '12.00', '1132.02': '140.00' },
          ...{ '6011.01': '-237.74', '2221.01': '-13.58', '2221.02': '-0.68' },
        },
      ],
      // 31 days: 156.00 leave the balance sheet with their tax; what was received, 100.00, remains.
      ['close', '2026-03-18', { ...received, '7101.01': '156.00', '7101.99': '-156.00' }],
      // 130.00 received are income now, and taxed; three nights of 4.00 off the balance sheet.
      ['event', 'repayment', '2026-03-21', '130.00'],
      ['close', '2026-03-21', { ...later, '7101.01': '38.00', '7101.99': '-38.00' }],
      // Impairment of 9,000.00; five more nights.
      ['close', '2026-03-25'],
      ['impairment', 'first', 900_000],
      [
        'close',
        '2026-03-26',
        {
          ...{ ...later, '6702.01': '9000.00', '1304.01': '-9000.00' },
          ...{ '7101.01': '58.00', '7101.99': '-58.00' },
        },
      ],
      // Written off with six more nights (82.00), after 3,000.00 more of impairment (as in E8).
      ['close', '2026-04-01'],
      ['impairment', 'rest', 300_000],
      ['event', 'write_off', '2026-04-02', ''],
      ['close', '2026-04-02', { ...written, '7102.01': '12082.00', '7102.99': '-12082.00' }],
      // 500.00 recovered: back into the allowance, off the written-off assets.
      ['event', 'recovery', '2026-04-06', '500.00'],
      [
        'close',
        '2026-04-06',
        {
          ...{ ...written, '1012.02': '730.00', '1304.01': '-500.00' },
          ...{ '7102.01': '11582.00', '7102.99': '-11582.00' },
        },
      ],
    ]);
  }, 300_000);

  it('E10: over the first period of A1, with tax and the clearing of its channel', async () => {
    const { input, expected } = practiceCase(
      'E10',
      z.object({ channelFee: z.string() }),
      z.object({
        accrualNetTotal: z.string(),
        accrualVatTotal: z.string(),
        trialBalance: z.record(z.string(), z.string()),
      }),
    );

    await book.lend('code: A1\neffective_from: 2026-01-01\n', 'L1,A1,10000.00,0.18,12,2026-01-15');
    await book.closeThrough('2026-01-15');
    await book.entry('channel', 'out', ['1012.01', 1_000_000], ['1002.01', -1_000_000]);
    await book.closeThrough('2026-02-13');
    // Thirty nights: the case stops accruing when the period's interest is reached.
    expect(await book.balances()).toMatchObject({
      '1132.01': '150.00',
      '6011.01': `-${expected.accrualNetTotal}`,
      '2221.02': `-${expected.accrualVatTotal}`,
    });
    await book.event('repayment', '2026-02-15', '916.80');
    await book.closeThrough('2026-02-15');
    const fee = parseAmount(input.channelFee, 2)!;
    await book.entry(
      'channel',
      'in',
      ['1002.01', 91_680 - fee],
      ['6421.01', fee],
      ['1012.02', -91_680],
    );
    await book.closeThrough('2026-02-16');
    // Beyond the case: two nights of the second period, 9,233.20 * 18% / 360 * 2 = 9.23, with a tax
    // of 0.52 that waits (9.23 - 8.71) and 0.01 less in the running total of 159.23 (150.22 net).
    const codes: Record<string, string> = {
      '贷款-正常本金': '1303.01',
      银行存款: '1002.01',
      利息收入: '6011.01',
      '应交税费-应交增值税(销项)': '2221.01',
      手续费支出: '6421.01',
    };
    const wanted = Object.fromEntries(
      Object.entries(expected.trialBalance).map(([name, amount]) => [codes[name] ?? name, amount]),
    );
    const found = await book.balances();
    expect(found).toEqual({
      ...wanted,
      '6011.01': '-150.22',
      '1132.01': '9.23',
      '2221.02': '-0.52',
    });
  });

  it('that begins to be taxed defers the tax of what is not due yet', async () => {
    const packaged = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
    const [untaxed = '', tax = ''] = packaged.split(/^tax:$/m);
    const at = (day: string, text: string): string => text.replace('2000-01-01', day);
    await applyLedger(book.client, at('2026-01-15', untaxed), 'untaxed');
    await applyLedger(book.client, at('2026-02-01', `${untaxed}tax:${tax}`), 'taxed');
    const terms = '{method: interest_only, periods: 12}';
    await book.lend(
      `code: LIFE\neffective_from: 2026-01-01\nrepayment: ${terms}\n`,
      'L1,LIFE,12000.00,0.12,12,2026-01-15',
    );
    // Seventeen nights of 4.00 before, one with the tax: 4.08 within 72.00 (72 - 67.92).
    await book.closeThrough('2026-01-31');
    expect(await book.balances()).toMatchObject({ '1132.01': '68.00', '6011.01': '-68.00' });
    await book.closeThrough('2026-02-01');
    expect(await book.balances()).toMatchObject({ '6011.01': '-67.92', '2221.02': '-4.08' });
    // Due: 120.00 with 6.79, and a night of 4.00 with 0.23.
    await book.closeThrough('2026-02-15');
    expect(await book.balances()).toMatchObject({ '2221.01': '-6.79', '2221.02': '-0.23' });
  });
});
