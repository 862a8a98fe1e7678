import { importBalances } from '../../../../src/jobs/import/balances/import-balances.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans, type LoanImportOptions } from '../../../../src/jobs/import/import-loans.js';
import type { ImportOutcome } from '../../../../src/jobs/import/import-outcome.js';
import { type ImportBook, OPEN_DAY } from '../../../support/import-book.js';

const LOANS = 'loan_no,product,product_version,principal,rate,disbursed_on,org,party';
const BALANCES = 'loan_no,principal_not_due,interest_accrued,suspense';
const EVENTS = 'ref,loan_no,type,value_date,amount';
const SCHEDULES = 'loan_no,due_on,principal,interest,fee';

/**
 * 766.80 and 778.30 of principal are due on 20 January and 20 February, 789.98 on 20 March: behind
 * these 7,664.92 of 10,000.00 is left.
 */
export const FIRST = {
  loans: [
    'A1,CASH,1,10000.00,0.18,2025-12-20,NORTH,',
    'B2,CASH,1,10000.00,0.18,2025-12-20,NORTH,',
    `c3,CASH,1,1000.00,0.18,${OPEN_DAY},SOUTH,`,
    `D4,CASH,1,5000.00,0.18,${OPEN_DAY},SOUTH,`,
  ],
  schedules: ['c3,2026-04-28,400.00,15.00,2.00', 'c3,2026-05-28,600.00,9.00,3.00'],
  balances: ['A1,7664.92,26.83,0', 'B2,7664.92,26.83,1.50'],
  events: [
    `F1,A1,fee,${OPEN_DAY},5.00`,
    `F2,B2,fee,${OPEN_DAY},7.00`,
    `F3,c3,fee,${OPEN_DAY},9.00`,
  ],
};

/** A1 owes less, B2 and c3 are as they were, N5 comes. */
export const DELTA = {
  loans: [
    'A1,CASH,1,9000.00,0.18,2025-12-20,NORTH,',
    'B2,CASH,1,10000.00,0.180,2025-12-20,NORTH,',
    `c3,CASH,1,1000.00,0.18,${OPEN_DAY},SOUTH,`,
    `N5,CASH,1,500.00,0.18,${OPEN_DAY},EAST,`,
  ],
  balances: ['A1,7000.00,20.00,0', 'B2,7664.92,26.83,1.50'],
  events: [`F1,A1,fee,${OPEN_DAY},6.00`],
};

type Lines = readonly string[];

export const take = {
  loans: (
    book: ImportBook,
    name: string,
    lines: Lines,
    more: Omit<LoanImportOptions, 'file' | 'schedules'> & { readonly schedules?: Lines } = {},
  ): Promise<ImportOutcome> => {
    const { schedules, ...options } = more;
    const second = schedules && book.file(`${name}.schedules.csv`, SCHEDULES, ...schedules);
    const file = book.file(`${name}.csv`, LOANS, ...lines);
    return importLoans(book.client, { ...options, file, schedules: second });
  },
  balances: (book: ImportBook, name: string, lines: Lines, delta = false, dryRun = false) =>
    importBalances(book.client, {
      ...{ file: book.file(`${name}.csv`, BALANCES, ...lines), delta, dryRun },
    }),
  events: (book: ImportBook, name: string, lines: Lines) =>
    importEvents(book.client, { file: book.file(`${name}.csv`, EVENTS, ...lines) }),
};

/** Imports 1 to 3. */
export async function firstLoad(book: ImportBook): Promise<void> {
  await take.loans(book, 'loans', FIRST.loans, { schedules: FIRST.schedules });
  await take.balances(book, 'balances', FIRST.balances);
  await take.events(book, 'events', FIRST.events);
}

/** The whole content of the book that a delta may change. */
export async function contents(book: ImportBook): Promise<Record<string, unknown>> {
  const tables = ['loan', 'schedule', 'schedule_balance', 'event', 'opening_position'];
  const found: Record<string, unknown> = {};
  for (const table of [
    ...[...tables, 'loan_party', 'merchant_order', 'loan_look', 'replaced_import', 'imported_file'],
  ]) {
    found[table] = await book.rows(`SELECT * FROM ${table} t ORDER BY t::text`);
  }
  return found;
}
