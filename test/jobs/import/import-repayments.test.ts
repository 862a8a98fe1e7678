import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../../src/jobs/import/import-repayments.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const HEADER = 'ref,loan_no,value_date,amount,type';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
beforeEach(async () => {
  const loans = book.file(
    'loans.csv',
    'loan_no,product,principal,rate,disbursed_on',
    'A1,CASH,10000.00,0.18,2026-01-15',
    'A2,CASH,10000.00,0.18,2026-04-02',
  );
  await importLoans(book.client, { file: loans });
});
afterEach(() => book.reset());
afterAll(() => book.remove());

describe('repayments', () => {
  it('go in on their value date, late ones on the open day, in the order of the file', async () => {
    const file = book.file(
      'repayments.csv',
      HEADER,
      'R1,A1,2026-04-15,916.80,repayment',
      `R2,A1,${OPEN_DAY},0.01,`,
      'R1,A2,2026-04-02,100,',
      'S1,A1,2026-04-16,,settlement',
      'S1,A2,2026-04-16,10000.00,settlement',
      'LATE,A1,2026-03-27,2.00,',
    );
    const outcome = await importRepayments(book.client, { file });
    expect(outcome).toMatchObject({ rowsTaken: 6, amount: 91_680 + 1 + 10_000 + 1_000_000 + 200 });
    const events = await book.rows(
      `SELECT l.loan_no, e.ref, e.type, e.value_date, e.business_date, e.amount, e.import_id
       FROM event e JOIN loan l USING (bucket, loan_id) WHERE e.type > 2 ORDER BY e.event_id`,
    );
    const event = (loan_no: string, ref: string, type: number, date: string, amount: number) => ({
      ...{ loan_no, ref, type, value_date: date, business_date: date, amount, import_id: 2 },
    });
    expect(events).toEqual([
      event('A1', 'R1', 3, '2026-04-15', 91_680),
      event('A1', 'R2', 3, OPEN_DAY, 1),
      event('A2', 'R1', 3, '2026-04-02', 10_000),
      event('A1', 'S1', 4, '2026-04-16', 0),
      event('A2', 'S1', 4, '2026-04-16', 1_000_000),
      { ...event('A1', 'LATE', 3, '2026-03-27', 200), business_date: OPEN_DAY },
    ]);
    const [counts] = await book.rows('SELECT count(DISTINCT event_id) AS n FROM event');
    expect(counts).toEqual({ n: 8 });
  });

  it.each([
    ['an unknown loan', 'R1,A9,2026-04-15,1.00,', 'loan_no', 'unknown_loan', 'A9'],
    ['no reference', ',A1,2026-04-15,1.00,', 'ref', 'missing_field', ''],
    ['a reserved reference', 'opening,A1,2026-04-15,1.00,', 'ref', 'ref_reserved', 'opening'],
    ['no amount', 'R1,A1,2026-04-15,,', 'amount', 'missing_field', ''],
    ['a malformed amount', 'R1,A1,2026-04-15,12.345,', 'amount', 'malformed_amount', '12.345'],
    ['zero', 'R1,A1,2026-04-15,0.00,', 'amount', 'amount_not_positive', '0.00'],
    ['a negative amount', 'R1,A1,2026-04-15,-1,settlement', 'amount', 'amount_not_positive', '-1'],
    ['a malformed date', 'R1,A1,2026-13-01,1.00,', 'value_date', 'malformed_date', '2026-13-01'],
    [
      'money before the loan',
      'R1,A2,2026-04-01,1.00,',
      'value_date',
      'value_date_before_disbursement',
      '2026-04-01',
    ],
    ['another type', 'R1,A1,2026-04-15,1.00,waiver', 'type', 'unknown_type', 'waiver'],
    ['a reference twice', 'OK,A1,2026-04-16,1.00,', 'ref', 'ref_repeated', 'OK'],
  ])('are rejected for %s', async (_name, row, field, rule, value) => {
    const good = 'OK,A1,2026-04-15,1.00,';
    const file = book.file('repayments.csv', HEADER, good, row);
    await expect(importRepayments(book.client, { file })).rejects.toMatchObject({
      code: 'too_many_rejects',
      exitCode: 4,
    });
    const outcome = await importRepayments(book.client, { file, maxRejects: 1 });
    expect(outcome).toMatchObject({ rowsTaken: 1, rowsRejected: 1, amount: 100 });
    expect(book.read(`${file}.rejects.csv`)).toEqual([
      `line,field,rule,value,${HEADER}`,
      `3,${field},${rule},${value},${row}`,
    ]);
  });

  it('are rejected for a reference that the loan has in the book', async () => {
    const first = book.file('first.csv', HEADER, 'R1,A1,2026-04-15,1.00,');
    await importRepayments(book.client, { file: first });
    const second = book.file('second.csv', HEADER, 'R1,A1,2026-04-16,1,', 'R1,A2,2026-04-16,1,');
    const outcome = await importRepayments(book.client, { file: second, maxRejects: 1 });
    expect(outcome.rowsTaken).toBe(1);
    expect(book.read(`${second}.rejects.csv`)[1]).toBe('2,ref,ref_in_book,R1,R1,A1,2026-04-16,1,');
  });

  it('do not enter a day whose close has begun', async () => {
    await book.asOwner(`INSERT INTO run (job, business_date, tasks, status, engine_version)
      VALUES ('eod', '${OPEN_DAY}', 64, 'open', 1)`);
    const today = book.file('today.csv', HEADER, `R1,A1,${OPEN_DAY},1.00,`);
    await expect(importRepayments(book.client, { file: today })).rejects.toMatchObject({
      code: 'day_is_being_closed',
      exitCode: 75,
      evidence: { businessDate: OPEN_DAY },
    });
    const late = book.file('late.csv', HEADER, 'R1,A1,2026-03-27,1.00,');
    await expect(importRepayments(book.client, { file: late })).rejects.toMatchObject({
      code: 'day_is_being_closed',
    });
    const tomorrow = book.file('tomorrow.csv', HEADER, 'R1,A1,2026-03-29,1.00,');
    expect((await importRepayments(book.client, { file: tomorrow })).rowsTaken).toBe(1);
  });
});
