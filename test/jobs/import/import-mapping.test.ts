import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../../src/db/connect.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../src/package-root.js';
import { testDatabase } from '../../support/database.js';
import { type ImportBook, importBook } from '../../support/import-book.js';
import { LOAN_TAPE, OWN_TAPE } from '../../support/shared-data.js';

const TAPE = LOAN_TAPE;
const hasTape = existsSync(TAPE);
const FIXTURES = join(packageRoot, 'fixtures');

describe('a column mapping', () => {
  let book: ImportBook;
  beforeAll(async () => {
    book = await importBook();
  });
  afterEach(() => book.reset());
  afterAll(() => book.remove());

  const MAPPING = `kind: loans
columns:
  loan_no: {from: Nr, prefix: X-}
  product: {from: kind, values: {a: CASH}}
  principal: {from: sum}
  rate: {from: pct, percent: true}
  disbursed_on: {from: day, date: D.M.YYYY}
  org: {constant: SH01}
`;

  it('renames, prefixes, translates, and turns percents and dates', async () => {
    const mapping = book.raw('map.yaml', MAPPING);
    const file = book.file('tape.csv', 'sum,kind,Nr,pct,day', '88.5,a,7,14.07,5.1.2026');
    await importLoans(book.client, { file, mapping });
    const columns = 'loan_no, principal, rate, rate_ppb, disbursed_on, org';
    expect(await book.rows(`SELECT ${columns} FROM loan`)).toEqual([
      {
        loan_no: 'X-7',
        principal: 8850,
        rate: '0.1407',
        rate_ppb: 140_700_000,
        disbursed_on: '2026-01-05',
        org: 'SH01',
      },
    ]);
  });

  it.each([
    ['a value that is not mapped', '1,b,7,1,5.1.2026', 'kind,value_not_mapped,b'],
    ['a percentage', '1,a,7,1%,5.1.2026', 'pct,malformed_rate,1%'],
    ['a date', '1,a,7,1,2026-01-05', 'day,malformed_date,2026-01-05'],
    ['a day that is none', '1,a,7,1,31.2.2026', 'day,malformed_date,31.2.2026'],
    ['our own rule', '0,a,7,1,5.1.2026', 'sum,principal_not_positive,0'],
    ['an empty field', '1,a,,1,5.1.2026', 'Nr,missing_field,'],
  ])('names the columns of the file when it rejects %s', async (_name, row, reject) => {
    const mapping = book.raw('map.yaml', MAPPING);
    const file = book.file('tape.csv', 'sum,kind,Nr,pct,day', row);
    await importLoans(book.client, { file, mapping, maxRejects: 1 });
    expect(book.read(`${file}.rejects.csv`)[1]).toBe(`2,${reject},${row}`);
  });

  it('refuses columns that it does not name, unless told to ignore them', async () => {
    const file = book.file('tape.csv', 'sum,kind,Nr,pct,day,extra', '1,a,7,1,5.1.2026,z');
    const strict = importLoans(book.client, { file, mapping: book.raw('map.yaml', MAPPING) });
    await expect(strict).rejects.toMatchObject({
      code: 'wrong_header',
      evidence: { unknown: 'extra' },
    });
    const mapping = book.raw('lax.yaml', `${MAPPING}other_columns: ignore\n`);
    expect((await importLoans(book.client, { file, mapping })).rowsTaken).toBe(1);
  });

  it.each([
    ['kind', MAPPING.replace('kind: loans', 'kind: repayments'), 'kind'],
    ['column', MAPPING.replace('org:', 'branch:'), 'columns.branch'],
    ['key', MAPPING.replace('constant', 'always'), 'columns.org.always'],
    ['date format', MAPPING.replace('D.M.YYYY', 'D.M'), 'columns.disbursed_on.date'],
    ['source', MAPPING.replace('{from: sum}', '{}'), 'columns.principal'],
  ])('with a wrong %s is refused by path', async (_name, text, path) => {
    const file = book.file('tape.csv', 'sum,kind,Nr,pct,day');
    const refused = importLoans(book.client, { file, mapping: book.raw('map.yaml', text) });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_document',
      exitCode: 2,
      message: expect.stringContaining(`${path}: `),
    });
  });
});

async function tapeBook() {
  const database = await testDatabase();
  const client = await connect(database.target);
  await createBook(client, {
    entity: 'Tape',
    currency: 'USD',
    firstBusinessDate: parseDay('2018-03-01') ?? 0,
    calendar: 'none',
  });
  for (const name of ['us-36.yaml', 'us-60.yaml']) {
    await applyProduct(client, readFileSync(join(FIXTURES, 'products', name), 'utf8'), name);
  }
  return { database, client };
}

if (!hasTape) process.stderr.write(`skipped: there is no tape at ${TAPE} (LOANBOOK_TAPE)\n`);

/** The level payments that a tape says, against those that its loans are given. */
it('takes a tape that was made here, in the columns of LendingClub', async () => {
  const { database, client } = await tapeBook();
  const mapping = join(FIXTURES, 'mappings/lendingclub.yaml');
  const outcome = await importLoans(client, { file: OWN_TAPE, mapping });
  expect(outcome).toMatchObject({ rowsRead: 5, rowsTaken: 5, rowsRejected: 0 });
  const { rows } = await client.query<{ loan_no: string; installment: number }>(
    `SELECT loan_no, s.principal[1] + s.interest[1] AS installment
     FROM loan JOIN schedule s USING (bucket, loan_id) ORDER BY loan_no`,
  );
  expect(rows.map(({ loan_no: loan, installment }) => [loan, installment])).toEqual([
    ['LC-9001', 33_22],
    ['LC-9002', 243_38],
    ['LC-9003', 851_82],
    ['LC-9004', 22_25],
    ['LC-9005', 315_03],
  ]);
  await client.end();
  await database.drop();
});

it.skipIf(!hasTape)('takes the LendingClub tape as it is', async () => {
  const { database, client } = await tapeBook();
  const mapping = join(FIXTURES, 'mappings/lendingclub.yaml');
  const outcome = await importLoans(client, { file: TAPE, mapping });
  expect(outcome).toMatchObject({ rowsRead: 5031, rowsTaken: 5031, rowsRejected: 0 });
  const { rows } = await client.query(
    `SELECT l.loan_no, l.periods, l.rate, l.principal, l.disbursed_on, e.type, p.code,
       s.principal[1] + s.interest[1] AS installment, cardinality(s.due_on) AS rows
     FROM loan l JOIN product_version p USING (product_id)
       JOIN schedule s USING (bucket, loan_id) JOIN event e USING (bucket, loan_id)
     WHERE l.loan_no IN ('LC-1', 'LC-3') ORDER BY l.loan_no`,
  );
  const first = {
    rate: '0.1407',
    principal: 2_800_000,
    installment: 65_253,
    disbursed_on: '2018-03-01',
  };
  const second = {
    rate: '0.1709',
    principal: 200_000,
    installment: 7140,
    disbursed_on: '2018-02-01',
  };
  expect(rows).toEqual([
    { loan_no: 'LC-1', periods: 60, rows: 60, type: 1, code: 'LC-60', ...first },
    { loan_no: 'LC-3', periods: 36, rows: 36, type: 2, code: 'LC-36', ...second },
  ]);
  await client.end();
  await database.drop();
});
