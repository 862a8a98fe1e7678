import { afterAll, beforeAll, it } from 'vitest';
import { type Balances, FIRST_MONTH, LENT, LifeBook, liveThrough } from '../scenarios/life-book.js';

let book: LifeBook;
beforeAll(async () => {
  book = await LifeBook.create();
});
afterAll(() => book.drop());

// The tax within x is x - x/1.06, rounded: 0.45 of 8, 27.62 of 488, 5.66 of 100, 16.98 of 300.
it('the ledger of one loan by the packaged policy is what the hand says', async () => {
  const received = { ...LENT, '1012.02': '100.00', '6011.01': '-94.34', '2221.01': '-5.66' };
  const later = {
    ...LENT,
    '1012.02': '300.00',
    '6011.01': '-283.02',
    '2221.01': '-16.98',
  };
  const { '1303.01': _lent, ...written }: Balances = { ...later, '6702.01': '12000.00' };
  await liveThrough(book, [
    ...FIRST_MONTH,
    // 90 days late: three more instalments fell due, two nights of the fifth: 488.00 of income.
    [
      'close',
      '2026-05-16',
      {
        ...{ ...LENT, '1012.02': '100.00', '1132.01': '8.00', '1132.02': '380.00' },
        ...{ '6011.01': '-460.38', '2221.01': '-27.17', '2221.02': '-0.45' },
      },
    ],
    // 91 days: 392.00 leave the balance sheet with their tax; what was received, 100.00, remains.
    ['close', '2026-05-17', { ...received, '7101.01': '392.00', '7101.99': '-392.00' }],
    // 200.00 received are income now, and taxed; three nights of 4.00 off the balance sheet.
    ['event', 'repayment', '2026-05-20', '200.00'],
    ['close', '2026-05-20', { ...later, '7101.01': '204.00', '7101.99': '-204.00' }],
    // Impairment of 9,000.00; five more nights.
    ['close', '2026-05-24'],
    ['impairment', 'first', 900_000],
    [
      'close',
      '2026-05-25',
      {
        ...{ ...later, '6702.01': '9000.00', '1304.01': '-9000.00' },
        ...{ '7101.01': '224.00', '7101.99': '-224.00' },
      },
    ],
    // Written off with six more nights (248.00), after 3,000.00 more of impairment (as in E8).
    ['close', '2026-05-31'],
    ['impairment', 'rest', 300_000],
    ['event', 'write_off', '2026-06-01', ''],
    ['close', '2026-06-01', { ...written, '7102.01': '12248.00', '7102.99': '-12248.00' }],
    // 500.00 recovered: back into the allowance, off the written-off assets.
    ['event', 'recovery', '2026-06-05', '500.00'],
    [
      'close',
      '2026-06-05',
      {
        ...{ ...written, '1012.02': '800.00', '1304.01': '-500.00' },
        ...{ '7102.01': '11748.00', '7102.99': '-11748.00' },
      },
    ],
  ]);
});
