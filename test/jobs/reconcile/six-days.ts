import { ownEntry } from '../../support/own-entry.js';
import { type Ran, type StatementBook, statementBook } from './statement-book.js';

export const DAY = [
  '2026-03-30',
  '2026-03-31',
  '2026-04-01',
  '2026-04-02',
  '2026-04-03',
  '2026-04-04',
] as const;

const WX = `code: WX
name: 微信支付
order_prefix: WX
file: {delimiter: "|+|", charset: gb18030, head: {starts: H, count: 2, amount: 3, date: 4}}
columns: {order_no: 订单号, amount: 金额, fee: 手续费, status: 状态, value_date: 日期}
statuses: {success: [成功], failed: [失败]}
`;
const DK = `code: DK
name: 代付
direction: payments
accounts: {clearing: "1012.01"}
file: {head: {starts: H, count: 2, amount: 3, date: 4}}
columns: {order_no: loan, amount: amount, fee: fee, status: status, value_date: date}
statuses: {success: [OK], failed: [FAIL]}
`;
const BANK = 'code: ICBC\nkind: bank\ncolumns: {order_no: ref, amount: amount, value_date: date}\n';

interface Found {
  readonly id: number;
  readonly orderNo: string;
  readonly type: string;
  readonly difference: string;
  readonly ourStatus: string;
  readonly resolution: string;
}

export interface SixDays extends StatementBook {
  /** Writes a statement of receipts in GB18030: order, amount, fee. */
  wx(day: string, total: string, ...lines: readonly string[]): string;
  /** Writes a statement of payments: loan, amount, fee, status. */
  dk(day: string, count: number, total: string, ...lines: readonly string[]): string;
  bank(name: string, ...lines: readonly string[]): string;
  reconcile(kind: string, file: string, channel: string, ...more: readonly string[]): Promise<Ran>;
  /** Breaks of a channel by order: type, difference, our status, resolution. */
  breaks(channel: string, ...more: readonly string[]): Promise<Record<string, string>>;
  idOf(order: string): Promise<string>;
  /** A manual voucher of the open day between receipts in transit and the bank. */
  voucher(reference: string, amount: number): Promise<void>;
  clearing(...more: readonly string[]): Promise<{
    readonly exitCode: number;
    readonly paid: Record<string, unknown>;
    readonly received: Record<string, unknown>;
  }>;
}

/**
 * A book whose first day is closed. Loans L1 to L5 of 1000.00 are paid out by DK on it (1012.01);
 * repayments come by WX (1012.02) and are held for the customers, since nothing is due (2241.01).
 */
export async function sixDays(): Promise<SixDays> {
  const book = await statementBook(DAY[0], ['L1', 'L2', 'L3', 'L4', 'L5']);
  for (const [name, text] of Object.entries({ WX, DK, BANK })) {
    const { exitCode, stderr } = await book.run('channel', 'apply', book.write(name, text));
    if (exitCode !== 0) throw new Error(stderr);
  }
  await book.events(
    // One order of two loans.
    `WX1,L1,repayment,${DAY[0]},60.00,`,
    `WX1,L2,repayment,${DAY[0]},40.00,`,
    // Undone on its own day, behind its statement, and without ever having had a line.
    `WX2,L1,repayment,${DAY[0]},30.00,`,
    `V2,L1,reversal,${DAY[0]},,WX2`,
    `WX3,L2,repayment,${DAY[0]},25.00,`,
    `V3,L2,reversal,${DAY[1]},,WX3`,
    `WX4,L3,repayment,${DAY[0]},15.00,`,
    `V4,L3,reversal,${DAY[1]},,WX4`,
    // The channel is a day ahead: one order of two loans, and a settlement of what is owed.
    `WX5,L1,repayment,${DAY[1]},12.00,`,
    `WX5,L3,repayment,${DAY[1]},8.00,`,
    `WX6,L5,settlement,${DAY[1]},,`,
    `WX7,L3,repayment,${DAY[1]},7.00,`,
  );
  await book.close(DAY[0]);
  const breaksOf = async (...more: readonly string[]) =>
    (await book.run('breaks', 'list', ...more)).said as Found[];
  return {
    ...book,
    wx: (day, total, ...lines) =>
      book.writeGb18030(
        `wx-${day}.csv`,
        `H|+|${lines.length}|+|${total}|+|${day}`,
        '订单号|+|金额|+|手续费|+|状态|+|日期',
        ...lines.map((line) => `${line.replaceAll(',', '|+|')}|+|成功|+|${day}`),
      ),
    dk: (day, count, total, ...lines) =>
      book.write(
        `dk-${day}.csv`,
        `H,${count},${total},${day}`,
        'loan,amount,fee,status,date',
        ...lines.map((line) => `${line},${day}`),
      ),
    bank: (name, ...lines) => book.write(name, 'ref,amount,date', ...lines),
    reconcile: (kind, file, channel, ...more) =>
      book.run('reconcile', kind, file, '--channel', channel, '--by', 'wang', ...more),
    async breaks(channel, ...more) {
      const found = await breaksOf('--channel', channel, ...more);
      return Object.fromEntries(
        found.map(({ orderNo, type, difference, ourStatus, resolution }) => [
          orderNo,
          [type, difference, ourStatus, resolution].filter((word) => word !== '').join(' '),
        ]),
      );
    },
    idOf: async (order) => String((await breaksOf()).find((one) => one.orderNo === order)!.id),
    async voucher(reference, amount) {
      const lines = [
        { account: '1012.02', amount },
        { account: '1002.01', amount: -amount },
      ];
      const made = { source: 'manual', reference, memo: 'm', maker: 'a', lines } as const;
      await book.ask((client) => ownEntry(client, made));
    },
    async clearing(...more) {
      const { exitCode, said, stderr } = await book.run('reconcile', 'clearing', ...more);
      if (said === undefined) throw new Error(stderr);
      const { accounts } = said as { accounts: Record<string, unknown>[] };
      return { exitCode, paid: accounts[0]!, received: accounts[1]! };
    },
  };
}
