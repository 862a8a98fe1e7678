import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../src/package-root.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const HEADER = 'loan_no,product,principal,rate,disbursed_on';
const LOAN = `A1,CASH,1000.00,0.18,${OPEN_DAY}`;
const ROWS_HEADER = 'loan_no,due_on,principal,interest';
const ROWS = [
  'A1,2026-04-20,300.00,11.50',
  'A1,2026-05-04,0.00,5.00',
  'A1,2026-07-31,700.00,30.80',
];

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  const bullet = 'code: ONCE\nrepayment: {method: bullet, periods: 3}\neffective_from: 2024-01-01';
  await applyProduct(book.client, bullet, 'test');
});
afterEach(() => book.reset());
afterAll(() => book.remove());

function loans(...rows: readonly string[]): string {
  return book.file('loans.csv', HEADER, ...rows);
}

function schedules(...lines: readonly string[]): string {
  return book.file('schedules.csv', ...lines);
}

async function storedRows() {
  return await book.rows(
    `SELECT l.loan_no, l.periods, i.seq, i.due_on, i.principal, i.interest, i.balance_after
     FROM loan l JOIN installment i USING (bucket, loan_id) ORDER BY l.loan_no, i.seq`,
  );
}

describe('schedules that go in', () => {
  it('rule their loans; the others are laid by their products', async () => {
    const file = loans('B2,CASH,600.00,0.18,2026-03-28', LOAN, 'C3,CASH,50.00,0.18,2026-03-28');
    const own = schedules(ROWS_HEADER, 'C3,2026-04-01,50.00,0.10', ...ROWS);
    const outcome = await importLoans(book.client, { file, schedules: own });
    expect(outcome).toMatchObject({ rowsRead: 3, rowsTaken: 3, rowsRejected: 0 });
    expect(outcome.schedules).toMatchObject({ file: own, read: 2, taken: 2 });
    const rows = await storedRows();
    const row = (seq: number, due_on: string, ...amounts: readonly number[]) => {
      const [principal, interest, balance_after] = amounts;
      return { loan_no: 'A1', periods: 3, seq, due_on, principal, interest, balance_after };
    };
    expect(rows.filter(({ loan_no: no }) => no === 'A1')).toEqual([
      row(1, '2026-04-20', 30_000, 1150, 70_000),
      row(2, '2026-05-04', 0, 500, 70_000),
      row(3, '2026-07-31', 70_000, 3080, 0),
    ]);
    expect(rows.filter(({ loan_no: no }) => no === 'B2')).toHaveLength(6);
    expect(rows.filter(({ loan_no: no }) => no === 'C3')).toHaveLength(1);
    const [record] = await book.rows(
      'SELECT schedules_name AS name, length(schedules_sha256) AS digits FROM imported_file',
    );
    expect(record).toEqual({ name: 'schedules.csv', digits: 64 });
  });

  it('are as the page of files shows them', async () => {
    const page = readFileSync(join(packageRoot, 'docs/files.md'), 'utf8');
    const [, shown = ''] = /^```csv\n(loan_no,due_on[^`]*)```$/m.exec(page) ?? [];
    const file = loans(`ALT-0007,CASH,10000.00,0.18,${OPEN_DAY}`);
    const own = book.raw('schedules.csv', shown);
    expect(await importLoans(book.client, { file, schedules: own })).toMatchObject({
      rowsTaken: 1,
      schedules: { read: 1, taken: 1 },
    });
  });

  it('may say what can be derived, and agreed fees: these enter as events', async () => {
    const file = book.file(
      'loans.csv',
      `${HEADER},periods,first_due_on,paid_periods`,
      'A1,CASH,1000.00,0.18,2026-02-01,3,2026-02-20,1',
    );
    const own = schedules(
      'balance_after,loan_no,seq,due_on,days,principal,interest,fee,total',
      '700.00,A1,1,2026-02-20,19,300.00,9.00,3.00,312.00',
      '700.00,A1,2,2026-04-20,59,0.00,12.00,4.00,16.00',
      '0.00,A1,3,2026-05-20,30,700.00,10.00,,710.00',
    );
    await importLoans(book.client, { file, schedules: own });
    expect(
      await book.rows('SELECT type, ref, business_date, amount, component, seq FROM event'),
    ).toEqual([
      expect.objectContaining({ type: 2, ref: 'opening' }),
      {
        type: 7,
        ref: 'schedule-fee-2',
        business_date: OPEN_DAY,
        amount: 400,
        component: 4,
        seq: 2,
      },
    ]);
  });

  it('keep the periods of a loan that is repaid at once', async () => {
    const file = book.file('loans.csv', `${HEADER},periods`, `A1,ONCE,9.00,0.18,${OPEN_DAY},3`);
    await importLoans(book.client, {
      file,
      schedules: schedules(ROWS_HEADER, 'A1,2026-06-30,9.00,0.40'),
    });
    expect(await storedRows()).toMatchObject([{ periods: 3, due_on: '2026-06-30' }]);
  });

  // 24% is the cap: 40.00 for two months of 1000.00, 80.00 for four; no row is a period of a month.
  it.each([
    ['at', '40.00', 1],
    ['above', '40.01', 0],
  ])('may cost as much as the cap by the length of their periods: %s it', async (...row) => {
    const [, interest, taken] = row;
    const rows = [`A1,2026-05-28,0.00,${interest}`, 'A1,2026-09-28,1000.00,80.00'];
    const own = schedules(ROWS_HEADER, ...rows);
    const outcome = await importLoans(book.client, {
      file: loans(LOAN),
      schedules: own,
      maxRejects: 1,
    });
    expect(outcome.rowsTaken).toBe(taken);
  });

  it('come with a column mapping of their own', async () => {
    const schedulesMapping = book.raw(
      'map.yaml',
      `kind: schedules
columns:
  loan_no: {from: nr, prefix: A}
  due_on: {from: day, date: D.M.YYYY}
  principal: {from: capital}
  interest: {from: int}
other_columns: ignore
`,
    );
    const own = schedules('nr,day,capital,int,extra', '1,1.4.2026,1000.00,1.00,x');
    const options = { file: loans(LOAN), schedulesMapping, maxRejects: 1 };
    await importLoans(book.client, { ...options, schedules: own, dryRun: true });
    const wrong = schedules('nr,day,capital,int', '1,1.4.26,1000.00,1.00');
    const { rejectFile } = await importLoans(book.client, { ...options, schedules: wrong });
    expect(book.read(rejectFile!)[1]).toBe(`2,schedule.day,malformed_date,1.4.26,${LOAN}`);
  });
});

describe('a schedule that cannot be taken rejects its loan', () => {
  const ALL = 'loan_no,seq,due_on,days,principal,interest,fee,total,balance_after';
  const GOOD = 'A1,1,2026-04-20,23,300.00,11.50,0.00,311.50,700.00';
  const LAST = 'A1,2,2026-05-20,30,700.00,5.00,,,0.00';
  const last = (change: string, by: string) => LAST.replace(change, by);

  it.each([
    ['seq', last(',2,', ',3,'), 'schedule.seq', 'seq_out_of_order', '3'],
    ['word for seq', last(',2,', ',two,'), 'schedule.seq', 'malformed_number', 'two'],
    ['no date', last('2026-05-20', ''), 'schedule.due_on', 'missing_field', ''],
    ['date', last('05-20', '05-32'), 'schedule.due_on', 'malformed_date', '2026-05-32'],
    [
      'never',
      last('2026-05-20', '9999-12-31'),
      'schedule.due_on',
      'due_out_of_range',
      '9999-12-31',
    ],
    ['same day', last('05-20', '04-20'), 'schedule.due_on', 'due_not_ascending', '2026-04-20'],
    ['days', last(',30,', ',x,'), 'schedule.days', 'malformed_number', 'x'],
    ['amount', last('5.00', '5.001'), 'schedule.interest', 'malformed_amount', '5.001'],
    ['negative', last('5.00', '-5.00'), 'schedule.interest', 'amount_negative', '-5.00'],
    ['negative fee', last('5.00,', '5.00,-1'), 'schedule.fee', 'amount_negative', '-1'],
    ['total', last('5.00,,', '5.00,,706.00'), 'schedule.total', 'total_not_sum', '706.00'],
    [
      'balance',
      last(',0.00', ',0.01'),
      'schedule.balance_after',
      'balance_not_principal_left',
      '0.01',
    ],
    [
      'sum',
      last('700.00', '699.00').replace(',0.00', ','),
      'schedule.principal',
      'principal_not_sum',
      '999.00',
    ],
    ['fields', 'A1,2', 'schedule', 'column_count', '2 instead of 9'],
    ['no loan', last('A1', ''), 'schedule.loan_no', 'missing_field', ''],
  ])('%s', async (_name, row, field, rule, value) => {
    const file = loans(LOAN, LOAN.replace('A1', 'B2'));
    const options = { file, schedules: schedules(ALL, '', GOOD, row), maxRejects: 1 };
    const outcome = await importLoans(book.client, options);
    expect(outcome).toMatchObject({ rowsRead: 2, rowsTaken: 1, rowsRejected: 1 });
    expect(book.read(outcome.rejectFile!)).toEqual([
      `line,field,rule,value,${HEADER}`,
      `4,${field},${rule},${value},${LOAN}`,
    ]);
    expect(await book.rows('SELECT loan_no FROM loan')).toEqual([{ loan_no: 'B2' }]);
  });

  it.each([
    [
      'due at disbursement',
      [`A1,${OPEN_DAY},1000.00,0.00`],
      `2,schedule.due_on,first_due_not_after_disbursement,${OPEN_DAY}`,
    ],
    [
      'nothing in the last row',
      ['A1,2026-04-01,1000.00,0.00', 'A1,2026-04-02,0.00,1.00'],
      '3,schedule.principal,last_row_without_principal,0.00',
    ],
    [
      'rows apart',
      ['A1,2026-04-01,1000.00,0.00', 'B2,2026-04-02,1000.00,1.00', 'A1,2026-04-02,0.00,1.00'],
      '4,schedule.loan_no,rows_apart,A1',
    ],
    ['cost', ['A1,2026-04-01,1000.00,900.00'], '2,rate,cost_above_cap,0.18'],
  ])('%s', async (_name, rows, reject) => {
    const file = loans(LOAN, LOAN.replace('A1', 'B2'));
    const options = { file, schedules: schedules(ROWS_HEADER, ...rows), maxRejects: 1 };
    const { rejectFile } = await importLoans(book.client, options);
    expect(book.read(rejectFile!)[1]).toBe(`${reject},${LOAN}`);
  });

  it.each([
    ['periods', '4,,', 'periods,periods_not_rows,4'],
    ['first due', ',2026-04-21,', 'first_due_on,first_due_not_of_schedule,2026-04-21'],
    ['all paid', ',,3', 'paid_periods,paid_to_the_end,3'],
    ['paid ahead', ',,1', 'paid_periods,paid_before_due,1'],
  ])('a loan that says otherwise: %s', async (_name, own, reject) => {
    const row = `A1,CASH,1000.00,0.18,2026-03-01,${own}`;
    const file = book.file('loans.csv', `${HEADER},periods,first_due_on,paid_periods`, row);
    const options = { file, schedules: schedules(ROWS_HEADER, ...ROWS), maxRejects: 1 };
    const { rejectFile } = await importLoans(book.client, options);
    expect(book.read(rejectFile!)[1]).toBe(`2,${reject},${row}`);
  });

  it('a row of no loan: neither the loan before it nor the one behind it is trusted', async () => {
    const other = ROWS.map((row) => row.replace('A1', 'B2'));
    const own = schedules(ROWS_HEADER, ...ROWS, ',2026-08-31,0.00,1.00', ...other);
    const file = loans(LOAN, LOAN.replace('A1', 'B2'));
    const outcome = await importLoans(book.client, { file, schedules: own, maxRejects: 2 });
    expect(book.read(outcome.rejectFile!).slice(1)).toEqual([
      `5,schedule.loan_no,missing_field,,${LOAN}`,
      `5,schedule.loan_no,missing_field,,${LOAN.replace('A1', 'B2')}`,
    ]);
    const stray = ',2026-08-31,0.00,1.00';
    const options = { schedules: schedules(ROWS_HEADER, stray, stray), again: true };
    await book.reset();
    const only = await importLoans(book.client, { ...options, file, maxRejects: 1 });
    expect(book.read(only.rejectFile!)[1]).toMatch(/^2,schedule.loan_no,loan_not_in_file,/);
  });

  it('of a loan that is not in the file; one that the book has is passed over', async () => {
    const own = schedules(ROWS_HEADER, ...ROWS, 'X9,2026-04-01,1.00,0.00');
    const options = { schedules: own, maxRejects: 1 };
    const first = await importLoans(book.client, { ...options, file: loans(LOAN) });
    expect(first).toMatchObject({ rowsRead: 2, rowsTaken: 1, rowsRejected: 1 });
    expect(book.read(first.rejectFile!)[1]).toBe('5,schedule.loan_no,loan_not_in_file,X9,X9,,,,');
    const missing = loans(`X9,CASH,1.00,0.18,${OPEN_DAY}`);
    const second = await importLoans(book.client, { ...options, file: missing });
    expect(second).toMatchObject({ rowsRead: 1, rowsTaken: 1, rowsRejected: 0 });
  });
});

describe('a pair of files', () => {
  it('is refused when its loans were imported before, whatever their schedules', async () => {
    const file = loans(LOAN);
    await importLoans(book.client, { file, schedules: schedules(ROWS_HEADER, ...ROWS) });
    const other = schedules(ROWS_HEADER, 'A1,2026-04-20,1000.00,1.00');
    for (const own of [other, undefined]) {
      await expect(importLoans(book.client, { file, schedules: own })).rejects.toMatchObject({
        code: 'already_imported',
        evidence: { earlierName: 'loans.csv', earlierSchedules: 'schedules.csv' },
      });
    }
    const same = { file, schedules: schedules(ROWS_HEADER, ...ROWS) };
    expect(await importLoans(book.client, same)).toMatchObject({ doneBefore: true, importId: 1 });
    const again = { file, schedules: other, again: true, maxRejects: 1 };
    expect(await importLoans(book.client, again)).toMatchObject({ rowsRejected: 1, importId: 2 });
  });

  it('goes in by one transaction: above the cap nothing does', async () => {
    const file = loans(LOAN, LOAN.replace('A1', 'B2'));
    const own = schedules(ROWS_HEADER, ...ROWS.slice(1));
    await expect(importLoans(book.client, { file, schedules: own })).rejects.toMatchObject({
      code: 'too_many_rejects',
      exitCode: 4,
    });
    expect(await book.rows('SELECT FROM loan')).toEqual([]);
  });

  it.each([
    ['missing', null, 'file_missing', 2],
    ['empty', '', 'file_empty', 1],
    ['with another header', 'loan_no,due_on,principal\n', 'wrong_header', 1],
    ['cut off', `${ROWS_HEADER}\nA1,2026-04-20,1000.00`, 'file_truncated', 1],
    ['with a stray quote', `${ROWS_HEADER}\nA1,"2"0,1,1\n`, 'csv_malformed', 1],
  ])('is refused as a whole with schedules %s', async (_name, text, code, exitCode) => {
    const file = book.file('whole.csv', HEADER, LOAN);
    const own = text === null ? `${file}.none` : book.raw('schedules.csv', text);
    const refused = importLoans(book.client, { file, schedules: own, maxRejects: 9 });
    await expect(refused).rejects.toMatchObject({ code, exitCode });
    expect(await book.rows('SELECT FROM loan')).toEqual([]);
    expect(existsSync(`${file}.rejects.csv`)).toBe(false);
  });
});

it('20,000 loans find their schedules in another order', async () => {
  const numbers = Array.from({ length: 20_000 }, (_, at) => `L${at}`);
  const file = loans(...numbers.map((loanNo) => LOAN.replace('A1', loanNo)));
  const rows = numbers.toReversed().flatMap((loanNo, at) => {
    // No two neighbours alike; every tenth is laid by its product.
    const interest = `${1 + (at % 7)}.00`;
    const all = [`${loanNo},2026-04-20,300.00,${interest}`, `${loanNo},2026-07-31,700.00,9.00`];
    return at % 10 === 0 ? [] : all;
  });
  const seen: number[] = [];
  const outcome = await importLoans(book.client, {
    file,
    schedules: schedules(ROWS_HEADER, ...rows),
    onProgress: (done, total) => seen.push(done / total),
  });
  expect(outcome).toMatchObject({ rowsTaken: 20_000, schedules: { read: 18_000, taken: 18_000 } });
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  const [found] = await book.rows(
    `SELECT count(*) AS n FROM loan l JOIN schedule s USING (bucket, loan_id)
     WHERE (19999 - substr(l.loan_no, 2)::integer) % 10 > 0
       AND s.interest = ARRAY[100 + 100 * ((19999 - substr(l.loan_no, 2)::integer) % 7), 900]::bigint[]`,
  );
  expect(found).toEqual({ n: 18_000 });
}, 60_000);
