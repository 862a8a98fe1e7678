import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HAND_DAYS, type HandBook, handBook } from '../../scenarios/hand-book.js';
import { hasHledger, hledgerBalances, strictCheck } from '../../support/hledger.js';

let book: HandBook;
beforeAll(async () => {
  book = await handBook();
});
afterAll(() => book?.drop());

const RANGE = ['--from', HAND_DAYS[0], '--to', HAND_DAYS[3]];
const file = (name: string) => join(book.folder, name);

type Row = Readonly<Record<string, string | null>>;

/** The document that a command prints with --json. */
async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await book.loanbook(...args, '--json');
  expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function rows(name: string, ...args: string[]): Promise<Row[]> {
  return (await json(...args))[name] as Row[];
}

function pick(row: Row, ...keys: string[]): (string | null)[] {
  return keys.map((key) => row[key] ?? null);
}

describe('the trial balance of a range', () => {
  it('has the balance before, the turnover of the days and the balance behind them', async () => {
    const days = ['--from', '2026-03-29', '--as-of', '2026-03-30'];
    const lines = await rows('lines', 'gl', 'trial-balance', ...days);
    const line = (code: string) =>
      pick(lines.find(({ account }) => account === code)!, 'opening', 'debit', 'credit', 'closing');
    // 5.00 on 29 Mar, 1,000.00 and 400.00 on 30 Mar.
    expect(line('1012.02')).toEqual(['0.00', '1405.00', '0.00', '1405.00']);
    // 36,500.00 and 1,000.00 lent; the 1,000.00 written off.
    const [opening] = line('1303.01');
    expect(opening).toBe('37500.00');
    // 1,000.00 written off, 400.00 of it recovered.
    expect(line('1304.01')).toEqual(['0.00', '1000.00', '400.00', '600.00']);
    expect(line('7102.01')).toEqual(['0.00', '1000.00', '400.00', '600.00']);
  });
});

describe('the general ledger', () => {
  it('shows each day of an account', async () => {
    const lines = await rows('lines', 'gl', 'ledger', '--account', '1012.02', ...RANGE);
    const shown = lines.map((row) =>
      pick(row, 'businessDate', 'opening', 'debit', 'credit', 'closing'),
    );
    // An account appears when it first moves. On 31 Mar R2 is reversed and 12.34 entered.
    expect(shown).toEqual([
      ['2026-03-29', '0.00', '5.00', '0.00', '5.00'],
      ['2026-03-30', '5.00', '1400.00', '0.00', '1405.00'],
      ['2026-03-31', '1405.00', '12.34', '1000.00', '417.34'],
    ]);
  });

  it('of all accounts ends at the trial balance', async () => {
    const last = new Map<string, string>();
    for (const row of await rows('lines', 'gl', 'ledger', ...RANGE)) {
      last.set(row.account!, row.closing!);
    }
    const balance = await rows('lines', 'gl', 'trial-balance');
    expect(balance.map(({ account, closing }) => [account, closing])).toEqual(
      balance.map(({ account }) => [account, last.get(account!) ?? '0.00']),
    );
    expect(last.size).toBeGreaterThan(10);
  });
});

describe('the statement of an account', () => {
  it('has each line with what it is for, and the balance behind it', async () => {
    const document = await json('gl', 'statement', '1012.02', ...RANGE);
    expect(document).toMatchObject({
      opening: '0.00',
      closing: '417.34',
      nameZh: expect.any(String),
    });
    const lines = document.lines as Row[];
    const shown = lines.map((row) =>
      pick(row, 'businessDate', 'memo', 'ref', 'loanNo', 'debit', 'credit'),
    );
    const of = (...days: string[]) =>
      shown.filter(([day]) => days.includes(day!)).sort((a, b) => (a[2]! < b[2]! ? -1 : 1));
    expect(shown[0]).toEqual(['2026-03-28', '期初余额', null, null, null, null]);
    expect(of('2026-03-29')).toEqual([['2026-03-29', '还款', 'R1', 'H1', '5.00', null]]);
    expect(of('2026-03-30')).toEqual([
      ['2026-03-30', '核销收回', 'C1', 'H2', '400.00', null],
      ['2026-03-30', '还款', 'R2', 'H1', '1000.00', null],
    ]);
    expect(shown.slice(-3)).toEqual([
      ['2026-03-31', '还款', 'R2', 'H1', null, '1000.00'],
      ['2026-03-31', '渠道更正; 12.34 | 元', 'M-1', null, '12.34', null],
      ['2026-03-31', '期末余额', null, null, '1417.34', '1000.00'],
    ]);
    expect(lines.slice(-3).map(({ balance }) => balance)).toEqual(['405.00', '417.34', '417.34']);
  });

  it('goes into a file, and begins anywhere', async () => {
    const out = file('statement.csv');
    const range = ['--from', '2026-03-31', '--to', '2026-03-31'];
    expect(await book.loanbook('gl', 'statement', '1012.02', ...range, '--out', out)).toMatchObject(
      { exitCode: 0, stdout: expect.stringContaining('opening   1405.00') },
    );
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toBe('2026-03-31,,,期初余额,,,,,,1405.00');
  });
});

describe('the sub-ledger', () => {
  it('has each loan of an account, and its total is the account', async () => {
    const args = ['--as-of', '2026-03-30'];
    const lines = await rows('lines', 'gl', 'subledger', ...args);
    const principal = lines.filter(({ account }) => account!.startsWith('1303.'));
    const sum = (loanNo: string) =>
      principal.filter((row) => row.loanNo === loanNo).map(({ balance }) => balance);
    // 36,500.00 less 985.00: 5.00 held and 1,000.00 paid 20.00 of interest first.
    expect(sum('H1')).toEqual(['35515.00']);
    expect(sum('H2')).toEqual([]);
    const totals = lines.filter(({ loanNo }) => loanNo === '合计 total');
    const balance = await rows('lines', 'gl', 'trial-balance', ...args);
    const closing = new Map(balance.map((line) => [line.account, line.closing]));
    expect(totals.map((row) => row.balance)).toEqual(
      totals.map(({ account }) => closing.get(account!)),
    );
    // Ten of the lender's loans, two of what partners have of them.
    expect(totals).toHaveLength(12);
  });
});

describe('the statement of a customer', () => {
  it('splits each repayment, and says what is held and owed', async () => {
    const document = await json('loan', 'statement', 'H1', '--to', '2026-03-30');
    const shown = (document.transactions as Row[]).map((row) =>
      pick(row, 'type', 'amount', 'principal', 'interest', 'suspense', 'suspenseBalance').concat(
        row.principalBalance!,
      ),
    );
    // Two nights of 10.00 fall due on 30 Mar: 5.00 held pays first, then R2 pays 15.00 and 985.00.
    expect(shown).toEqual([
      ['放款', '36500.00', null, null, null, '0.00', '36500.00'],
      ['还款', '5.00', null, null, '5.00', '5.00', '36500.00'],
      ['暂收抵扣', null, null, '5.00', '-5.00', '0.00', '36500.00'],
      ['还款', '1000.00', '985.00', '15.00', null, '0.00', '35515.00'],
    ]);
    const owed = document.owed as Row[];
    expect(owed.map((row) => pick(row, 'item', 'due', 'total'))).toEqual([
      ['principal', '35515.00', '35515.00'],
      ['interest', '0.00', '0.00'],
      // 1.5 times 10% of 35,515.00 for the night to 31 Mar: 14.5952.
      ['penalty', '14.60', '14.60'],
      ['compound', '0.00', '0.00'],
      ['fee', '0.00', '0.00'],
      ['refund_due', '0.00', '0.00'],
      ['total', '35529.60', '35529.60'],
      ['suspense', null, '0.00'],
    ]);
  });

  it('shows what a reversal took back on the day that it was booked', async () => {
    const range = ['--from', '2026-03-31'];
    const [opening, correction, ...others] = await rows(
      'transactions',
      ...['loan', 'statement', 'H1', ...range],
    );
    expect(opening).toMatchObject({ type: '期初余额', principalBalance: '35515.00' });
    expect(correction).toMatchObject({
      businessDate: '2026-03-31',
      type: '更正-还款',
      ref: 'R2',
      amount: '-1000.00',
      principal: '-985.00',
      interest: '-15.00',
      principalBalance: '36500.00',
    });
    expect(others.map(({ type }) => type)).toEqual(['冲正']);
  });

  it('says of a loan that was written off what is still owed', async () => {
    const document = await json('loan', 'statement', 'H2');
    const shown = (document.transactions as Row[]).map((row) =>
      pick(row, 'type', 'amount', 'principal', 'principalBalance'),
    );
    expect(shown).toEqual([
      ['放款', '1000.00', null, '1000.00'],
      ['还款', '400.00', '400.00', '600.00'],
    ]);
    expect((document.owed as Row[])[0]).toMatchObject({ due: '600.00', total: '600.00' });
  });

  it('is a workbook of three sheets, a CSV file of its transactions, and a page', async () => {
    const out = file('H1.csv');
    await book.loanbook('loan', 'statement', 'H1', '--out', out);
    expect(readFileSync(out, 'utf8')).toMatch(/^\ufeff入账日,起息日,类型,流水号,金额,本金,利息,/);
    const { stdout } = await book.loanbook('loan', 'statement', 'H1', '--out', file('H1.xlsx'));
    expect(stdout).toContain('H1.xlsx');
    const page = await book.loanbook('loan', 'statement', 'H1');
    expect(page.stdout).toMatch(/^借据号 +loanNo +H1$/m);
    expect(page.stdout).toMatch(/^暂收款余额 +suspense +0\.00$/m);
  });
});

describe('the vouchers for the finance system', () => {
  const LAYOUT = `name: n
delimiter: tab
encoding: gb18030
line_end: crlf
amount_unit: fen
columns:
  - {title: 账套, constant: "001"}
  - {title: 日期, field: business_date, date: YYYY/M/D}
  - {title: 摘要, field: memo}
  - {title: 科目, field: account}
  - {title: 方向, field: side, values: {debit: 借, credit: 贷}}
  - {title: 金额, field: absolute}
  - {title: 借, field: debit, empty: "0"}
  - {title: 借据, field: loan_no}
`;

  async function exported(layout: string, day: string, ...more: string[]) {
    const [from, out] = [file('layout.yaml'), file('vouchers.txt')];
    writeFileSync(from, layout);
    const range = ['--from', day, '--to', day];
    const args = ['gl', 'export', 'vouchers', '--layout', from, ...range, '--out', out, ...more];
    return { ...(await book.loanbook(...args)), out };
  }

  it('are lines in the columns, unit and encoding that the layout declares', async () => {
    const { stdout, out } = await exported(LAYOUT, '2026-03-29', '--json');
    // 29 Mar: 5.00 of H1 held; H2 written off, in the books and beside them; 10.00 accrued, the
    // second night: of the tax within 20.00, 1.13, the first night took 0.57.
    const turnover = { vouchers: 4, lines: 10, debit: '2015.56', credit: '2015.56' };
    expect(JSON.parse(stdout)).toMatchObject(turnover);
    const text = new TextDecoder('gb18030').decode(readFileSync(out));
    const [title, ...lines] = text.replace(/\r\n$/, '').split('\r\n');
    expect(title).toBe('账套\t日期\t摘要\t科目\t方向\t金额\t借\t借据');
    expect(lines.sort()).toEqual(
      [
        '001\t2026/3/29\t还款\t1012.02\t借\t500\t500\tH1',
        '001\t2026/3/29\t还款\t2241.01\t贷\t500\t0\tH1',
        '001\t2026/3/29\t核销\t1303.01\t贷\t100000\t0\tH2',
        '001\t2026/3/29\t核销\t1304.01\t借\t100000\t100000\tH2',
        '001\t2026/3/29\t核销\t7102.01\t借\t100000\t100000\tH2',
        '001\t2026/3/29\t核销\t7102.99\t贷\t100000\t0\tH2',
        '001\t2026/3/29\t计提\t1132.01\t借\t1000\t1000\t',
        '001\t2026/3/29\t计提\t6011.01\t贷\t1000\t0\t',
        '001\t2026/3/29\t价税分离\t6011.01\t借\t56\t56\t',
        '001\t2026/3/29\t价税分离\t2221.02\t贷\t56\t0\t',
      ].sort(),
    );
  });

  it('are yuan and UTF-8 with a byte order mark unless the layout says otherwise', async () => {
    const layout = 'name: n\nheader: false\ncolumns:\n  - {title: a, field: amount}\n';
    const { out } = await exported(layout, '2026-03-29');
    const text = readFileSync(out, 'utf8');
    expect(text.charCodeAt(0)).toBe(0xfeff);
    const lines = text.slice(1).split('\r\n');
    expect(lines).toEqual(expect.arrayContaining(['5.00', '-5.00', '1000.00', '-1000.00']));
  });

  it('need a value for each that is mapped, else nothing is written', async () => {
    await exported(LAYOUT, '2026-03-29');
    const before = readFileSync(file('vouchers.txt'));
    const layout = LAYOUT.replace('field: account', 'field: account, values: {"1012.02": "1"}');
    const { exitCode, stderr } = await exported(layout, '2026-03-29');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/column: 科目\n {2}field: account\n {2}value: \d{4}\.\d\d\n/);
    expect(readFileSync(file('vouchers.txt'))).toEqual(before);
    const unknown = await exported(LAYOUT.replace('loan_no', 'loan_nr'), '2026-03-29');
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toMatch(/columns\[7\]\.field: must be one of .*; got loan_nr/);
    expect(readFileSync(file('vouchers.txt'))).toEqual(before);
  });
});

describe.skipIf(!hasHledger)('the journal for hledger', () => {
  it('is accepted, and hledger finds the balances of the trial balance', async () => {
    for (const from of [HAND_DAYS[0], '2026-03-30']) {
      const out = file(`${from}.journal`);
      const range = ['--from', from, '--to', HAND_DAYS[3]];
      await json('gl', 'export', 'hledger', ...range, '--out', out);
      expect(strictCheck(out)).toBe('');
      const balance = await rows('lines', 'gl', 'trial-balance');
      const closing = Object.fromEntries(balance.map((line) => [line.account, line.closing]));
      expect(hledgerBalances(out)).toEqual(closing);
    }
  });

  it('is refused by hledger where one amount is not the ledger’s', async () => {
    const text = readFileSync(file(`${HAND_DAYS[0]}.journal`), 'utf8');
    const out = file('wrong.journal');
    const wrong = text.replaceAll('12.34 CNY', '12.35 CNY');
    expect(wrong).not.toBe(text);
    writeFileSync(out, wrong);
    expect(strictCheck(out)).toContain('417.34');
  });
});

describe('what is asked for wrongly', () => {
  const LEDGER = ['gl', 'ledger', '--from'];
  it.each([
    [['gl', 'statement', '9999', ...RANGE], 'chart of accounts', 'account: 9999'],
    [[...LEDGER, '2026-03-30', '--to', '2026-03-29'], 'ends before', 'from: 2026-03-30'],
    [[...LEDGER, '2026-03-30', '--to', '2026-04-01'], 'sealed', 'lastSealed: 2026-03-31'],
    [[...LEDGER, '2026-03-27', '--to', '2026-03-29'], 'sealed', 'firstSealed: 2026-03-28'],
    [['gl', 'subledger', '--account', '1012.01'], 'no sub-ledger', 'account: 1012.01'],
    [['gl', 'export', 'hledger', '--from', '2026-03-30', '--to', '2026-04-09'], 'sealed', 'to:'],
    [['loan', 'statement', 'H1', '--to', '2026-04-09'], 'sealed', 'lastSealed: 2026-03-31'],
  ])('%j is refused with evidence and next step, and writes nothing', async (args, says, shows) => {
    const before = readdirSync(book.folder);
    const { exitCode, stdout, stderr } = await book.loanbook(...args, '--out', file('no.json'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain(shows);
    expect(stderr).toMatch(/^next: ./m);
    expect(readdirSync(book.folder)).toEqual(before);
  });

  it('a file of no known ending, or in no folder, is refused', async () => {
    const ask = (out: string) => book.loanbook('gl', 'subledger', '--out', file(out));
    expect(await ask('a.pdf')).toMatchObject({ exitCode: 2 });
    const nowhere = await ask('none/a.csv');
    expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('ENOENT') });
    expect(existsSync(file('a.pdf'))).toBe(false);
  });
});

// Last: it changes what was sealed.
describe('a ledger that does not tie', () => {
  it('gives no books: each says what differs, and the file of before stays', async () => {
    await book.ask(async (client) => {
      await client.query(`UPDATE gl_balance g SET debit = debit + 1, balance = balance + 1
        FROM account a WHERE a.account_id = g.account_id AND a.code IN ('1012.02', '2241.01')
          AND g.group_id = 1
          AND g.business_date = '${HAND_DAYS[3]}'`);
    }, 'owner');
    const out = file('kept.csv');
    writeFileSync(out, 'kept');
    for (const [args, rule] of [
      [['gl', 'statement', '1012.02', ...RANGE], '417.35'],
      [['gl', 'subledger', '--account', '2241.01'], '0.01'],
      [['gl', 'export', 'hledger', ...RANGE], 'turnover'],
    ] as const) {
      const { exitCode, stderr } = await book.loanbook(...args, '--out', out);
      expect({ args, exitCode }).toEqual({ args, exitCode: 3 });
      expect(stderr).toContain(rule);
      expect(readFileSync(out, 'utf8')).toBe('kept');
      expect(existsSync(`${out}.part`)).toBe(false);
    }
  });
});
