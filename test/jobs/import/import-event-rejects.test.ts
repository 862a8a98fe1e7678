import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const HEADER =
  'ref,loan_no,type,value_date,business_date,amount,component,seq,due_on,early_payment,rate,of';
/** So much a day is no safe integer of billionths a year. */
const RATE_TOO_HIGH = '30000';

let book: ImportBook;
/** The loans are in, and nothing else is. */
let isFresh = false;
beforeAll(async () => {
  book = await importBook();
  const day = 'code: DAY\ninterest: {rate_unit: day}\nrepayment: {periods: 12}\n';
  await applyProduct(book.client, `${day}effective_from: 2024-01-01\n`, 'test');
});
beforeEach(async () => {
  if (isFresh) return;
  isFresh = true;
  const loans = book.file(
    'loans.csv',
    'loan_no,product,principal,rate,disbursed_on',
    'A1,CASH,10000.00,0.18,2026-01-15',
    'A2,CASH,10000.00,0.18,2026-04-02',
    'D1,DAY,10000.00,0.0005,2026-01-15',
  );
  await importLoans(book.client, { file: loans });
});
afterEach(async () => {
  if (!isFresh) await book.reset();
});
afterAll(() => book.remove());

/** The rejects of a file of events, without the rows behind them; its other rows go in. */
async function rejectsOf(...rows: readonly string[]): Promise<string[]> {
  const file = book.file('events.csv', HEADER, ...rows);
  const outcome = await importEvents(book.client, { file, maxRejects: rows.length, again: true });
  const rejects = outcome.rejectFile === null ? [] : book.read(outcome.rejectFile).slice(1);
  expect(outcome.rowsTaken).toBe(rows.length - rejects.length);
  // A file of which nothing goes in leaves nothing but its own record.
  if (outcome.rowsTaken > 0) isFresh = false;
  return rejects.map((line) => line.split(',').slice(0, 4).join(','));
}

const event = (type: string, rest: string) => `R1,A1,${type},${OPEN_DAY},${rest}`;
const undo = (ref: string, of: string, day = OPEN_DAY) => `${ref},A1,reversal,${day},,,,,,,,${of}`;
const paid = (ref: string, day = OPEN_DAY) => `${ref},A1,repayment,${day},,1.00,,,,,,`;

describe('events are rejected for', () => {
  it.each([
    ['no reference', `,A1,repayment,${OPEN_DAY},,1,,,,,,`, 'ref,missing_field,'],
    ['a reserved one', `suspense,A1,repayment,${OPEN_DAY},,1,,,,,,`, 'ref,ref_reserved,suspense'],
    ['blanks around it', ` R,A1,repayment,${OPEN_DAY},,1,,,,,,`, 'ref,malformed_text, R'],
    ['no loan', `R1,,repayment,${OPEN_DAY},,1,,,,,,`, 'loan_no,missing_field,'],
    ['no type', event('', ',1,,,,,,'), 'type,missing_field,'],
    ['another type', event('payment', ',1,,,,,,'), 'type,unknown_type,payment'],
    ['a birth', event('disbursement', ',1,,,,,,'), 'type,unknown_type,disbursement'],
    ['no value date', 'R1,A1,repayment,,,1,,,,,,', 'value_date,missing_field,'],
    ['a wrong one', 'R1,A1,fee,2026-02-29,,1,,,,,,', 'value_date,malformed_date,2026-02-29'],
    ['a business date', event('fee', 'x,1,,,,,,'), 'business_date,malformed_date,x'],
    [
      'a closed business date',
      'R1,A1,fee,2026-03-01,2026-03-27,1,,,,,,',
      'business_date,business_date_before_open_day,2026-03-27',
    ],
    [
      'a value date after it',
      'R1,A1,fee,2026-04-02,2026-04-01,1,,,,,,',
      'value_date,value_date_after_business_date,2026-04-02',
    ],
    ['an amount', event('fee', ',1.005,,,,,,'), 'amount,malformed_amount,1.005'],
    ['zero', event('prepayment', ',0.00,,,,,,'), 'amount,amount_not_positive,0.00'],
    ['a negative one', event('settlement', ',-1,,,,,,'), 'amount,amount_not_positive,-1'],
    ['a component', event('waiver', ',1,cash,,,,,'), 'component,unknown_component,cash'],
    ['a charge', event('fee', ',1,interest,,,,,'), 'component,unknown_component,interest'],
    ['instalment 0', event('fee', ',1,,0,,,,'), 'seq,seq_out_of_range,0'],
    ['too late an instalment', event('fee', ',1,,32768,,,,'), 'seq,seq_out_of_range,32768'],
    ['one that is no number', event('fee', ',1,,-1,,,,'), 'seq,malformed_number,-1'],
    ['a due date', event('fee', ',1,,,1.4.26,,,'), 'due_on,malformed_date,1.4.26'],
    ['the last day', event('fee', ',1,,,9999-12-31,,,'), 'due_on,due_out_of_range,9999-12-31'],
    ['a use', event('repayment', ',1,,,,keep,,'), 'early_payment,unknown_early_payment,keep'],
    ['a rate', event('rate_change', ',,,,,,12%,'), 'rate,malformed_rate,12%'],
    ['a negative rate', event('rate_change', ',,,,,,-0.1,'), 'rate,malformed_rate,-0.1'],
    [
      'a rate beyond all bounds',
      `R1,D1,rate_change,${OPEN_DAY},,,,,,,${RATE_TOO_HIGH},`,
      `rate,rate_out_of_range,${RATE_TOO_HIGH}`,
    ],
    ['an unknown loan', `R1,A9,repayment,${OPEN_DAY},,1,,,,,,`, 'loan_no,unknown_loan,A9'],
    [
      'a day before the loan',
      'R1,A2,repayment,2026-04-01,,1,,,,,,',
      'value_date,value_date_before_disbursement,2026-04-01',
    ],
  ])('%s', async (_name, row, reject) => {
    expect(await rejectsOf('OK,A1,write_off,2026-04-15,,,,,,,,', row)).toEqual([`3,${reject}`]);
  });

  it.each([
    ['repayment', ',,,,,,,', 'amount'],
    ['prepayment', ',,,,,,,', 'amount'],
    ['waiver', ',,interest,,,,,', 'amount'],
    ['waiver', ',1,,,,,,', 'component'],
    ['fee', ',,,,,,,', 'amount'],
    ['suspense_refund', ',,,,,,,', 'amount'],
    ['recovery', ',,,,,,,', 'amount'],
    ['transfer', ',,,,,,,', 'amount'],
    ['rate_change', ',,,,,,,', 'rate'],
    ['reversal', ',,,,,,,', 'of'],
  ])('a %s (%s) without its %s', async (type, rest, field) => {
    expect(await rejectsOf(event(type, rest))).toEqual([`2,${field},missing_field,`]);
  });

  it.each([
    ['write_off', ',1,,,,,,', 'amount,superfluous_field,1'],
    ['rate_change', ',1,,,,,0.1,', 'amount,superfluous_field,1'],
    ['reversal', ',1,,,,,,R0', 'amount,superfluous_field,1'],
    ['repayment', ',1,interest,,,,,', 'component,superfluous_field,interest'],
    ['repayment', ',1,,1,,,,', 'seq,superfluous_field,1'],
    ['waiver', ',1,fee,,2026-05-01,,,', 'due_on,superfluous_field,2026-05-01'],
    ['settlement', ',1,,,,hold,,', 'early_payment,superfluous_field,hold'],
    ['prepayment', ',1,,,,,0.1,', 'rate,superfluous_field,0.1'],
    ['merchant_refund', ',,,,,,,R0', 'of,superfluous_field,R0'],
    ['transfer', ',1,fee,,,,,', 'component,superfluous_field,fee'],
    ['transfer', ',-1,,,,,,', 'amount,amount_not_positive,-1'],
  ])('a key that is none of a %s: %s', async (type, rest, reject) => {
    expect(await rejectsOf(event(type, rest))).toEqual([`2,${reject}`]);
  });
});

describe('events are rejected against each other:', () => {
  it.each<[string, string[], string[]]>([
    ['a reference twice', [paid('R1'), undo('R1', 'R1')], ['3,ref,ref_repeated,R1']],
    ['a reference of another loan is none', [`R1,D1${paid('').slice(3)}`, paid('R1')], []],
    ['what is not there', [undo('V1', 'R1')], ['2,of,unknown_of,R1']],
    ['what comes later', [undo('V1', 'R1'), paid('R1')], ['2,of,unknown_of,R1']],
    [
      'what is another loan’s',
      [`R1,D1${paid('').slice(3)}`, undo('V1', 'R1')],
      ['3,of,unknown_of,R1'],
    ],
    ['itself', [undo('V1', 'V1')], ['2,of,unknown_of,V1']],
    ['how the loan was born', [undo('V1', 'opening')], ['2,of,unknown_of,opening']],
    [
      'what is rejected itself',
      [paid('R1', '2026-01-14'), undo('V1', 'R1')],
      ['2,value_date,value_date_before_disbursement,2026-01-14', '3,of,unknown_of,R1'],
    ],
    [
      'a reversal of a reversal',
      [paid('R1'), undo('V1', 'R1'), undo('V2', 'V1')],
      ['4,of,reversal_of_a_reversal,V1'],
    ],
    [
      'a second reversal',
      [paid('R1'), undo('V1', 'R1'), undo('V2', 'R1'), undo('V3', 'R1')],
      ['4,of,already_reversed,R1', '5,of,already_reversed,R1'],
    ],
    [
      'one booked before its event; the next may do it',
      [paid('R1', '2026-04-15'), undo('V1', 'R1', '2026-04-14'), undo('V2', 'R1', '2026-04-15')],
      ['3,of,reversal_before_event,R1'],
    ],
  ])('%s', async (_name, rows, rejects) => {
    expect(await rejectsOf(...rows)).toEqual(rejects);
  });

  it('what the book has counts as the earlier lines do', async () => {
    const booked = [paid('R1'), paid('R2'), undo('V1', 'R1'), paid('R3', '2026-04-15')];
    expect(await rejectsOf(...booked)).toEqual([]);
    const rows = [
      paid('R1'),
      undo('V2', 'R1'),
      undo('V3', 'V1'),
      undo('V4', 'R3'),
      undo('V5', 'R2'),
      undo('V6', 'R2'),
    ];
    expect(await rejectsOf(...rows)).toEqual([
      '2,ref,ref_in_book,R1',
      '3,of,already_reversed,R1',
      '4,of,reversal_of_a_reversal,V1',
      '5,of,reversal_before_event,R3',
      '7,of,already_reversed,R2',
    ]);
  });

  it('a reversal that a close rejected may be sent again', async () => {
    expect(await rejectsOf(paid('R1'), undo('V1', 'R1'))).toEqual([]);
    await book.asOwner(`CREATE TABLE judged PARTITION OF event_outcome FOR VALUES IN ('${OPEN_DAY}');
      INSERT INTO judged (bucket, loan_id, event_id, allocated, to_suspense, business_date, rule)
      SELECT bucket, loan_id, event_id, 0, 0, business_date, 'late_on_a_held_loan' FROM event
      WHERE ref = 'V1'`);
    try {
      expect(await rejectsOf(undo('V2', 'R1'), undo('V3', 'R1'))).toEqual([
        '3,of,already_reversed,R1',
      ]);
    } finally {
      await book.asOwner('DROP TABLE judged');
    }
  });
});
