import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { unprovenClearing } from '../../../src/jobs/period/unproven-clearing.js';
import { DAY, type SixDays, sixDays } from './six-days.js';

let book: SixDays;
beforeAll(async () => {
  book = await sixDays();
});
afterAll(() => book?.drop());

describe('the first day', () => {
  it('ends with what is posted on the clearing accounts, and no statement yet', async () => {
    // 100.00 + 25.00 + 15.00 received, five loans paid out.
    const { exitCode, paid, received } = await book.clearing();
    expect(exitCode).toBe(0);
    expect(paid).toMatchObject({ account: '1012.01', channels: ['DK'], events: '-5000.00' });
    expect(received).toMatchObject({ balance: '140.00', events: '140.00', difference: '0.00' });
  });

  it('has a GB18030 statement: orders of several loans, reversed and waiting ones', async () => {
    const lines = ['WX1,100.00,', 'WX2,30.00,', 'WX3,25.00,', 'WX5,20.00,', 'WX6,1000.00,2.00'];
    const file = book.wx(DAY[0], '1175.00', ...lines);
    const { exitCode, said } = await book.reconcile('channel', file, 'WX');
    expect(exitCode).toBe(3);
    // WX2 was undone: its 30.00 is money without a booking.
    expect(said).toMatchObject({ matched: 2, ourAmount: '140.00', suspense: '30.00', open: 4 });
    expect(await book.breaks('WX')).toEqual({
      WX2: 'status 30.00 reversed',
      WX4: 'missing_theirs -15.00 posted',
      WX5: 'unposted 20.00 waiting',
      WX6: 'unposted 1000.00 waiting',
    });
  });

  it('has a statement of payments, by loan number', async () => {
    const lines = ['L1,1000.00,1.00,OK', 'L2,1000.00,1.00,OK', 'L3,990.00,1.00,OK'];
    const more = ['L4,1000.00,1.00,FAIL', 'X9,500.00,0.50,OK'];
    const file = book.dk(DAY[0], 5, '4490.00', ...lines, ...more);
    const { exitCode, said } = await book.reconcile('channel', file, 'DK');
    expect(exitCode).toBe(3);
    expect(said).toMatchObject({
      amount: '3490.00',
      fee: '3.50',
      matched: 2,
      ourAmount: '5000.00',
      ledgerAmount: '5000.00',
      suspense: '500.00',
    });
    expect(await book.breaks('DK')).toEqual({
      L3: 'amount -10.00 posted',
      L4: 'status -1000.00 posted',
      L5: 'missing_theirs -1000.00 posted',
      X9: 'missing_ours 500.00',
    });
  });

  it('is paid by the bank the day after: net and fee together', async () => {
    const file = book.bank('v1.csv', `DK20260330,-3493.50,${DAY[1]}`, `X1,44.00,${DAY[1]}`);
    const { exitCode, said } = await book.reconcile('bank', file, 'ICBC');
    expect(exitCode).toBe(3);
    // The 1173.00 of WX are due and did not come.
    expect(said).toMatchObject({ matched: 1, breaks: { missing_ours: 1, missing_theirs: 1 } });
    expect(await book.breaks('ICBC')).toEqual({
      WX20260330: 'missing_theirs -1173.00',
      X1: 'missing_ours 44.00',
    });
  });
});

describe('the second day', () => {
  it('ends with a difference that names the order behind it', async () => {
    await book.close(DAY[1]);
    const { exitCode, paid, received } = await book.clearing();
    expect(exitCode).toBe(3);
    // 140.00 + 20.00 + 1000.00 + 7.00 - 25.00 - 15.00 + 30.00 of suspense. The channel owes 1175.00,
    // WX7 has no statement yet; WX3 was reversed, which no statement has said.
    expect(received).toMatchObject({
      balance: '1157.00',
      statements: '1175.00',
      events: '7.00',
      breaks: '0.00',
      difference: '-25.00',
      behind: [{ what: 'reversed', code: 'WX', orderNo: 'WX3', loanNo: 'L2', amount: '-25.00' }],
    });
    // -5000.00 - 500.00 + 3490.00; of L3 10.00 stand, L4 and L5 as a whole.
    expect(paid).toMatchObject({ balance: '-2010.00', breaks: '-2010.00', difference: '0.00' });
  });

  it('has statements that end what they explain, and find what was reversed', async () => {
    const { said } = await book.reconcile('channel', book.wx(DAY[1], '7.00', 'WX7,7.00,'), 'WX');
    expect(said).toMatchObject({ matched: 1, suspense: '25.00', open: 2 });
    expect(await book.breaks('WX', '--all')).toEqual({
      WX2: 'status 30.00 reversed',
      WX3: 'status 25.00 reversed',
      WX4: 'missing_theirs -15.00 posted reversed',
      WX5: 'unposted 20.00 waiting posted',
      WX6: 'unposted 1000.00 waiting posted',
    });
    const file = book.dk(DAY[1], 1, '1000.00', 'L5,1000.00,1.00,OK');
    expect((await book.reconcile('channel', file, 'DK')).said).toMatchObject({ open: 3 });
    const ended = await book.breaks('DK', '--all');
    expect(ended).toMatchObject({ L5: 'missing_theirs -1000.00 posted cross_day' });
  });
});

describe('a bank statement that takes the place of a posted one', () => {
  const lines = [`DK20260330,-3493.50,${DAY[1]}`, `WX20260330,1173.00,${DAY[1]}`];

  it('is refused until another person releases it', async () => {
    const file = book.bank('v2.csv', ...lines);
    for (const more of [[], ['--release', '--release-by', 'wang']]) {
      const { exitCode, stderr } = await book.reconcile('bank', file, 'ICBC', ...more);
      expect([exitCode, JSON.parse(stderr).error.code]).toEqual([1, 'statement_in_force']);
    }
    const nobody = await book.reconcile('bank', file, 'ICBC', '--release');
    expect(nobody.exitCode).toBe(2);
  });

  it('is posted once, and the first comes in no more by itself', async () => {
    const file = book.bank('v2.csv', ...lines);
    const release = ['--release', '--release-by', 'li'];
    const { exitCode, said } = await book.reconcile('bank', file, 'ICBC', ...release);
    expect(exitCode).toBe(0);
    expect(said).toMatchObject({ outcome: 'replaced', revision: 2, matched: 2, open: 0 });
    const again = await book.reconcile('bank', file, 'ICBC', ...release);
    expect(again).toMatchObject({ exitCode: 0, said: { outcome: 'unchanged', revision: 2 } });
    const first = book.bank('v1.csv', `DK20260330,-3493.50,${DAY[1]}`, `X1,44.00,${DAY[1]}`);
    expect((await book.reconcile('bank', first, 'ICBC')).exitCode).toBe(1);
  });

  it('leaves the books as if the first had never come', async () => {
    await book.close(DAY[2]);
    expect(await book.balances()).toEqual({
      // -3493.50 + 1173.00; the 44.00 are gone again.
      '1002.01': '-2320.50',
      '6421.01': '5.50',
      '1012.01': '-2010.00',
      // Of 1157.00: 25.00 of WX3 to suspense, 1175.00 received.
      '1012.02': '7.00',
      // 500.00 paid out for nobody, less 30.00 and 25.00 received for nobody.
      '2241.02': '445.00',
      '1303.01': '4000.00',
      // WX1 100.00, WX5 20.00, WX7 7.00.
      '2241.01': '-127.00',
    });
    const { rows } = await book.ask((client) =>
      client.query(`SELECT business_date AS day, count(*) AS n, count(checker) AS checked
        FROM entry WHERE source = 'bank' GROUP BY 1 ORDER BY 1`),
    );
    // Two of the first, then two opposite ones and two of the second.
    expect(rows).toEqual([
      { day: DAY[1], n: 2, checked: 0 },
      { day: DAY[2], n: 4, checked: 2 },
    ]);
  });

  it('lets the clearing accounts be proven from then on', async () => {
    const { exitCode, paid, received } = await book.clearing();
    expect(exitCode).toBe(0);
    expect(received).toMatchObject({ balance: '7.00', statements: '7.00', breaks: '0.00' });
    // L5 was paid out a day late, 1000.00 that the bank has not taken yet; L3 and L4 stand.
    expect(paid).toMatchObject({ statements: '-1000.00', breaks: '-1010.00' });
    const { exitCode: code, stderr } = await book.run('reconcile', 'clearing', '--as-of', DAY[1]);
    expect([code, JSON.parse(stderr).error.code]).toEqual([2, 'statement_replaced_since']);
    // A month that ends on such a day is not proven either, and can be closed with a reason.
    const left = await book.ask((client) => unprovenClearing(client, parseDay(DAY[1])!));
    expect(left).toEqual([expect.stringMatching(/^statement \S+ of \S+ was replaced on \S+$/)]);
    expect(await book.clearing('--as-of', DAY[0])).toMatchObject({ exitCode: 0 });
  });
});

describe('people', () => {
  it('are given breaks, and every assignment is kept', async () => {
    const id = await book.idOf('WX2');
    const assign = (to: string, ...more: string[]) =>
      book.run('breaks', 'assign', id, '--to', to, '--by', 'wang', ...more);
    const note = await assign('zhao', '--note', '问渠道');
    expect(note).toMatchObject({ exitCode: 0, said: { break: Number(id), assignee: 'zhao' } });
    await assign('qian');
    expect((await book.run('breaks', 'show', id)).said).toMatchObject({
      assignee: 'qian',
      actions: [
        { action: 'assign', byWhom: 'wang', note: 'zhao: 问渠道' },
        { action: 'assign', byWhom: 'wang', note: 'qian: ' },
      ],
    });
    const nobody = await book.run('breaks', 'assign', '9999', '--to', 'zhao');
    expect([nobody.exitCode, JSON.parse(nobody.stderr).error.code]).toEqual([2, 'unknown_break']);
  });

  it('end breaks, and the event that they book meets its money', async () => {
    const resolve = async (order: string, ...more: string[]) =>
      book.run(
        'breaks',
        'resolve',
        await book.idOf(order),
        '--by',
        'wang',
        '--reason',
        'r',
        ...more,
      );
    await book.events(`WX2,L2,repayment,${DAY[3]},30.00,`);
    const id = await book.idOf('WX2');
    expect(await resolve('WX2', '--as', 'booked')).toMatchObject({ exitCode: 0 });
    const same = ['--by', 'wang', '--reason', 'r', '--as', 'booked'];
    expect(await book.run('breaks', 'resolve', id, ...same)).toMatchObject({
      exitCode: 0,
      said: { entries: 0, outcome: 'unchanged' },
    });
    const twice = await book.run('breaks', 'resolve', id, '--as', 'booked', '--reason', 'r');
    expect([twice.exitCode, JSON.parse(twice.stderr).error.code]).toEqual([2, 'break_is_resolved']);
    expect((await book.run('breaks', 'assign', id, '--to', 'zhao')).exitCode).toBe(2);
    const off = ['--as', 'written_off'];
    expect((await resolve('L3', ...off)).exitCode).toBe(2);
    expect(await resolve('L3', ...off, '--checker', 'li')).toMatchObject({ said: { entries: 1 } });
    await book.close(DAY[3]);
    // WX2: 30.00 out of suspense, 30.00 of its event. L3: 10.00 less were paid out than booked.
    expect(await book.balances()).toMatchObject({
      '1012.01': '-2000.00',
      '1012.02': '7.00',
      '2241.02': '475.00',
      '2241.01': '-157.00',
      '6711.01': '-10.00',
    });
    expect(await book.clearing()).toMatchObject({ exitCode: 0 });
    // The event of WX2 is no short: the first statement has its line.
    const { said } = await book.reconcile('channel', book.wx(DAY[3], '0.00'), 'WX');
    expect(said).toMatchObject({ lines: 0, breaks: {}, open: 1 });
  });

  it('see what stands in the list, the report and its files', async () => {
    const list = await book.run('breaks', 'list', '--type', 'status');
    expect(list).toMatchObject({ exitCode: 3, said: [{ orderNo: 'L4' }, { orderNo: 'WX3' }] });
    expect(await book.run('breaks', 'list', '--channel', 'ICBC')).toMatchObject({
      exitCode: 0,
      said: [],
    });
    expect((await book.run('breaks', 'list', '--type', 'odd')).exitCode).toBe(2);
    expect((await book.run('breaks', 'show', 'x')).exitCode).toBe(2);
    const folder = join(book.write('r'), '..');
    const page = await book.run('reconcile', 'report', '--out', join(folder, 'r.html'));
    expect(page).toMatchObject({ exitCode: 3, said: { open: 3 } });
    expect(readFileSync(join(folder, 'r.html'), 'utf8')).toContain('<td>WX3</td>');
    expect((await book.run('reconcile', 'report', '--out', 'r.doc')).exitCode).toBe(2);
    const out = join(folder, 'clearing.csv');
    expect(await book.run('reconcile', 'clearing', '--out', out)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(out, 'utf8')).toMatch(/1012\.02,支付渠道在途-收款,WX,7\.00,7\.00,0\.00/);
  });
});

describe('what stands on a clearing account beside', () => {
  it('is named: money to be given back, entries, events of no channel', async () => {
    const refund = ['--as', 'refunded', '--by', 'wang', '--reason', 'the customer asked'];
    const ended = await book.run('breaks', 'resolve', await book.idOf('WX3'), ...refund);
    expect(ended).toMatchObject({ exitCode: 0, said: { entries: 1 } });
    await book.events(`R1,L1,suspense_refund,${DAY[4]},5.00,`);
    await book.voucher('M1', 300);
    // The bank brings 5.00 of the 7.00 of the second day.
    const file = book.bank('v3.csv', `WX20260331,5.00,${DAY[3]}`);
    expect(await book.reconcile('bank', file, 'ICBC')).toMatchObject({ said: { matched: 0 } });
    await book.close(DAY[4]);
    const { exitCode, paid, received } = await book.clearing();
    expect(exitCode).toBe(3);
    expect(paid).toMatchObject({ difference: '0.00' });
    // 7.00 - 25.00 - 5.00 + 3.00 - 5.00; of that 2.00 are a break of the bank that is open.
    expect(received).toMatchObject({
      balance: '-25.00',
      statements: '0.00',
      breaks: '2.00',
      difference: '-27.00',
      behind: [
        { what: 'refunded', code: 'WX', orderNo: 'WX3', amount: '-25.00' },
        { what: 'entry', orderNo: 'manual M1', amount: '3.00' },
        { what: 'no_channel', orderNo: 'R1', loanNo: 'L1', amount: '-5.00' },
      ],
    });
    const { stdout } = await book.print('reconcile', 'clearing');
    expect(stdout).toMatch(
      /1012\.02 +WX +差异已定为退款，渠道未扣回 +WX3 +L2 +2026-03-31 +-25\.00/,
    );
  });

  it('is no difference where it cancels, and is told apart from what nothing explains', async () => {
    await book.voucher('M2', 2700);
    await book.close(DAY[5]);
    expect(await book.clearing()).toMatchObject({ exitCode: 0, received: { behind: [] } });
    await book.ask(
      (client) =>
        client.query(
          `UPDATE gl_balance SET balance = balance + 1
          WHERE business_date = $1 AND account_id =
            (SELECT account_id FROM account WHERE code = '1012.02') AND group_id = 0`,
          [DAY[5]],
        ),
      'owner',
    );
    const { received } = await book.clearing();
    const behind = received.behind as { what: string; amount: string }[];
    expect(behind.at(-1)).toMatchObject({ what: 'unexplained', code: 'WX', amount: '0.01' });
  });
});
