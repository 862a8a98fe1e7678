import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatementBook, statementBook } from './statement-book.js';

/** 等额本息, and the same with a fee on what is prepaid. */
const PRODUCTS = ['LP', 'LPF'].map((code) =>
  [
    `code: ${code}`,
    'effective_from: 2025-01-01',
    'repayment: {method: level_payment, periods: 12}',
    ...(code === 'LPF' ? ['prepayment: {fee: {rate: 0.03, of: prepaid_principal}}'] : []),
  ].join('\n'),
);
const CHANNEL = [
  'code: WX',
  'order_prefix: WX',
  'columns: {order_no: order, amount: amount, value_date: date}',
];
const BANK = [
  'code: ICBC',
  'kind: bank',
  'columns: {order_no: ref, amount: amount, value_date: date}',
];

/**
 * Each loan owes 9233.20 behind its first instalment, which was paid before the book, and has borne
 * five nights of 0.18/360 at the close of 2026-02-19. The cash of an event by hand:
 */
const EVENTS = [
  // 3000.00 and 3000.00 x 0.0005 x 5 = 7.50
  ['WXP1', 'Y1', 'prepayment', '3000.00', ''],
  // 2000.00, 5.00, and the fee of 3%: 60.00
  ['WXP2', 'Y2', 'prepayment', '2000.00', ''],
  // One order for two loans: 1000.00 and 2.50; 50.00 that is held.
  ['WXS', 'Y3', 'prepayment', '1000.00', ''],
  ['WXS', 'Y4', 'repayment', '50.00', ''],
  // 9233.20 and 9233.20 x 0.0005 x 5 = 23.083
  ['WXC', 'Y5', 'settlement', '', ''],
  ['WXW', 'Y6', 'write_off', '', ''],
  ['WXR', 'Y6', 'recovery', '100.00', ''],
  // No cash of the customer: neither is an order, whatever its reference begins with.
  ['WXM', 'Y7', 'merchant_refund', '500.00', ''],
  ['WXT', 'Y8', 'transfer', '9000.00', 'B'],
] as const;
const LINES = ['WXP1,3007.50', 'WXP2,2065.00', 'WXS,1052.50', 'WXC,9256.28', 'WXR,100.00'];
const TOTAL = '15481.28';

let book: StatementBook;
const reconcile = (name: string, day: string, ...lines: readonly string[]) =>
  book.write(`${name}.csv`, 'order,amount,date', ...lines.map((line) => `${line},${day}`));

beforeAll(async () => {
  book = await statementBook('2026-02-20', ['Z1']);
  for (const [at, product] of PRODUCTS.entries()) {
    await book.run('product', 'apply', book.write(`product-${at}.yaml`, product));
  }
  await book.run('channel', 'apply', book.write('wx.yaml', ...CHANNEL));
  await book.run('channel', 'apply', book.write('icbc.yaml', ...BANK));
  const loans = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (at) => `Y${at},${at === 2 ? 'LPF' : 'LP'},10000.00,0.18,12,2026-01-15,1`,
  );
  const head = 'loan_no,product,principal,rate,periods,disbursed_on,paid_periods';
  await book.run('import', 'loans', book.write('lp.csv', head, ...loans));
  const rows = EVENTS.map(
    ([ref, loan, type, amount, buyer]) =>
      `${ref},${loan},${type},2026-02-20,2026-02-20,${amount},${buyer}`,
  );
  // An order that our side closes on the next day, and its principal alone is known until then.
  rows.push('WXL,Y4,prepayment,2026-02-21,2026-02-21,700.00,');
  const columns = 'ref,loan_no,type,value_date,business_date,amount,buyer';
  const { exitCode } = await book.run(
    'import',
    'events',
    book.write('events.csv', columns, ...rows),
  );
  expect(exitCode).toBe(0);
  await book.close('2026-02-20');
});
afterAll(() => book?.drop());

/** What lines of `name  value` say. */
function record(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => [line.split(/ +/)[0]!, line.replace(/^\S+ */, '').trim()]),
  );
}

/** Text says each field of the document under its name. */
function agrees(text: string, said: Record<string, unknown>): void {
  const shown = record(text);
  for (const [key, value] of Object.entries(said)) {
    if (value !== null && typeof value === 'object') continue;
    expect([key, shown[key]]).toEqual([key, value === null ? '' : String(value)]);
  }
}

describe('a channel', () => {
  it('has the cash of every event', async () => {
    const file = reconcile('day1', '2026-02-20', ...LINES, 'WXL,702.10');
    const { said } = await book.run('reconcile', 'channel', file, '--by', 'wang');
    expect(said).toMatchObject({
      matched: 5,
      ourCount: 5,
      ourAmount: TOTAL,
      ledgerAmount: TOTAL,
      amount: '16183.38',
      breaks: { unposted: 1 },
      open: 1,
    });
  });

  it('tells no amount of what is priced by a close that is still to come', async () => {
    const { said } = await book.run('breaks', 'list');
    expect(said).toMatchObject([
      { orderNo: 'WXL', type: 'unposted', ourAmount: '', difference: '702.10' },
    ]);
  });

  it('finds what differs from the cash, and prints the total beside its name', async () => {
    await book.run(
      'import',
      'events',
      book.write(
        'second.csv',
        'ref,loan_no,type,value_date,amount',
        // 500.00 and six nights on it: 1.50
        'WXP3,Y3,prepayment,2026-02-21,500.00',
      ),
    );
    await book.close('2026-02-21');
    const file = reconcile('day2', '2026-02-21', 'WXP3,500.00');
    const { stdout } = await book.print('reconcile', 'channel', file, '--by', 'wang');
    const { said } = await book.run('reconcile', 'channel', file, '--by', 'wang');
    expect(said).toMatchObject({ amount: '500.00', ourAmount: '1203.60', open: 1 });
    expect(record(stdout)).toMatchObject({ amount: '500.00', breaks: 'amount 1', open: '1' });
    const { stdout: again } = await book.print('reconcile', 'channel', file, '--by', 'wang');
    agrees(again, said as Record<string, unknown>);
    const { said: breaks } = await book.run('breaks', 'list', '--all');
    expect(breaks).toMatchObject([
      // 700.00 and six nights on it, 2.10, as the line says.
      { orderNo: 'WXL', resolution: 'posted', state: 'resolved' },
      { orderNo: 'WXP3', type: 'amount', ourAmount: '501.50', theirAmount: '500.00' },
    ]);
  });

  it('shows a break as its document says', async () => {
    const { said } = await book.run('breaks', 'list');
    const [{ id }] = said as [{ id: number }];
    const { said: shown } = await book.run('breaks', 'show', String(id));
    const { stdout } = await book.print('breaks', 'show', String(id));
    agrees(stdout.split('\n\n')[0]!, shown as Record<string, unknown>);
  });
});

describe('the bank and the clearing account', () => {
  it('tie: the nets of both days, and the 1.50 that is short', async () => {
    await book.close('2026-02-22');
    const { said: proof } = await book.run('reconcile', 'clearing');
    expect(proof).toMatchObject({ ok: true, accounts: [{ balance: '16684.88', breaks: '1.50' }] });
    // A version before kept the principal in its breaks: what stands is told from the event.
    const kept = (amount: number) =>
      book.ask(
        (client) =>
          client.query(`UPDATE recon_break SET our_amount = $1 WHERE order_no = 'WXP3'`, [amount]),
        'owner',
      );
    await kept(50_000);
    expect((await book.run('reconcile', 'clearing')).said).toMatchObject({ ok: true });
    await kept(50_150);
    const lines = ['WX20260220,16183.38,2026-02-23', 'WX20260221,500.00,2026-02-23'];
    const file = book.write('icbc.csv', 'ref,amount,date', ...lines);
    const { stdout } = await book.print('reconcile', 'bank', file, '--by', 'wang');
    const { said } = await book.run('reconcile', 'bank', file, '--by', 'wang');
    expect(said).toMatchObject({ matched: 2, amount: '16683.38', ourAmount: '16683.38', open: 0 });
    expect(record(stdout)).toMatchObject({ amount: '16683.38', ledgerAmount: '', breaks: 'none' });
    await book.close('2026-02-23');
    const { said: after } = await book.run('reconcile', 'clearing');
    expect(after).toMatchObject({ ok: true, accounts: [{ balance: '1.50', breaks: '1.50' }] });
  });

  it('still tie when the prepayment is reversed behind its statement', async () => {
    await book.run(
      'import',
      'events',
      book.write(
        'reversal.csv',
        'ref,loan_no,type,value_date,amount,of',
        'X1,Y3,reversal,2026-02-24,,WXP3',
      ),
    );
    await book.close('2026-02-24');
    const { said } = await book.run('reconcile', 'clearing');
    // The 500.00 of the line has no event any more: 501.50 left, and 500.00 came.
    expect(said).toMatchObject({ ok: true, accounts: [{ balance: '-500.00', breaks: '-500.00' }] });
  });
});

describe('money of before the book that bounces', () => {
  const LAYOUT = [
    'layout: signed',
    'kind: statement',
    'columns:',
    '  - {title: order, from: order_no}',
    '  - {title: amount, from: amount, type: amount}',
    '  - {title: date, from: value_date, type: date}',
  ];
  const channel = (name: string, ...more: readonly string[]) => {
    book.write('signed.yaml', ...LAYOUT);
    return book.write(name, 'code: WX', 'order_prefix: WX', 'layout: signed.yaml', ...more);
  };

  it('leaves by the channel: its line below zero is matched, and the account ties', async () => {
    await book.run('channel', 'apply', channel('wx1.yaml'));
    // Of the first instalment of Y9, 916.80, which was paid before the book.
    await book.events('WXB,Y9,charge_back,2026-02-25,300.00,');
    await book.close('2026-02-25');
    const file = reconcile('day6', '2026-02-25', 'WXB,-300.00');
    const { said } = await book.run('reconcile', 'channel', file, '--by', 'wang');
    expect(said).toMatchObject({
      matched: 1,
      paidOut: '300.00',
      ourAmount: '-300.00',
      ledgerAmount: '-300.00',
      breaks: {},
    });
    const { said: proof } = await book.run('reconcile', 'clearing');
    // 500.00 of the line without an event, and 300.00 that the channel takes off.
    expect(proof).toMatchObject({ ok: true, accounts: [{ balance: '-800.00' }] });
  });

  it('is an order of its channel, with or without a line', async () => {
    await book.run('channel', 'apply', channel('wx2.yaml', 'refund_prefix: RF'));
    await book.events('WXB2,Y9,charge_back,2026-02-26,200.00,');
    await book.close('2026-02-26');
    const { said: before } = await book.run('reconcile', 'clearing');
    expect(before).toMatchObject({ ok: true, accounts: [{ balance: '-1000.00' }] });
    const file = reconcile('day7', '2026-02-26', 'WXB3,-10.00');
    const { said } = await book.run('reconcile', 'channel', file, '--by', 'wang');
    expect(said).toMatchObject({ matched: 0, breaks: { refund: 1, missing_theirs: 1 } });
  });
});

describe('the statement of the customer', () => {
  it('has what a reversal took back', async () => {
    const { said } = await book.run('loan', 'statement', 'Y3');
    const { transactions } = said as { transactions: { ref: string }[] };
    expect(transactions.filter(({ ref }) => ref === 'WXP3')).toMatchObject([
      { type: '提前还款', amount: '501.50', principal: '500.00', interest: '1.50' },
      { type: '更正-提前还款', amount: '-501.50', principal: '-500.00', interest: '-1.50' },
    ]);
  });

  it.each([
    ['Y1', 'WXP1', { amount: '3007.50', principal: '3000.00', interest: '7.50', fee: null }],
    ['Y2', 'WXP2', { amount: '2065.00', principal: '2000.00', interest: '5.00', fee: '60.00' }],
    ['Y5', 'WXC', { amount: '9256.28', principal: '9233.20', interest: '23.08' }],
    ['Y6', 'WXR', { amount: '100.00', principal: '100.00', interest: null }],
    ['Y7', 'WXM', { amount: '500.00', principal: '500.00', interest: null }],
    // What left with the loan, not its price.
    ['Y8', 'WXT', { amount: '9256.28', principal: '9233.20', interest: '23.08' }],
  ])('%s: %s', async (loan, ref, row) => {
    const { said } = await book.run('loan', 'statement', loan);
    const { transactions } = said as { transactions: { ref: string }[] };
    expect(transactions.find((each) => each.ref === ref)).toMatchObject(row);
  });
});
