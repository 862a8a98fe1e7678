import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../src/package-root.js';
import { type StatementBook, statementBook } from '../statement-book.js';

const OURS = join(packageRoot, 'fixtures/statements');
const DAY = ['2026-02-15', '2026-02-16', '2026-02-17', '2026-02-18', '2026-02-19'] as const;

const CHANNEL = [
  'code: WXP',
  'order_prefix: WX0',
  'refund_prefix: RF',
  'layout: [wechat-bill, wechat-success]',
];
const BANK = ['code: ICBC', 'kind: bank', 'layout: icbc'];

let book: StatementBook;

interface Accounts {
  readonly accounts: readonly Record<string, unknown>[];
}

const wechat = (file: string, ...more: readonly string[]) =>
  book.run('reconcile', 'channel', join(OURS, file), '--channel', 'WXP', '--by', 'wang', ...more);
const bank = (file: string, ...more: readonly string[]) =>
  book.run('reconcile', 'bank', join(OURS, file), '--channel', 'ICBC', '--by', 'wang', ...more);

async function receiving(): Promise<Record<string, unknown> | undefined> {
  const { said } = await book.run('reconcile', 'clearing');
  return (said as Accounts).accounts.find(({ account }) => account === '1012.02');
}

async function breaks(): Promise<unknown[]> {
  const { said } = await book.run('breaks', 'list', '--all');
  return (said as Record<string, string>[]).map(({ orderNo, type, difference, resolution }) => [
    orderNo,
    type,
    difference,
    resolution,
  ]);
}

/**
 * Two customers pay 916.80 and 1200.00 on the first day, 300.00 of the second go back by the
 * channel. Our side books the refund a day later. Nothing is due: all is held for them.
 */
beforeAll(async () => {
  book = await statementBook(DAY[0], ['L1', 'L2']);
  await book.run('channel', 'apply', book.write('wxp.yaml', ...CHANNEL));
  await book.run('channel', 'apply', book.write('icbc.yaml', ...BANK));
  await book.events(
    `WX0215001,L1,repayment,${DAY[0]},916.80,`,
    `WX0215002,L2,repayment,${DAY[0]},1200.00,`,
  );
  await book.close(DAY[0]);
});
afterAll(() => book?.drop());

describe('a refund in a bill', () => {
  it('is a line of its own and, without an event of ours, a break that stays in transit', async () => {
    const { exitCode, said } = await wechat('wechat-bill.csv');
    expect(exitCode).toBe(3);
    // 916.80 + 1200.00 - 300.00; 5.50 + 7.20 - 1.80
    expect(said).toMatchObject({
      layout: 'wechat-bill',
      charset: 'utf-8',
      date: DAY[0],
      lines: 3,
      matched: 2,
      received: '2116.80',
      paidOut: '300.00',
      amount: '1816.80',
      fee: '10.90',
      ourAmount: '2116.80',
      ledgerAmount: '2116.80',
      suspense: '0.00',
      breaks: { refund: 1 },
      provedBy: ['line_end', 'trailer'],
    });
    expect(await breaks()).toEqual([['RF0215001', 'refund', '-300.00', '']]);
  });

  it('is ended by the event that books it, whose day has its statement', async () => {
    await book.events(`RF0215001,L2,suspense_refund,${DAY[1]},300.00,`);
    await book.close(DAY[1]);
    // The ledger has 2116.80 - 300.00. The channel owes 1816.80 of its statement; the refund is short
    // in it, and an event that no statement has yet.
    expect(await receiving()).toMatchObject({
      balance: '1816.80',
      statements: '1816.80',
      events: '-300.00',
      breaks: '300.00',
      difference: '0.00',
    });
    const { exitCode, said } = await wechat('wechat-empty.csv', '--date', DAY[1]);
    expect(exitCode).toBe(0);
    expect(said).toMatchObject({ lines: 0, ourAmount: '-300.00', open: 0, breaks: {} });
    expect(await breaks()).toEqual([['RF0215001', 'refund', '-300.00', 'cross_day']]);
  });

  it('of a day without business wants the day', async () => {
    const { exitCode, stderr } = await wechat('wechat-empty.csv');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('statement_without_date');
  });
});

describe('a bank statement of a layout', () => {
  const NET = { matched: 1, received: '1805.90', paidOut: '12.00', amount: '1793.90', lines: 2 };

  it('is tried with --match-only, and nothing of it is kept', async () => {
    const before = await book.balances();
    const asked = await bank('icbc.csv', '--match-only');
    expect(asked).toMatchObject({ exitCode: 3, said: { ...NET, outcome: 'tried' } });
    expect(await breaks()).toHaveLength(1);
    const kept = await book.ask((client) =>
      client.query(`SELECT FROM statement WHERE kind = 'bank'`),
    );
    expect(kept.rowCount).toBe(0);
    expect(await book.balances()).toEqual(before);
  });

  it('is read by another layout where one is named', async () => {
    const wrong = await bank('cmb.csv', '--match-only');
    expect(wrong).toMatchObject({ exitCode: 1 });
    expect(wrong.stderr).toContain('wrong_header');
    for (const layout of ['cmb', 'abc']) {
      const tried = await bank(`${layout}.csv`, '--match-only', '--layout', layout);
      expect(tried).toMatchObject({ exitCode: 3, said: { ...NET, layout, charset: 'gb18030' } });
    }
    const nowhere = await bank('cmb.csv', '--layout', 'nowhere');
    expect(nowhere).toMatchObject({ exitCode: 2 });
  });

  it('brings the net, and a line of nobody goes to suspense', async () => {
    const { exitCode, said } = await bank('icbc.csv');
    expect(exitCode).toBe(3);
    expect(said).toMatchObject({ ...NET, outcome: 'taken', breaks: { missing_ours: 1 } });
    expect(await breaks()).toContainEqual(['', 'missing_ours', '-12.00', '']);
    await book.close(DAY[2]);
    // 916.80 and 900.00 are held for the customers; 12.00 are of nobody.
    expect(await book.balances()).toMatchObject({
      '1002.01': '1793.90',
      '6421.01': '10.90',
      '2241.01': '-1816.80',
      '2241.02': '12.00',
    });
    expect(await book.balances()).not.toHaveProperty(['1012.02']);
    expect(await receiving()).toMatchObject({ balance: '0.00', difference: '0.00' });
  });
});

describe('a channel whose layout is beside it', () => {
  const own = [
    'layout: own',
    'kind: statement',
    'columns:',
    '  - {title: no, from: order_no}',
    '  - {title: sum, from: amount, type: amount, sign: {title: side, minus: [out]}}',
    '  - {title: day, from: value_date, type: date}',
  ];

  it('keeps its text: another text is another version', async () => {
    book.write('own.yaml', ...own);
    const channel = book.write('x.yaml', 'code: OWN', 'order_prefix: OW', 'layout: own.yaml');
    const apply = () => book.run('channel', 'apply', channel);
    expect(await apply()).toMatchObject({ said: { outcome: 'applied' } });
    expect(await apply()).toMatchObject({ said: { outcome: 'unchanged' } });
    book.write('own.yaml', ...own, 'trim: [" "]');
    expect(await apply()).toMatchObject({ said: { outcome: 'applied' } });
    book.write('own.yaml', ...own.slice(0, -1));
    const lacking = await apply();
    expect(lacking).toMatchObject({ exitCode: 2 });
    expect(lacking.stderr).toContain('a statement needs a column from: value_date');
  });

  it('tells a refund that agrees from others, and names each', async () => {
    await book.events(
      `OW1,L1,suspense_refund,${DAY[3]},10.00,`,
      `OW2,L1,suspense_refund,${DAY[3]},20.00,`,
      // More than is held for the customer: rejected.
      `OW3,L1,suspense_refund,${DAY[3]},99999.00,`,
      // What the merchant owes is on no clearing account.
      `OW4,L1,merchant_refund,${DAY[3]},5.00,`,
    );
    await book.close(DAY[3]);
    const lines = ['OW1,10.00', 'OW2,25.00', 'OW3,99999.00', 'OW4,5.00', 'OW5,1.00', ',2.00'];
    const rows = lines.map((line) => `${line},out,${DAY[3]}`);
    book.write('own.yaml', ...own);
    await book.run(
      'channel',
      'apply',
      book.write('x.yaml', 'code: OWN', 'order_prefix: OW', 'layout: own.yaml'),
    );
    const file = book.write('own.csv', 'no,sum,side,day', ...rows);
    const { said } = await book.run(
      'reconcile',
      'channel',
      file,
      '--channel',
      'OWN',
      '--by',
      'wang',
    );
    // 10 + 25 + 99999 + 5 + 1 + 2
    expect(said).toMatchObject({
      received: '0.00',
      paidOut: '100042.00',
      amount: '-100042.00',
      matched: 1,
      breaks: { amount: 1, ledger: 1, refund: 3 },
    });
    const found = (await breaks()).filter((one) => (one as string[])[3] === '');
    expect(found).toEqual(
      expect.arrayContaining([
        ['OW2', 'amount', '-5.00', ''],
        ['OW3', 'refund', '-99999.00', ''],
        ['OW4', 'ledger', '-5.00', ''],
        ['OW5', 'refund', '-1.00', ''],
        ['', 'refund', '-2.00', ''],
      ]),
    );
    await book.close(DAY[4]);
    // 10.00 and 20.00 went out of the ledger; the channel took 100042.00 off: the rest is short.
    expect(await receiving()).toMatchObject({
      balance: '-30.00',
      statements: '-100042.00',
      breaks: '100012.00',
      difference: '0.00',
    });
  });
});
