import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { practiceCase } from '../../accounting/product/practice-cases.js';
import { capture } from '../shell/captured-host.js';

/** Practice case A1, with the fee of D1. */
const PRODUCT = 'code: A1\nprepayment: {fee: {rate: 0.03}}\n';
const LOAN = ['--principal', '10000', '--rate', '0.18', '--disbursed-on', '2026-01-15'];

/** As the command prints it, from the rows of the practice case. */
const TABLE = `product       A1 v1
principal     10000.00 CNY
rate          0.18 a year
periods       12
disbursed on  2026-01-15

  seq  due on      days  principal  interest     total  balance after
-----  ----------  ----  ---------  --------  --------  -------------
    1  2026-02-15    31     766.80    150.00    916.80        9233.20
    2  2026-03-15    28     778.30    138.50    916.80        8454.90
    3  2026-04-15    31     789.98    126.82    916.80        7664.92
    4  2026-05-15    30     801.83    114.97    916.80        6863.09
    5  2026-06-15    31     813.85    102.95    916.80        6049.24
    6  2026-07-15    30     826.06     90.74    916.80        5223.18
    7  2026-08-15    31     838.45     78.35    916.80        4384.73
    8  2026-09-15    31     851.03     65.77    916.80        3533.70
    9  2026-10-15    30     863.79     53.01    916.80        2669.91
   10  2026-11-15    31     876.75     40.05    916.80        1793.16
   11  2026-12-15    30     889.90     26.90    916.80         903.26
   12  2027-01-15    31     903.26     13.55    916.81           0.00
total                     10000.00   1001.61  11001.61

cost a period     1.5000%
cost a year       18.0002%
effective a year  19.5620%
`;

let folder: string;
let product: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-quote-'));
  product = join(folder, 'a1.yaml');
  writeFileSync(product, PRODUCT);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In a folder without a book. */
function quote(named: string, ...options: string[]) {
  return capture(['--book', join(folder, 'no-book'), 'quote', named, ...options]);
}

async function quoted(...options: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await quote(product, ...LOAN, ...options, '--json');
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, unknown>;
}

it('A1: prints the schedule, its totals and what it costs', async () => {
  const { exitCode, stdout } = await quote(product, ...LOAN, '--periods', '12');
  expect([exitCode, stdout]).toEqual([0, TABLE]);
});

it('D1: shows what a settlement takes when all due before is paid on time', async () => {
  const { expected } = practiceCase(
    'D1',
    z.object({}),
    z.object({ principal: z.string(), interest: z.string(), fee: z.string(), total: z.string() }),
  );
  const on = '2026-03-07';
  const { stdout } = await quote(product, ...LOAN, '--periods', '12', '--settle-on', on);
  expect(stdout.slice(0, TABLE.length)).toBe(TABLE);
  expect(stdout.slice(TABLE.length)).toBe(`
settlement on 2026-03-07, what is due before being paid on time

principal  9233.20
interest   92.33
fee        277.00
total      9602.53
`);
  const { settlement } = await quoted('--periods', '12', '--settle-on', on);
  expect(settlement).toMatchObject({ on, ...expected, total: '9602.53' });
});

it('gives one JSON document', async () => {
  const json = await quoted('--periods', '2', '--first-due-on', '2026-03-15');
  expect(json).toMatchObject({
    product: { code: 'A1', version: 1 },
    currency: 'CNY',
    loan: { principal: '10000.00', rate: '0.18', rate_unit: 'year', periods: 2 },
    // Two months at 1.5% each, then one of what is left.
    schedule: [{ due_on: '2026-03-15', interest: '300.00' }, { due_on: '2026-04-15' }],
    totals: { principal: '10000.00', fee: '0.00' },
    cost: { irr_annual: expect.any(String) },
    settlement: null,
  });
});

it.each([
  ['the day it is disbursed', '2026-01-15', { principal: '10000.00', interest: '0.00' }],
  ['a due date', '2026-02-15', { principal: '10000.00', interest: '150.00' }],
  ['the last due date', '2026-03-15', { principal: '5037.22', interest: '75.56' }],
])('settles on %s', async (_name, on, parts) => {
  const { settlement } = await quoted('--periods', '2', '--settle-on', on);
  expect(settlement).toMatchObject({ on, ...parts });
});

it.each([true, false])('counts a down payment as paid, automatic: %s', async (automatic) => {
  const file = join(folder, 'down.yaml');
  const down = `{percent: 20, automatic: ${automatic}}`;
  writeFileSync(file, `code: DOWN\nrepayment: {periods: 12, down_payment: ${down}}\n`);
  const { stdout } = await quote(file, ...LOAN, '--settle-on', '2026-03-07', '--json');
  // 20 of 30 days of 8,000.00 less the first instalment's principal, at 1.5% a month.
  expect(JSON.parse(stdout)).toMatchObject({
    schedule: { 0: { total: '2000.00', balance_after: '8000.00' }, length: 13 },
    settlement: { principal: '7386.56', interest: '73.87', fee: '0.00', total: '7460.43' },
  });
});

it('sums to the end what no safe integer holds', async () => {
  const file = join(folder, 'large.yaml');
  writeFileSync(file, 'code: L\nrepayment: {method: interest_only, periods: 3}\n');
  const loan = [
    '--principal',
    '80000000000000.01',
    '--rate',
    '1.2',
    '--disbursed-on',
    '2026-01-15',
  ];
  const { stdout } = await quote(file, ...loan, '--json');
  // Three months at 10% of it each.
  expect(JSON.parse(stdout)).toMatchObject({
    totals: { principal: '80000000000000.01', interest: '24000000000000.00' },
  });
  expect(JSON.parse(stdout).totals.total).toBe('104000000000000.01');
});

describe('what is refused, with path, rule and value', () => {
  it.each([
    ['--principal', 'ten', 'loan.principal: must be a decimal number; got ten'],
    ['--principal', '1.005', 'loan.principal: must be an amount of CNY; got 1.005'],
    ['--rate', '18%', 'loan.rate: must be a decimal number, not negative'],
    ['--periods', '0', 'loan.periods: must be a whole number, 1 to 36600; got 0'],
    ['--disbursed-on', '2026-02-30', 'loan.disbursed_on: must be a date, YYYY-MM-DD; got 2026-'],
    ['--first-due-on', '2026-01-15', 'loan.first_due_on: the first due date is after the'],
    ['--settle-on', '2026-01-14', 'settle_on: must be a date from 2026-01-15 to 2027-01-15; got'],
    ['--settle-on', '2027-01-16', 'settle_on: must be a date from 2026-01-15 to 2027-01-15; got'],
  ])('%s %s', async (option, value, message) => {
    const options = [...LOAN, '--periods', '12', option, value];
    const { exitCode, stdout, stderr } = await quote(product, ...options);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('a product that is neither a file nor in a book', async () => {
    const { exitCode, stderr } = await quote('NONE', ...LOAN, '--periods', '12');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('product: must be a product document, or the code of a product');
  });

  it('a product document that is wrong', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'code: P\ninterest: {basis: 361}\n');
    const { exitCode, stderr } = await quote(file, ...LOAN);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${file}: invalid`);
    expect(stderr).toContain('interest.basis: must be one of 360, 364, 365, actual; got 361');
  });
});
