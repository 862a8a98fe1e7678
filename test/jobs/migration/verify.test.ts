import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlPieces } from '../../../src/files/html-report.js';
import { importBalances } from '../../../src/jobs/import/balances/import-balances.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type Verified, verifyBook } from '../../../src/jobs/migration/verify/verify-book.js';
import { verifyReport } from '../../../src/jobs/migration/verify/verify-report.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const LOANS = 'loan_no,product,product_version,principal,rate,disbursed_on,org';
const BALANCES =
  'loan_no,principal_not_due,interest_accrued,suspense,principal,interest_due,days_past_due,class';
const INSTALLMENTS = 'loan_no,seq,due_on,principal,interest';
const SCHEDULES = 'loan_no,seq,due_on,principal,interest';

let book: ImportBook;
let balances: string;

/**
 * Two loans of 10,000.00 at 18% over twelve months, 916.80 a month. A has paid two instalments and
 * half of the third (see test/jobs/eod/stream/opened-positions.test.ts), B none. At the close of
 * 27 March A is 7 days past due, B 23 of February and 27 of March: 50.
 */
beforeAll(async () => {
  book = await importBook();
  const loans = [
    'A,CASH,1,10000.00,0.18,2025-12-20,NORTH',
    'B,CASH,1,10000.00,0.18,2026-01-05,SOUTH',
  ];
  await importLoans(book.client, { file: book.file('loans.csv', LOANS, ...loans) });
  balances = book.file(
    'balances.csv',
    BALANCES,
    'A,7664.92,30.66,12.34,8054.90,26.82,7,special_mention',
    'B,8454.90,90.00,0,10000.00,288.50,50,special_mention',
  );
  const installments = book.file(
    'installments.csv',
    INSTALLMENTS,
    'A,3,2026-03-20,389.98,26.82',
    'B,1,2026-02-05,766.80,150.00',
    'B,2,2026-03-05,778.30,138.50',
  );
  await importBalances(book.client, { file: balances, installments });
}, 60_000);
afterAll(() => book?.remove());

function verify(files: { balances?: string; schedules?: string }): Promise<Verified> {
  const their = (file: string | undefined) => (file === undefined ? [] : [{ file }]);
  return verifyBook(book.client, {
    balances: their(files.balances),
    schedules: their(files.schedules),
  });
}

describe('the proof of a migration', () => {
  it('agrees with the positions that came, by product, class and organisation', async () => {
    const verified = await verify({ balances });
    expect(verified.differences).toEqual([]);
    expect(verified).toMatchObject({ agrees: true, loans: 2, withPosition: 2, differing: 0 });
    const line = (dimension: string, group: string, measure: string) =>
      verified.sums.find(
        (one) => one.dimension === dimension && one.group === group && one.measure === measure,
      );
    // 7,664.92 + 8,454.90; 389.98 + 766.80 + 778.30 are open beside them.
    expect(line('all', '', 'principal_not_due')).toMatchObject({
      theirs: '16119.82',
      ours: '16119.82',
      difference: '0.00',
    });
    expect(line('all', '', 'principal')).toMatchObject({ theirs: '18054.90', ours: '18054.90' });
    expect(line('org', 'NORTH', 'principal')).toMatchObject({ ours: '8054.90' });
    expect(line('class', 'special_mention', 'loans')).toMatchObject({ theirs: '2', ours: '2' });
    // Neither file nor book says a penalty: nothing is compared.
    expect(line('all', '', 'penalty_due')).toMatchObject({ theirs: null, difference: null });
  });

  it('names each figure that differs, and the loan that is not there', async () => {
    const wrong = book.file(
      'wrong.csv',
      BALANCES,
      'A,7664.91,30.66,12.34,8054.90,26.82,9,special_mention',
      'B,8454.90,90.00,0,10000.00,288.50,50,normal',
      'C,1.00,0,0,1.00,0,0,normal',
    );
    const { agrees, differences, sums } = await verify({ balances: wrong });
    expect(agrees).toBe(false);
    expect(differences.map((one) => [one.loanNo, one.field, one.theirs, one.ours])).toEqual([
      ['A', 'principal_not_due', '7664.91', '7664.92'],
      ['A', 'days_past_due', '9', '7'],
      ['B', 'class', 'normal', 'special_mention'],
      ['C', '', '', ''],
    ]);
    const all = sums.find((one) => one.dimension === 'all' && one.measure === 'principal_not_due');
    expect(all?.difference).toBe('0.01');
  });

  it('explains a schedule that another convention lays', async () => {
    // By hand: 1.5% of 10,000.00 is 150.00, the payment 916.7999... rounds to 916.80. Rounded down
    // it is 916.79: the first principal is 766.79. B is as our product lays it.
    const lines = await otherSchedules();
    const schedules = book.file('schedules.csv', SCHEDULES, ...lines);
    const verified = await verify({ schedules });
    expect(verified).toMatchObject({ schedulesCompared: 2, schedulesMet: 1, differing: 1 });
    expect(verified.differences[0]).toMatchObject({
      loanNo: 'A',
      about: 'schedule',
      seq: 1,
      field: 'principal',
      theirs: '766.79',
      ours: '766.80',
      difference: 'payment_rounding: down',
    });
    expect(verified.explained).toEqual([
      { about: 'schedule', why: 'payment_rounding: down', count: 1 },
    ]);
  });

  it('is a page to sign that says nothing but text', async () => {
    const hostile = book.file('hostile.csv', BALANCES, '<script>1</script>,1,0,0,1,0,0,normal');
    const report = verifyReport(await verify({ balances: hostile }));
    let page = '';
    for await (const piece of htmlPieces('迁移核对报告', report)) page += piece;
    expect(page).toContain('签字确认');
    expect(page).toContain('&lt;script&gt;1&lt;/script&gt;');
    expect(page).not.toContain('<script');
  });
});

/** A level payment of 916.79 worked out row by row, and the stored schedule of B. */
async function otherSchedules(): Promise<string[]> {
  const days = await book.rows(
    `SELECT l.loan_no, i.seq::int, i.due_on::text, i.principal, i.interest FROM installment i
     JOIN loan l USING (bucket, loan_id) ORDER BY l.loan_no, i.seq`,
  );
  let balance = 1_000_000;
  return days.map(({ loan_no: loanNo, seq, due_on: dueOn, principal, interest }) => {
    if (loanNo !== 'A') return `B,${seq},${dueOn},${yuan(principal)},${yuan(interest)}`;
    const own = Math.round((balance * 15) / 1000);
    const repaid = seq === 12 ? balance : 91_679 - own;
    balance -= repaid;
    return `A,${seq},${dueOn},${yuan(repaid)},${yuan(own)}`;
  });
}

function yuan(fen: unknown): string {
  return (Number(fen) / 100).toFixed(2);
}
