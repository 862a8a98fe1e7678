import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importBalances } from '../../../../src/jobs/import/balances/import-balances.js';
import { cancelImport } from '../../../../src/jobs/import/cancel-import.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const LOANS = [
  'loan_no,product,product_version,principal,rate,disbursed_on',
  // 766.80 and 778.30 of principal are due on 20 January and 20 February; 7,664.92 behind the third.
  'A1,CASH,1,10000.00,0.18,2025-12-20',
  'B2,CASH,1,10000.00,0.18,2025-12-20',
  `NEW,CASH,1,10000.00,0.18,${OPEN_DAY}`,
];

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
beforeEach(async () => {
  await importLoans(book.client, { file: book.file('loans.csv', ...LOANS) });
});
afterEach(() => book.reset());
afterAll(() => book.remove());

const GOOD = { loan_no: 'A1', principal_not_due: '7664.92', interest_accrued: '26.83' };
const ROW = {
  loan_no: 'A1',
  seq: '3',
  due_on: '2026-03-20',
  principal: '389.98',
  interest: '26.82',
};

function file(name: string, ...rows: readonly Readonly<Record<string, string>>[]): string {
  const titles = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => titles.map((title) => row[title] ?? '').join(','));
  return book.file(name, titles.join(','), ...lines);
}

/** The rule, field and line by which the only row is rejected; empty where it goes in. */
async function rejected(
  balance: Readonly<Record<string, string>>,
  ...installments: readonly Readonly<Record<string, string>>[]
): Promise<string> {
  const balances = file('balances.csv', balance);
  const rows = installments.length === 0 ? undefined : file('rows.csv', ...installments);
  const options = { file: balances, installments: rows, maxRejects: 1, dryRun: true };
  const { rejectFile } = await importBalances(book.client, options);
  if (rejectFile === null) return '';
  const [line, field, rule, value] = book.read(rejectFile)[1]!.split(',');
  return `${rule} ${field} ${line} ${value}`;
}

describe('positions that go in', () => {
  it('stand with the contract of their loan, their instalments as arrays', async () => {
    const outcome = await importBalances(book.client, {
      file: file('balances.csv', { ...GOOD, suspense: '1.50', periods_paid: '2', class: 'loss' }),
      installments: file('rows.csv', ROW),
    });
    expect(outcome).toMatchObject({
      ...{ rowsRead: 1, rowsTaken: 1, amount: 766_492 },
      schedules: { read: 1, taken: 1 },
      // A week past due.
      ages: {
        differing: 1,
        first: [{ loanNo: 'A1', field: 'class', said: 'loss', here: 'special_mention' }],
      },
    });
    expect(await book.rows('SELECT * FROM opening_position')).toMatchObject([
      {
        ...{ cut_over_on: '2026-03-27', principal_not_due: 766_492, interest_accrued: 2683 },
        ...{ suspense: 150, accruing: true, written_off: false, periods_paid: 2 },
        ...{ seq: [3], due_on: ['2026-03-20'], free_until: ['9999-12-31'], principal: [38_998] },
      },
    ]);
  });

  it('are taken back with their import, and are in the way of that of their loans', async () => {
    const { importId } = await importBalances(book.client, {
      file: file('balances.csv', GOOD),
      installments: file('rows.csv', ROW),
    });
    const reason = 'sent too early';
    await expect(cancelImport(book.client, { importId: 1, reason })).rejects.toMatchObject({
      code: 'import_in_use',
    });
    await cancelImport(book.client, { importId: importId!, reason });
    expect(await book.rows('SELECT FROM opening_position')).toHaveLength(0);
    await cancelImport(book.client, { importId: 1, reason });
  });
});

describe('positions that are rejected', () => {
  const instalment = (more: Readonly<Record<string, string>>) => ({ ...ROW, ...more });
  it.each([
    [{ loan_no: 'C3' }, [], 'unknown_loan loan_no 2 C3'],
    [{ loan_no: 'NEW' }, [], 'loan_not_running loan_no 2 NEW'],
    [{ principal_not_due: '1.0.0' }, [ROW], 'malformed_amount principal_not_due 2 1.0.0'],
    [{ principal_not_due: '-1.00' }, [ROW], 'amount_negative principal_not_due 2 -1.00'],
    [{ principal_not_due: '9700.00' }, [ROW], 'principal_above_loan principal_not_due 2 9700.00'],
    [{ accruing: 'yes' }, [ROW], 'malformed_flag accruing 2 yes'],
    [{ class: 'good' }, [ROW], 'unknown_class class 2 good'],
    [{ periods_paid: '3' }, [ROW], 'periods_paid_not_due periods_paid 2 3'],
    [{ cut_over_on: '2026-03-26' }, [ROW], 'cut_over_not_before_open_day cut_over_on 2 2026-03-26'],
    [{ principal: '8054.91' }, [ROW], 'total_not_sum principal 2 8054.91'],
    [{ interest_due: '26.81' }, [ROW], 'total_not_sum interest_due 2 26.81'],
    [{}, [instalment({ seq: '4' })], 'seq_not_due installment.seq 2 4'],
    [
      {},
      [instalment({ principal: '0', interest: '' })],
      'nothing_open installment.principal 2 0.00',
    ],
    [{}, [instalment({ principal: 'x' })], 'malformed_amount installment.principal 2 x'],
    [{}, [ROW, instalment({ seq: '2' })], 'seq_out_of_order installment.seq 3 2'],
    [
      {},
      [ROW, instalment({ seq: '4', due_on: '2026-04-20' })],
      'rows_not_principal principal_not_due 2 7664.92',
    ],
    [
      {},
      [instalment({ free_until: '2026-03-19' })],
      'free_before_due installment.free_until 2 2026-03-19',
    ],
  ])('%j %j: %s', async (more, rows, expected) => {
    expect(await rejected({ ...GOOD, ...more }, ...rows)).toBe(expected);
  });

  it('where the loan has one already, twice in a file, or rows of no loan of it', async () => {
    const balances = file('balances.csv', GOOD, { ...GOOD, interest_accrued: '1.00' });
    const installments = file('rows.csv', { ...ROW, loan_no: 'B2' }, ROW);
    const options = { file: balances, installments, maxRejects: 9 };
    const { rejectFile } = await importBalances(book.client, options);
    const shown = book
      .read(rejectFile!)
      .slice(1)
      .map((line) => line.split(',').slice(0, 4).join(' '));
    expect(shown.sort()).toEqual([
      '2 installment.loan_no loan_not_in_file B2',
      '3 loan_no loan_no_repeated A1',
    ]);
    expect(await rejected(GOOD)).toBe('position_in_book loan_no 2 A1');
  });

  it('where agreed fees came with the loan, for rows that are due', async () => {
    const loan = LOANS[1]!.replace('A1', 'F6').replace('CASH,1', 'CASH,');
    await importLoans(book.client, {
      file: book.file('fees.csv', LOANS[0]!, loan),
      schedules: book.file(
        'own.csv',
        'loan_no,due_on,principal,interest,fee',
        'F6,2026-01-20,5000.00,150.00,7.00',
        'F6,2026-06-20,5000.00,375.00,',
      ),
    });
    const balance = { loan_no: 'F6', principal_not_due: '5000.00' };
    expect(await rejected(balance)).toBe('fees_with_the_loan loan_no 2 F6');
  });
});

it('an event of before the open day waits for the close to refuse it', async () => {
  const events = book.file(
    'events.csv',
    'ref,loan_no,type,value_date,amount',
    'E1,A1,repayment,2026-03-01,5.00',
    'E2,A1,charge_back,2026-03-28,5.00',
  );
  expect(await importEvents(book.client, { file: events })).toMatchObject({ rowsTaken: 2 });
});
