import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importBalances } from '../../../src/jobs/import/balances/import-balances.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { SHOWN_REJECTS } from '../../../src/jobs/import/rejects/import-rejects.js';
import { commandLine } from '../../support/command-line.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const HEAD = 'loan_no,product,principal,rate,disbursed_on,org';
/** Made up; the identity number and the card have the check digits of real ones. */
const [ID, CARD, PHONE] = ['11010519491231002X', '6222000000000000004', '13812345600'];
const MEANS = {
  amount:
    'An amount is not written as one, or has more decimals than the currency or more ' +
    'digits than are exact.',
  text:
    'A number or a name is longer than 64 characters, or has blanks around it, control ' +
    'characters, or characters that are none of the charset.',
  product: 'No product of the book has this code.',
  loan: 'The book has no loan of this number.',
  missing: 'A field that a row needs is empty.',
  count: 'The row has more or fewer fields than the title line.',
  apart: 'The file of schedules has a loan that neither the file of loans nor the book has.',
};

let book: ImportBook;
let folder: string;
beforeAll(async () => {
  book = await importBook();
  folder = mkdtempSync(join(tmpdir(), 'loanbook-shown-'));
});
afterAll(async () => {
  await book.remove();
  rmSync(folder, { recursive: true, force: true });
});

const row = (values: Partial<Record<'no' | 'product' | 'principal' | 'org', string>>) => {
  const { no = 'A', product = 'CASH', principal = '1000.00', org = 'O1' } = values;
  return `${no},${product},${principal},0.18,${OPEN_DAY},${org}`;
};

describe('the rejects that an import shows', () => {
  it('have line, loan, field, rule, what the rule means, and the value without a person', async () => {
    const rows = [
      [{ no: 'R-2', principal: '1.55x' }, 'principal', 'amount', '1.55x'],
      [{ no: 'R-3', principal: ID }, 'principal', 'amount', '1****************X'],
      [{ no: 'R-4', principal: '王小明' }, 'principal', 'amount', '王**'],
      [{ no: 'R-5', principal: 'Ada Byron' }, 'principal', 'amount', 'A** B****'],
      [{ no: 'R-6', product: 'ada@mail.example' }, 'product', 'product', 'a**@mail.example'],
      [{ no: 'R-7', product: PHONE }, 'product', 'product', '138******00'],
      [{ no: 'R-8', product: 'NOPE' }, 'product', 'product', 'NOPE'],
      [{ no: PHONE, product: 'NOPE' }, 'product', 'product', 'NOPE'],
      [{ no: '', product: 'CASH' }, 'loan_no', 'missing', ''],
      [{ no: 'R-11', org: ` ${CARD}` }, 'org', 'text', ' 622200*********0004'],
    ] as const;
    const file = book.file('shown.csv', HEAD, ...rows.map(([values]) => row(values)), 'R-12,CASH');
    const { rejects } = await importLoans(book.client, { file, maxRejects: 99 });
    const rules = {
      ...{ amount: 'malformed_amount', product: 'unknown_product' },
      ...{ missing: 'missing_field', text: 'malformed_text' },
    };
    expect(rejects).toEqual([
      ...rows.map(([values, field, kind, value], at) => ({
        line: at + 2,
        loan: values.no === PHONE ? '138******00' : values.no,
        ...{ field, rule: rules[kind], value, message: MEANS[kind] },
      })),
      {
        ...{ line: 12, loan: 'R-12', field: '', rule: 'column_count' },
        ...{ value: '2 instead of 6', message: MEANS.count },
      },
    ]);
    // The file of them has the rows as they came.
    expect(book.read(`${file}.rejects.csv`).join('\n')).toContain(ID);
  });

  it('name the loan as the book would, for rows of another file too', async () => {
    const mapping = book.file(
      ...['map.yaml', 'kind: loans', 'columns:'],
      ...['  loan_no: {from: id, prefix: LC-}', '  product: {from: product}'],
      ...['  principal: {from: sum}', '  rate: {from: rate}', '  disbursed_on: {from: day}'],
    );
    const file = book.file('mapped.csv', 'id,product,sum,rate,day', `7,CASH,x,0.1,${OPEN_DAY}`);
    const schedules = book.file(
      ...['own.csv', 'loan_no,due_on,principal,interest'],
      'LC-9,2026-05-01,5.00,0.10',
    );
    const { rejects } = await importLoans(book.client, { file, mapping, schedules, maxRejects: 9 });
    expect(rejects).toEqual([
      {
        ...{ line: 2, loan: 'LC-7', field: 'sum', rule: 'malformed_amount', value: 'x' },
        message: MEANS.amount,
      },
      {
        ...{ line: 2, loan: 'LC-9', field: 'schedule.loan_no', rule: 'loan_not_in_file' },
        ...{ value: 'LC-9', message: MEANS.apart },
      },
    ]);
  });

  it('are those of events and balances as well', async () => {
    const events = book.file(
      ...['events.csv', 'ref,loan_no,type,value_date,amount'],
      `E1,NONE,repayment,${OPEN_DAY},5.00`,
    );
    const { rejects } = await importEvents(book.client, { file: events, maxRejects: 1 });
    const none = { line: 2, loan: 'NONE', rule: 'unknown_loan', value: 'NONE' };
    expect(rejects).toEqual([{ ...none, field: 'loan_no', message: MEANS.loan }]);
    const balances = book.file('balances.csv', 'loan_no,principal_not_due', 'NONE,5.00');
    const shown = await importBalances(book.client, { file: balances, maxRejects: 1 });
    expect(shown.rejects).toEqual([{ ...none, field: 'loan_no', message: MEANS.loan }]);
  });

  it('are no more than can be read', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => row({ no: `M-${at}`, principal: 'x' }));
    const file = book.file('many.csv', HEAD, ...lines);
    const { rejects = [] } = await importLoans(book.client, { file, maxRejects: 99 });
    expect(SHOWN_REJECTS).toBeLessThan(50);
    expect(rejects.map(({ line }) => line)).toEqual(
      Array.from({ length: SHOWN_REJECTS }, (_, at) => at + 2),
    );
  });
});

describe('the command', () => {
  const file = () => join(folder, 'loans.csv');
  const told = 'line: 2, loan: X1, field: principal, rule: malformed_amount, value: 王**, message:';
  const shown = {
    ...{ line: 2, loan: 'X1', field: 'principal', rule: 'malformed_amount', value: '王**' },
    message: MEANS.amount,
  };
  beforeAll(() => {
    const rows = Array.from({ length: 25 }, (_, at) => row({ no: `X${at + 2}`, principal: 'x' }));
    const first = row({ no: 'X1', principal: '王小明' });
    writeFileSync(file(), `${[HEAD, first, ...rows].join('\n')}\n`);
  });

  it('shows them to a person, counted by rule, where the others go in', async () => {
    const loanbook = commandLine(book.database.target, folder);
    const { stderr, exitCode } = await loanbook([
      ...['import', 'loans', file(), '--max-rejects', '99', '--dry-run'],
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`  ${told} ${MEANS.amount}\n`);
    expect(stderr).toContain('  and 6 more\n');
    expect(stderr).toContain('By rule: malformed_amount 26. ');
    expect(stderr).not.toContain('小明');
  });

  it('shows them where they are too many', async () => {
    const loanbook = commandLine(book.database.target, folder);
    const { stderr, exitCode } = await loanbook(['import', 'loans', file()]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`  ${told} ${MEANS.amount}\n`);
    expect(stderr).toContain('  byRule: malformed_amount 26\n');
    expect(stderr).not.toContain('小明');
  });

  it('has them in its documents', async () => {
    const loanbook = commandLine(book.database.target, folder);
    const taken = await loanbook([
      ...['import', 'loans', file(), '--max-rejects', '99', '--dry-run', '--json'],
    ]);
    expect(JSON.parse(taken.stdout).rejects[0]).toEqual(shown);
    expect(JSON.parse(taken.stdout).rejectedByRule).toEqual(['malformed_amount 26']);
    const refused = await loanbook(['import', 'loans', file(), '--json']);
    expect(JSON.parse(refused.stderr.trim().split('\n').at(-1)!).error.rows[0]).toEqual(shown);
    expect(refused.stderr + taken.stdout).not.toContain('小明');
  });
});
