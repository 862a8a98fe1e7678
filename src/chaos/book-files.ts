import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDay } from '../accounting/calendar/epoch-day.js';
import { formatAmount, parseAmount } from '../accounting/money/amount-text.js';
import { generateBook } from '../jobs/generate/generate-book.js';
import { packageRoot } from '../package-root.js';

/** Closed before the programme begins; the last of the month; the first of the next. */
export const DAYS = ['2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01'] as const;
export const MONTH = '2026-02';
const LOANS = 2_000;
const SEED = 11;
const HEAD = 'ref,loan_no,type,value_date,business_date,amount,component,seq,due_on,of';

const CHANNEL = `code: WX
name: 微信支付
order_prefix: R
file:
  head: {starts: H, count: 2, amount: 3, date: 4}
  titles: true
columns: {order_no: order, amount: amount, fee: fee, status: status, value_date: date}
statuses: {success: [SUCCESS], failed: [FAIL]}
tolerance: 5
settlement_days: 1
`;
const BANK = 'code: ICBC\nkind: bank\ncolumns: {order_no: ref, amount: amount, value_date: date}\n';

/** Every file that the programme needs, in one folder. */
export interface BookFiles {
  readonly products: readonly string[];
  readonly newProduct: string;
  /** With an account more. */
  readonly ledger: string;
  readonly channels: readonly string[];
  readonly loans: string;
  readonly moreLoans: string;
  /** A file a day of DAYS. */
  readonly repayments: readonly string[];
  readonly wrongRepayments: string;
  readonly events: string;
  readonly vouchers: string;
  readonly statement: string;
  readonly bankStatement: string;
}

/** Generates a book and writes what partners, channels and people send beside it. */
export async function writeBookFiles(folder: string): Promise<BookFiles> {
  mkdirSync(folder);
  const data = join(folder, 'generated');
  const startOn = parseDay(DAYS[0])!;
  await generateBook(
    {
      ...{ loans: LOANS, seed: SEED, startOn, days: DAYS.length, outFolder: data },
      ...{ profile: 'book', repayShare: 3000 },
    },
    () => undefined,
  );
  const write = (name: string, lines: readonly string[]): string => {
    const file = join(folder, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  };
  const products = readdirSync(join(data, 'products')).map((name) => join(data, 'products', name));
  const loans = table(join(data, 'loans.csv'));
  // The second file has every fourth loan, and all that are paid out on a later day.
  const isLater = (row: readonly string[], at: number) => at % 4 === 3 || row[5]! > DAYS[0];
  const first = loans.rows.filter((row, at) => !isLater(row, at));
  const known = new Set(first.map(([loanNo]) => loanNo));
  const old = new Set(first.filter((row) => row[5]! < DAYS[0]).map(([loanNo]) => loanNo));
  const paid = DAYS.map((day, at) => {
    const { head, rows } = table(join(data, `repayments-${day}.csv`));
    const own = at === 0 ? rows.filter(([, loanNo]) => known.has(loanNo)) : rows;
    return {
      head,
      rows: at === 1 ? own.map((row, k) => (old.has(row[1]) ? backDated(row, k) : row)) : own,
    };
  });
  const repayments = paid.map(({ head, rows }, at) =>
    write(`repayments-${DAYS[at]}.csv`, [head, ...rows.map((row) => row.join(','))]),
  );
  return {
    products,
    newProduct: write('product-new.yaml', [nextVersion(readFileSync(products[0]!, 'utf8'))]),
    ledger: write('ledger.yaml', [ledgerWithMore()]),
    channels: [write('channel.yaml', [CHANNEL]), write('bank.yaml', [BANK])],
    loans: write('loans.csv', [loans.head, ...first.map((row) => row.join(','))]),
    moreLoans: write('loans-more.csv', [
      loans.head,
      ...loans.rows.filter(isLater).map((row) => row.join(',')),
    ]),
    repayments,
    wrongRepayments: write('repayments-wrong.csv', [
      paid[3]!.head,
      ...paid[3]!.rows.slice(0, 40).map(([ref, ...rest]) => [`X${ref}`, ...rest].join(',')),
    ]),
    events: write('events.csv', [HEAD, ...eventsOf(paid[0]!.rows, first)]),
    vouchers: write('vouchers.csv', [
      'voucher_no,date,account,debit,credit,memo',
      ...[1, 2, 3].flatMap((k) => [
        `V${k},${DAYS[1]},${k === 3 ? '6421.09' : '6421.01'},${k}00.00,,手续费`,
        `V${k},${DAYS[1]},1002.01,,${k}00.00,手续费`,
      ]),
    ]),
    ...statementsOf(paid[1]!.rows, write),
  };
}

interface Table {
  readonly head: string;
  readonly rows: readonly (readonly string[])[];
}

function table(file: string): Table {
  const [head = '', ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return { head, rows: rows.map((row) => row.split(',')) };
}

/** Every third repayment comes a day late: its loan is folded again. */
function backDated(row: readonly string[], at: number): readonly string[] {
  return at % 3 === 0 ? row.map((field, place) => (place === 2 ? DAYS[0] : field)) : row;
}

function nextVersion(text: string): string {
  const own = text.replace(/^version:.*\n/m, '').replace(/^effective_from:.*$/m, '');
  return `${own.trimEnd()}\nversion: 2\neffective_from: 2026-04-01`;
}

function ledgerWithMore(): string {
  const text = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
  const account = `  - {code: 6421.09, name: Other fees, name_zh: 其他手续费, class: expense,
     normal_side: debit}`;
  return text
    .replace(/^effective_from:.*$/m, `effective_from: ${DAYS[1]}`)
    .replace(/^accounts:$/m, `accounts:\n${account}`);
}

function eventsOf(
  paid: readonly (readonly string[])[],
  loans: readonly (readonly string[])[],
): string[] {
  const reversals = paid
    .filter(([, , , amount]) => amount !== '')
    .slice(0, 6)
    .map(([ref, loanNo], at) => `U${at},${loanNo},reversal,${DAYS[1]},,,,,,${ref}`);
  const others = loans.slice(100, 130).map(([loanNo], at) => {
    const ref = `E${at}`;
    if (at % 3 === 0) return `${ref},${loanNo},fee,${DAYS[1]},,12.00,fee,,2026-03-10,`;
    if (at % 3 === 1) return `${ref},${loanNo},repayment,${DAYS[0]},,50.00,,,,`;
    return `${ref},${loanNo},write_off,${DAYS[1]},,,,,,`;
  });
  return [...reversals, ...others];
}

/** The channel's statement of the second day and the bank's of the day after, with mistakes. */
function statementsOf(
  paid: readonly (readonly string[])[],
  write: (name: string, lines: readonly string[]) => string,
): { statement: string; bankStatement: string } {
  const day = DAYS[1];
  let gross = 0;
  let fees = 0;
  const lines: string[] = [];
  for (const [at, [ref, , , text = '']] of paid.entries()) {
    // The channel forgets every fifteenth order, and knows of no settlement without an amount.
    if (text === '' || at % 15 === 14) continue;
    const amount = parseAmount(text, 2)! + (at % 10 === 9 ? 700 : 0);
    const fee = Math.max(1, Math.floor(amount / 500));
    gross += amount;
    fees += fee;
    lines.push([ref, formatAmount(amount, 2), formatAmount(fee, 2), 'SUCCESS', day].join(','));
  }
  lines.push(`R-unknown,33.00,0.01,SUCCESS,${day}`);
  gross += 3_300;
  fees += 1;
  const head = `H,${lines.length},${formatAmount(gross, 2)},${day}`;
  const net = formatAmount(gross - fees, 2);
  const reference = `WX${day.replaceAll('-', '')}`;
  return {
    statement: write('statement.csv', [head, 'order,amount,fee,status,date', ...lines]),
    bankStatement: write('bank.csv', [
      'ref,amount,date',
      `${reference},${net},${DAYS[2]}`,
      `X1,44.00,${DAYS[2]}`,
    ]),
  };
}

export function followingClose(openDay: string): string[] {
  return ['eod', 'run', '--date', openDay, '--workers', '2', '--tasks', '12'];
}
