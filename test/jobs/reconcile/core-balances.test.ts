import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { formatAmount, parseAmount } from '../../../src/accounting/money/amount-text.js';
import { connect } from '../../../src/db/connect.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { type CoreComparison, reconcileCore } from '../../../src/jobs/reconcile/core-balances.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const DAY = '2026-03-30';
const HEADER = 'loan_no,principal,interest,days_past_due';

/** Of the five classes, by index. */
const NAMES = ['normal', 'special_mention', 'substandard', 'doubtful', 'loss'];

let database: TestDatabase;
let book: TestBook;
let client: pg.Client;
let folder: string;
/** The file of a core that agrees: loan number, principal, interest, days past due. */
let rows: string[][];

beforeAll(async () => {
  database = await testDatabase();
  book = await generatedBook(database.target, { loans: 300, seed: 5, start: DAY, days: 1 });
  await closeDays(database.target, { workers: 1, tasks: 4 });
  client = await connect(database.target);
  folder = mkdtempSync(join(tmpdir(), 'loanbook-core-'));
  const found = await client.query<{ loan_no: string; p: number; i: number; d: number }>(
    `SELECT l.loan_no, p.principal AS p, p.interest_accrued + p.interest_due AS i,
       p.days_past_due AS d
     FROM position p JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
     ORDER BY l.loan_no COLLATE "C"`,
  );
  rows = found.rows.map(({ loan_no: no, p, i, d }) => [
    no,
    formatAmount(p, 2),
    formatAmount(i, 2),
    String(d),
  ]);
});

afterAll(async () => {
  await client.end();
  await database.drop();
  book.remove();
  rmSync(folder, { recursive: true, force: true });
});

function compare(text: string, tolerance = 0): Promise<CoreComparison> {
  const file = join(folder, 'core.csv');
  writeFileSync(file, text);
  return reconcileCore(client, file, { date: parseDay(DAY)!, tolerance, most: 20 });
}

const csv = (lines: readonly (readonly string[])[]): string =>
  `${[HEADER, ...lines.map((line) => line.join(','))].join('\n')}\n`;
const more = (amount: string, fen: number): string =>
  formatAmount(parseAmount(amount, 2)! + fen, 2);

describe('another core’s balances', () => {
  it('that agree have no break', async () => {
    const found = await compare(csv(rows));
    expect(found).toMatchObject({ breaks: 0, loansHere: 300, loansThere: 300, first: [] });
    expect(found.compared).toEqual(['principal', 'interest', 'days_past_due']);
  });

  it('are told apart by loan and measure, and no other is reported', async () => {
    const other = rows.map((row) => [...row]);
    other[3]![1] = more(other[3]![1]!, 1);
    other[7]![2] = more(other[7]![2]!, -250);
    other[11]![3] = String(Number(other[11]![3]) + 1);
    const [gone] = other.splice(20, 1);
    other.push(['NOT-HERE', '10.00', '0.00', '0'], ['PAID-OFF', '0.00', '0.00', '0']);
    const found = await compare(csv(other));
    const lost = ['principal', 'interest'].map((measure, at) => ({
      kind: 'missing_there',
      loanNo: gone![0],
      measure,
      here: gone![at + 1],
      there: '',
    }));
    const wanted = [
      { kind: 'differs', loanNo: rows[3]![0], measure: 'principal', here: rows[3]![1] },
      { kind: 'differs', loanNo: rows[7]![0], measure: 'interest', here: rows[7]![2] },
      { kind: 'differs', loanNo: rows[11]![0], measure: 'days_past_due', here: rows[11]![3] },
      { kind: 'missing_here', loanNo: 'NOT-HERE', measure: 'principal', there: '10.00' },
    ];
    const owed = lost.filter(({ here }) => here !== '0.00');
    const late = gone![3] === '0' ? [] : [{ loanNo: gone![0], measure: 'days_past_due' }];
    expect(found.breaks).toBe(wanted.length + owed.length + late.length);
    expect(found.first).toEqual(
      expect.arrayContaining(
        [...wanted, ...owed, ...late].map((one) => expect.objectContaining(one)),
      ),
    );
    const principal = found.byKind.find(
      (one) => one.kind === 'differs' && one.measure === 'principal',
    );
    expect(principal).toMatchObject({ loans: 1, difference: '-0.01' });
    const tolerant = await compare(csv(other), 1);
    expect(tolerant.breaks).toBe(found.breaks - 1);
  });

  it('that put a loan in another class have a break of class, and no tolerance', async () => {
    // Case C4: 91 days past due are substandard (次级) and no accrual.
    const { rows: late } = await client.query<{ no: string; class: number }>(
      `SELECT l.loan_no AS no, p.classification AS class
       FROM position p JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
       WHERE p.days_past_due > 90 AND NOT p.accruing ORDER BY 1 LIMIT 2`,
    );
    const { rows: fine } = await client.query<{ no: string }>(
      `SELECT l.loan_no AS no FROM position p
       JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
       WHERE p.days_past_due = 0 AND p.principal > 0 ORDER BY 1 LIMIT 2`,
    );
    const [first, second] = late;
    const lines = [
      `${first!.no},normal,non_accrual`,
      `${second!.no},正常,应计`,
      `${fine[0]!.no},正常,true`,
      `${fine[1]!.no},1,accruing`,
      'NOT-HERE,5,N',
    ];
    const found = await compare(
      `loan_no,classification,accruing\n${lines.join('\n')}\n`,
      1_000_000,
    );
    expect(found.compared).toEqual(['classification', 'accruing']);
    expect(found.byKind).toEqual([
      { kind: 'class', measure: 'accruing', loans: 1, difference: '' },
      { kind: 'class', measure: 'classification', loans: 2, difference: '' },
    ]);
    const of = (loanNo: string, measure: string, here: string, there: string) => ({
      kind: 'class',
      loanNo,
      measure,
      here,
      there,
    });
    expect(found.first).toEqual([
      of(first!.no, 'classification', NAMES[first!.class]!, 'normal'),
      of(second!.no, 'accruing', 'non_accrual', 'accruing'),
      of(second!.no, 'classification', NAMES[second!.class]!, 'normal'),
    ]);
    expect(first!.class).toBeGreaterThan(1);
  });

  it.each([
    ['a class', 'loan_no,classification\nA,6\n', 'classification'],
    ['an accrual status', 'loan_no,accruing\nA,0\n', 'accruing'],
  ])('are refused for %s', async (_what, text, field) => {
    const evidence = { line: 2, field };
    await expect(compare(text)).rejects.toMatchObject({ code: 'malformed_row', evidence });
  });

  it.each([
    ['an empty file', '', 'empty_file', {}],
    ['no measure', 'loan_no\n', 'wrong_header', { header: 'loan_no' }],
    ['an unknown column', `${HEADER},name\n`, 'wrong_header', { unknown: 'name' }],
    ['a column twice', `${HEADER},principal\n`, 'wrong_header', { repeated: 'principal' }],
    ['a last line without its end', `${HEADER}\nA,1.00,0,0`, 'file_truncated', { line: 2 }],
    [
      'a NUL character',
      `${HEADER}\nA\0,1.00,0,0\n`,
      'malformed_row',
      { line: 2, field: 'loan_no', rule: 'nul_character' },
    ],
    ['an amount', `${HEADER}\nA,1.005,0,0\n`, 'malformed_row', { line: 2, field: 'principal' }],
    ['a short row', `${HEADER}\nA,1.00\n`, 'malformed_row', { line: 2, field: 'fields' }],
    [
      'a loan twice',
      `${HEADER}\nA,1.00,0,0\nB,1.00,0,0\nA,1.00,0,0\n`,
      'loan_repeated',
      { loan: 'A', lines: '2, 4' },
    ],
  ])('are refused for %s', async (_name, text, code, evidence) => {
    await expect(compare(text)).rejects.toMatchObject({ code, evidence });
  });
});
