import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { applyPolicy } from '../../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { applyImpairment } from '../../../src/jobs/impairment/impairment-parameters.js';
import { runImpairment } from '../../../src/jobs/impairment/run-impairment.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../src/package-root.js';
import { type ScratchBook, scratchBook } from '../../support/scratch-book.js';

/** Principal in equal parts every other day; by its grace. */
function product(code: string, graceDays: number, periods: number, every: number): string {
  return `code: ${code}
effective_from: 2026-01-01
repayment: {method: equal_principal, periods: ${periods}, interval: {every: ${every}, unit: day}}
interest: {basis: 365, period_interest: actual_days}
penalty: {rate: {multiple: 1.5}, grace_days: ${graceDays}}
`;
}

export interface BookPlan {
  readonly entity?: string;
  readonly products: readonly string[];
  /** By the day that they are disbursed on: loan_no,product,principal,rate,periods. */
  readonly loans: Readonly<Record<string, readonly string[]>>;
  /** By the day that they are booked on: ref,loan_no,type,value_date,amount,of. */
  readonly events: Readonly<Record<string, readonly string[]>>;
  readonly days: readonly string[];
  /** Days past due from which on classes begin, and whether the last close posts an allowance. */
  readonly classes?: string;
  readonly isImpaired?: boolean;
}

/** A closed book as it was planned. */
export async function plannedBook({ entity = 'Morning', ...plan }: BookPlan) {
  const { products, loans, events, days, classes, isImpaired = false } = plan;
  const book = await scratchBook();
  const { client, database } = book;
  await createBook(client, {
    entity,
    currency: 'CNY',
    firstBusinessDate: parseDay(days[0]!)!,
    calendar: 'none',
  });
  if (classes !== undefined) await applyPolicy(client, policy(days[0]!, classes), 'policy');
  for (const text of products) await applyProduct(client, text, 'product');
  for (const day of days) {
    const rows = (loans[day] ?? []).map((row) => `${row},${day},head`);
    if (rows.length > 0) {
      const head = 'loan_no,product,principal,rate,periods,disbursed_on,org';
      await importLoans(client, { file: book.file(`loans-${day}.csv`, head, ...rows) });
    }
    const own = events[day] ?? [];
    if (own.length > 0) {
      const head = 'ref,loan_no,type,value_date,amount,of';
      await importEvents(client, { file: book.file(`events-${day}.csv`, head, ...own) });
    }
    if (isImpaired && day === days.at(-1)) await impair(client, days.at(-2)!);
    await closeDays(database.target, { workers: 1, tasks: 1 });
  }
  return book;
}

function policy(from: string, classes: string): string {
  const text = readFileSync(join(packageRoot, 'config/policy.yaml'), 'utf8');
  return text.replace('2000-01-01', from).replace('[0, 90, 270, 360]', classes);
}

async function impair(client: pg.Client, day: string): Promise<void> {
  const text = readFileSync(join(packageRoot, 'config/impairment.yaml'), 'utf8');
  await applyImpairment(client, text, 'impairment');
  await runImpairment(client, { asOf: parseDay(day)!, by: '', dryRun: false });
}

export function daysFrom(first: string, count: number): string[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  return Array.from({ length: count }, (_, at) =>
    new Date(start + at * 86_400_000).toISOString().slice(0, 10),
  );
}

/**
 * Six loans of 300.00 without interest, 100.00 every other day from 03-30 on, a day of grace; on
 * 04-01 another one of 500.00. A pays in time, C in part, D is settled early, E is written off, F is
 * given back by the merchant; B never pays, but on 04-05.
 */
export function handBook(): Promise<ScratchBook> {
  return plannedBook({
    products: [product('M', 1, 3, 2), product('LONG', 1, 5, 10)],
    loans: {
      '2026-03-28': ['A', 'B', 'C', 'D', 'E', 'F'].map((no) => `${no},M,300.00,0,3`),
      '2026-04-01': ['G,LONG,500.00,0,5'],
    },
    events: {
      '2026-03-30': [
        'a1,A,repayment,2026-03-30,100.00,',
        'f1,F,merchant_refund,2026-03-30,300.00,',
      ],
      '2026-03-31': ['c1,C,repayment,2026-03-31,40.00,', 'd1,D,settlement,2026-03-31,,'],
      '2026-04-01': ['a2,A,repayment,2026-04-01,100.00,', 'e1,E,write_off,2026-04-01,,'],
      '2026-04-02': ['c2,C,repayment,2026-04-02,25.00,', 'e2,E,recovery,2026-04-02,10.00,'],
      '2026-04-03': ['a3,A,repayment,2026-04-03,100.00,'],
      '2026-04-05': ['b1,B,repayment,2026-04-05,150.00,'],
    },
    days: daysFrom('2026-03-28', 11),
  });
}

/** The same numbers every time: a linear congruential generator of 32 bits. */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Loans of three products disbursed day by day, with payments, write-offs and what undoes them. */
export function unrestBook(
  seed: number,
  loanCount: number,
  days: readonly string[],
  { entity = 'Morning', prefix = 'L' } = {},
) {
  const next = numbers(seed);
  const loans: Record<string, string[]> = {};
  const events: Record<string, string[]> = {};
  const names: { readonly no: string; readonly from: number }[] = [];
  for (let k = 0; k < loanCount; k += 1) {
    const from = next(days.length - 3);
    const [code, periods] = [
      ['R0', 4],
      ['R1', 6],
      ['R3', 3],
    ][next(3)] as [string, number];
    const amount = `${(next(900) + 100) * 10}.00`;
    const row = `${prefix}${k},${code},${amount},${['0', '0.12'][next(2)]},${periods}`;
    loans[days[from]!] = [...(loans[days[from]!] ?? []), row];
    names.push({ no: `${prefix}${k}`, from });
  }
  let ref = 0;
  const paid: string[] = [];
  for (const [at, day] of days.entries()) {
    const own: string[] = [];
    for (const { no, from } of names) {
      if (at <= from) continue;
      ref += 1;
      const pick = next(100);
      const name = `e${ref}`;
      if (pick < 25) {
        own.push(`${name},${no},repayment,${day},${(next(60_000) / 100 + 1).toFixed(2)},`);
        paid.push(`${name},${no}`);
      } else if (pick < 28) own.push(`${name},${no},settlement,${day},,`);
      else if (pick < 30) own.push(`${name},${no},write_off,${day},,`);
      else if (pick < 31) own.push(`${name},${no},recovery,${day},7.00,`);
      else if (pick < 32) own.push(`${name},${no},prepayment,${day},200.00,`);
    }
    const undone = paid.length > 3 && next(2) === 0 ? paid.splice(next(paid.length - 3), 1)[0] : '';
    if (undone && !own.some((row) => undone.startsWith(row.split(',')[0]!))) {
      const [of, no] = undone.split(',');
      own.push(`u${at},${no},reversal,${day},,${of}`);
    }
    events[day] = own;
  }
  const products = [product('R0', 0, 4, 2), product('R1', 1, 6, 1), product('R3', 3, 3, 3)];
  const plan = { entity, products, loans, events, days };
  return plannedBook({ ...plan, classes: '[0, 1, 3, 6]', isImpaired: true });
}
