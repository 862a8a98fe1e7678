import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bucketOf } from '../../../src/accounting/fold/loan-bucket.js';
import { connect } from '../../../src/db/connect.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const HEADER = 'loan_no,product,principal,rate,disbursed_on';
const GOOD = `A1,CASH,10000.00,0.18,${OPEN_DAY}`;

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterEach(() => book.reset());
afterAll(() => book.remove());

describe('loans that go in', () => {
  it('are disbursed, or opened behind their paid instalments', async () => {
    const file = book.file(
      'loans.csv',
      'loan_no,product,principal,rate,periods,disbursed_on,first_due_on,paid_periods,org,product_version',
      `NEW,CASH,10000.00,0.18,,${OPEN_DAY},,,,`,
      'NEXT,CASH,500,0.18,3,2026-04-10,2026-05-15,,SH01,1',
      'OLD,CASH,10000.00,0.18,,2026-01-15,,2,SH01,',
      '贷款-7,FREE,88.08,0,24,2025-12-31,,0,,',
    );
    const outcome = await importLoans(book.client, { file });
    expect(outcome).toMatchObject({
      rowsRead: 4,
      rowsTaken: 4,
      rowsRejected: 0,
      amount: 1_000_000 + 50_000 + 1_000_000 + 8808,
      importId: 1,
      rejectFile: null,
    });
    expect(
      await book.rows(
        `SELECT l.loan_no, p.version, l.org, l.periods, l.rate, l.rate_ppb, l.first_due_on,
           l.paid_periods, l.born_on, e.type, e.ref, e.value_date, e.business_date, e.amount
         FROM loan l JOIN product_version p USING (product_id)
           JOIN accounting_group g ON g.group_id = l.group_id AND g.product_id = l.product_id
             AND g.org = l.org AND g.funding_plan = 'own'
           JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id ORDER BY e.event_id`,
      ),
    ).toEqual([
      loanRow('NEW', { version: 2, periods: 6, born_on: OPEN_DAY }),
      loanRow('NEXT', {
        version: 1,
        org: 'SH01',
        periods: 3,
        first_due_on: '2026-05-15',
        born_on: '2026-04-10',
        value_date: '2026-04-10',
        business_date: '2026-04-10',
        amount: 50_000,
      }),
      loanRow('OLD', {
        version: 1,
        org: 'SH01',
        paid_periods: 2,
        born_on: OPEN_DAY,
        type: 2,
        ref: 'opening',
        value_date: '2026-01-15',
      }),
      loanRow('贷款-7', {
        version: 1,
        periods: 24,
        rate: '0',
        rate_ppb: 0,
        born_on: OPEN_DAY,
        type: 2,
        ref: 'opening',
        value_date: '2025-12-31',
        amount: 8808,
      }),
    ]);
  });

  it('get a number out of bucket and ordinal, and their schedule', async () => {
    const numbers = Array.from({ length: 3000 }, (_, at) => `L${at}`);
    const lines = numbers.map((loanNo) => GOOD.replace('A1', loanNo));
    const file = book.file('loans.csv', HEADER, ...lines);
    await importLoans(book.client, { file });
    const loans = await book.rows(
      `SELECT loan_no, bucket, loan_id FROM loan JOIN event USING (bucket, loan_id)
       ORDER BY event_id`,
    );
    const ordinals = new Map<number, number>();
    expect(loans).toEqual(
      numbers.map((loan_no) => {
        const bucket = bucketOf(loan_no);
        const ordinal = (ordinals.get(bucket) ?? 0) + 1;
        ordinals.set(bucket, ordinal);
        return { loan_no, bucket, loan_id: bucket * 2 ** 32 + ordinal };
      }),
    );
    const [counters] = await book.rows('SELECT sum(last_ordinal)::bigint AS n FROM bucket_counter');
    expect(counters).toEqual({ n: 3000 });
    const schedules = await book.rows(
      `SELECT count(*) AS n, min(due_on[1]) AS first, max(due_on[6]) AS last,
         bool_and((SELECT sum(p) FROM unnest(principal) AS p) = 1000000) AS sums,
         bool_and(balance_after[6] = 0) AS ends FROM schedule`,
    );
    expect(schedules).toEqual([
      { n: 3000, first: '2026-04-28', last: '2026-09-28', sums: true, ends: true },
    ]);
    // A second file counts on.
    const again = book.file('more.csv', HEADER, GOOD.replace('A1', 'L3000'));
    await importLoans(book.client, { file: again });
    const bucket = bucketOf('L3000');
    const [last] = await book.rows(`SELECT loan_id FROM loan WHERE loan_no = 'L3000'`);
    expect(last).toEqual({ loan_id: bucket * 2 ** 32 + (ordinals.get(bucket) ?? 0) + 1 });
  });

  it('come from CRLF, a BOM, quotes, blank lines, and a last line without newline', async () => {
    const text = `\ufeff${HEADER}\r\n"A1",CASH,"10000.00",0.18,${OPEN_DAY}\r\n\r\n${GOOD.replace('A1', 'A2')}`;
    const file = book.raw('crlf.csv', text);
    const outcome = await importLoans(book.client, { file, says: { unterminated: true } });
    expect(outcome.rowsTaken).toBe(2);
  });

  it('leave nothing behind in a dry run', async () => {
    const file = book.file('loans.csv', HEADER, GOOD);
    const outcome = await importLoans(book.client, { file, dryRun: true });
    expect(outcome).toMatchObject({ rowsTaken: 1, importId: null, dryRun: true });
    expect(await book.rows('SELECT FROM loan')).toEqual([]);
    expect(await book.rows('SELECT FROM imported_file')).toEqual([]);
    expect((await importLoans(book.client, { file })).importId).toBe(1);
  });

  it('may be none: a header alone leaves no trace, today and tomorrow', async () => {
    const file = book.file('loans.csv', HEADER);
    for (let day = 0; day < 2; day += 1) {
      const outcome = await importLoans(book.client, { file });
      expect(outcome).toMatchObject({ rowsRead: 0, importId: null });
    }
  });
});

describe('rows that are rejected', () => {
  const ALL = `${HEADER},periods,first_due_on,paid_periods,product_version,org`;
  const old = (paid: string) => `B1,CASH,10000.00,0.18,2026-01-15,,,${paid},,`;

  it.each([
    ['no loan number', ',CASH,1.00,0.18,2026-03-28,,,,,', 'loan_no', 'missing_field', ''],
    ['blank around it', ' B1,CASH,1.00,0.18,2026-03-28,,,,,', 'loan_no', 'malformed_text', ' B1'],
    ['unknown product', 'B1,CARD,1.00,0.18,2026-03-28,,,,,', 'product', 'unknown_product', 'CARD'],
    [
      'product too young',
      'B1,CASH,1,0.18,2023-12-31,,,,,',
      'product',
      'product_not_effective',
      'CASH',
    ],
    [
      'version',
      'B1,CASH,1.00,0.18,2026-03-28,,,,9,',
      'product_version',
      'unknown_product_version',
      '9',
    ],
    [
      'word for version',
      'B1,CASH,1,0.18,2026-03-28,,,,x,',
      'product_version',
      'malformed_number',
      'x',
    ],
    [
      'amount',
      'B1,CASH,"1,000.00",0.18,2026-03-28,,,,,',
      'principal',
      'malformed_amount',
      '1,000.00',
    ],
    [
      'part of a fen',
      'B1,CASH,1.005,0.18,2026-03-28,,,,,',
      'principal',
      'malformed_amount',
      '1.005',
    ],
    ['exponent', 'B1,CASH,1e3,0.18,2026-03-28,,,,,', 'principal', 'malformed_amount', '1e3'],
    ['zero', 'B1,CASH,0.00,0.18,2026-03-28,,,,,', 'principal', 'principal_not_positive', '0.00'],
    ['negative', 'B1,CASH,-5,0.18,2026-03-28,,,,,', 'principal', 'principal_not_positive', '-5'],
    ['rate', 'B1,CASH,1.00,18%,2026-03-28,,,,,', 'rate', 'malformed_rate', '18%'],
    ['cost', 'B1,CASH,1000.00,0.2401,2026-03-28,,,,,', 'rate', 'cost_above_cap', '0.2401'],
    ['negative rate', 'B1,CASH,1.00,-0.1,2026-03-28,,,,,', 'rate', 'malformed_rate', '-0.1'],
    ['date', 'B1,CASH,1.00,0.18,2026-02-30,,,,,', 'disbursed_on', 'malformed_date', '2026-02-30'],
    [
      'slashes',
      'B1,CASH,1.00,0.18,28/03/2026,,,,,',
      'disbursed_on',
      'malformed_date',
      '28/03/2026',
    ],
    ['first due', 'B1,CASH,1,0.18,2026-03-28,,x,,,', 'first_due_on', 'malformed_date', 'x'],
    [
      'due too early',
      'B1,CASH,1,0.18,2026-03-28,,2026-03-28,,,',
      'first_due_on',
      'first_due_not_after_disbursement',
      '2026-03-28',
    ],
    ['no periods', 'B1,FREE,1.00,0.18,2026-03-28,,,,,', 'periods', 'missing_field', ''],
    ['zero periods', 'B1,CASH,1.00,0.18,2026-03-28,0,,,,', 'periods', 'malformed_number', '0'],
    [
      'too few periods',
      'B1,FREE,1,0.18,2026-03-28,3,,,,',
      'periods',
      'principal_free_too_long',
      '3',
    ],
    ['paid too much', old('12'), 'paid_periods', 'paid_to_the_end', '12'],
    ['paid ahead', old('3'), 'paid_periods', 'paid_before_due', '3'],
    [
      'paid when new',
      'B1,CASH,1,0.18,2026-03-28,,,1,,',
      'paid_periods',
      'paid_before_disbursement',
      '1',
    ],
    ['too many fields', 'B1,CASH,1,0.18,2026-03-28,,,,,,,', '', 'column_count', '12 instead of 10'],
    ['too few fields', 'B1,CASH,1.00', '', 'column_count', '3 instead of 10'],
  ])('%s', async (_name, row, field, rule, value) => {
    const good = `${GOOD},,,,,`;
    const file = book.file('loans.csv', ALL, good, row, good.replace('A1', 'A2'));
    const outcome = await importLoans(book.client, { file, maxRejects: 1 });
    expect(outcome).toMatchObject({ rowsRead: 3, rowsTaken: 2, rowsRejected: 1 });
    const [head, reject, ...more] = book.read(outcome.rejectFile ?? '');
    expect(head).toBe(`line,field,rule,value,${ALL}`);
    const quoted = value.includes(',') ? `"${value}"` : value;
    expect(reject).toBe(`3,${field},${rule},${quoted},${row}`);
    expect(more).toEqual([]);
    expect(await book.rows('SELECT FROM loan')).toHaveLength(2);
  });

  it('are numbers that the book or the file has already: the first one goes in', async () => {
    await importLoans(book.client, { file: book.file('one.csv', HEADER, GOOD) });
    const again = GOOD.replace('A1', 'A2');
    const file = book.file('two.csv', HEADER, again, `"A\n3"${GOOD.slice(2)}`, GOOD, again, again);
    const outcome = await importLoans(book.client, { file, maxRejects: 4 });
    expect(outcome).toMatchObject({ rowsTaken: 1, rowsRejected: 4, amount: 1_000_000 });
    expect(book.read(`${file}.rejects.csv`)).toEqual([
      `line,field,rule,value,${HEADER}`,
      `3,loan_no,malformed_text,"A`,
      `3","A`,
      `3"${GOOD.slice(2)}`,
      `5,loan_no,loan_no_in_book,A1,${GOOD}`,
      `6,loan_no,loan_no_repeated,A2,${again}`,
      `7,loan_no,loan_no_repeated,A2,${again}`,
    ]);
    expect(await book.rows('SELECT count(*) AS n FROM schedule')).toEqual([{ n: 2 }]);
  });

  const OVER_HEADER = 'loan_no,product,principal,rate,disbursed_on';

  it('never writes its rejects over a file that it reads', async () => {
    const file = book.file('over.csv', OVER_HEADER, 'OVER-1,NONE,1.00,0.1,2026-03-28');
    const refused = importLoans(book.client, {
      file,
      maxRejects: 9,
      rejectFile: file,
      dryRun: true,
    });
    await expect(refused).rejects.toMatchObject({ code: 'file_is_an_input', exitCode: 2 });
    expect(book.read(file)).toEqual([OVER_HEADER, 'OVER-1,NONE,1.00,0.1,2026-03-28']);
  });

  it('let nothing in above the cap, and stay named in the reject file', async () => {
    const bad = GOOD.replace('10000.00', '-1');
    const file = book.file('loans.csv', HEADER, GOOD, bad, bad);
    await expect(importLoans(book.client, { file, maxRejects: 1 })).rejects.toMatchObject({
      code: 'too_many_rejects',
      exitCode: 4,
      evidence: { rows: 3, rejected: 2, maxRejects: 1, rejectFile: `${file}.rejects.csv` },
    });
    expect(await book.rows('SELECT FROM loan')).toEqual([]);
    expect(await book.rows('SELECT FROM imported_file')).toEqual([]);
    expect(book.read(`${file}.rejects.csv`)).toHaveLength(3);
    // The corrected file replaces the report of the first attempt.
    const mine = join(book.folder, 'mine.csv');
    await importLoans(book.client, { file, maxRejects: 2, rejectFile: mine });
    expect(book.read(mine)).toHaveLength(3);
    const corrected = book.file('loans.csv', HEADER, GOOD.replace('A1', 'A9'));
    await importLoans(book.client, { file: corrected });
    expect(existsSync(`${file}.rejects.csv`)).toBe(false);
  });
});

describe('a file refused as a whole', () => {
  const cut = `${HEADER}\n${GOOD}\n`;
  it.each([
    ['empty', '', 'file_empty', {}],
    ['blank', '\n\n', 'file_empty', {}],
    ['another header', 'id,product\n', 'wrong_header', { unknown: 'id' }],
    [
      'a missing column',
      'loan_no,product,rate,disbursed_on\n',
      'wrong_header',
      { missing: 'principal' },
    ],
    ['a column twice', `${HEADER},rate\n`, 'wrong_header', { repeated: 'rate' }],
    ['cut in a field', `${cut}A2,CASH,100`, 'file_truncated', { line: 3 }],
    ['cut in its last field', `${cut}A2,CASH,100,0.18,2026-0`, 'file_truncated', { line: 3 }],
    ['cut in quotes', `${cut}A2,"CA`, 'file_truncated', { line: 3 }],
    ['a stray quote', `${HEADER}\nA1,"CA"SH,1,1,1\n${GOOD}\n`, 'csv_malformed', { line: 2 }],
  ])('%s', async (_name, text, code, evidence) => {
    const file = book.raw('loans.csv', text);
    const refused = importLoans(book.client, { file, maxRejects: 99 });
    await expect(refused).rejects.toMatchObject({
      code,
      exitCode: 1,
      evidence: { file, ...evidence },
    });
    expect(await book.rows('SELECT FROM loan')).toEqual([]);
    expect(existsSync(`${file}.rejects.csv`)).toBe(false);
  });

  it('missing, or a folder', async () => {
    const missing = importLoans(book.client, { file: join(book.folder, 'none.csv') });
    await expect(missing).rejects.toMatchObject({ code: 'file_missing', exitCode: 2 });
    const folder = importLoans(book.client, { file: book.folder });
    await expect(folder).rejects.toMatchObject({ code: 'not_a_file', exitCode: 2 });
  });

  it('imported before, unless it is meant', async () => {
    const first = book.file('first.csv', HEADER, GOOD);
    await importLoans(book.client, { file: first });
    const second = book.file('second.csv', HEADER, GOOD);
    await expect(importLoans(book.client, { file: second })).rejects.toMatchObject({
      code: 'already_imported',
      evidence: { earlierImport: 1, earlierName: 'first.csv' },
    });
    const again = await importLoans(book.client, { file: second, again: true, maxRejects: 1 });
    expect(again).toMatchObject({ rowsTaken: 0, rowsRejected: 1, importId: 2 });
  });

  it('while another import runs, or the day that it enters is being closed', async () => {
    const file = book.file('loans.csv', HEADER, GOOD);
    const other = await connect(book.database.target);
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(5262666002)');
    await expect(importLoans(book.client, { file })).rejects.toMatchObject({
      code: 'import_is_running',
      exitCode: 75,
    });
    await other.end();
    await book.asOwner(`INSERT INTO run (job, business_date, tasks, status, engine_version)
      VALUES ('eod', '${OPEN_DAY}', 64, 'open', 1)`);
    await expect(importLoans(book.client, { file })).rejects.toMatchObject({
      code: 'day_is_being_closed',
      exitCode: 75,
    });
    const later = book.file('later.csv', HEADER, GOOD.replace(OPEN_DAY, '2026-03-29'));
    expect((await importLoans(book.client, { file: later })).rowsTaken).toBe(1);
  });

  it('interrupted', async () => {
    const file = book.file('loans.csv', HEADER, GOOD);
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const { signal } = controller;
    await expect(importLoans(book.client, { file, signal, onProgress })).rejects.toThrow(/abort/i);
    expect(await book.rows('SELECT FROM loan')).toEqual([]);
  });
});

it('a close that begins waits for the import under way', async () => {
  await book.client.query('BEGIN');
  await book.client.query('SELECT hold_open_day()');
  const other = await connect(book.database.target, { settings: { lock_timeout: '200ms' } });
  const run = `INSERT INTO run (job, business_date, tasks, status, engine_version)
    VALUES ('eod', '${OPEN_DAY}', 64, 'open', 1)`;
  await expect(other.query(run)).rejects.toMatchObject({ code: '55P03' });
  await book.client.query('COMMIT');
  await other.query(run);
  await other.end();
});

function loanRow(loan_no: string, change: Record<string, unknown>): Record<string, unknown> {
  return {
    loan_no,
    org: 'head',
    periods: 12,
    rate: '0.18',
    rate_ppb: 180_000_000,
    first_due_on: null,
    paid_periods: 0,
    type: 1,
    ref: 'disbursement',
    value_date: OPEN_DAY,
    business_date: OPEN_DAY,
    amount: 1_000_000,
    ...change,
  };
}
