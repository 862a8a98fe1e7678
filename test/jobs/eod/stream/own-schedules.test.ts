import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatDay, parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { checkDay } from '../../../../src/jobs/eod/checks/check-day.js';
import { openPool } from '../../../../src/jobs/eod/run/fold-pool.js';
import { runDay } from '../../../../src/jobs/eod/run/run-day.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { showLoan } from '../../../../src/jobs/loan/show-loan.js';
import { packageRoot } from '../../../../src/package-root.js';
import { simulated } from '../../../accounting/simulate/simulation.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const FROM = parseDay(OPEN_DAY)!;
const THROUGH = FROM + 24;

/** As `simulate` takes them; two have rows between 2 and 40 days apart, fees, and rows without. */
const LOANS: Readonly<Record<string, { own: Record<string, string>; rows: readonly string[] }>> = {
  NEW: {
    own: { principal: '1000.00', rate: '0.18', disbursed_on: OPEN_DAY },
    rows: [
      '2026-04-02,300.00,2.00,1.00',
      '2026-04-09,0.00,2.00,0.00',
      '2026-04-11,200.00,0.50,0.25',
      '2026-05-21,500.00,8.00,0.60',
    ],
  },
  OLD: {
    own: { principal: '900.00', rate: '0.2', disbursed_on: '2026-01-05' },
    rows: [
      '2026-02-20,100.00,23.00,0.00',
      '2026-03-13,0.00,9.33,1.00',
      '2026-04-01,600.00,8.44,0.50',
      '2026-06-15,200.00,8.33,0.75',
    ],
  },
  PREPAID: {
    own: { principal: '600.00', rate: '0.18', disbursed_on: '2026-03-29' },
    rows: [
      '2026-04-20,100.00,6.60,0.40',
      '2026-05-02,250.00,3.00,0.20',
      '2026-07-31,250.00,11.25,0.30',
    ],
  },
};

/** In the book OLD's first row was paid before it began; `simulate` needs the payment. */
const PAID_BEFORE = { ref: 'P0', type: 'repayment', value_date: '2026-02-20', amount: '123.00' };
const EVENTS = [
  ['R1', 'NEW', 'repayment', '2026-04-02', '303.00'],
  ['R2', 'OLD', 'repayment', '2026-04-08', '200.00'],
  ['R3', 'NEW', 'repayment', '2026-04-13', '6.00'],
  ['R4', 'PREPAID', 'prepayment', '2026-04-09', '150.00'],
] as const;

/** One for all days. */
const pool = openPool(1);
const CALENDAR = parse(readFileSync(join(packageRoot, 'config/calendars/cn.yaml'), 'utf8'));

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  const loans = Object.entries(LOANS).map(([loanNo, { own }]) => {
    const paid = loanNo === 'OLD' ? 1 : '';
    return [loanNo, 'CASH', own.principal, own.rate, own.disbursed_on, 1, paid].join(',');
  });
  const rows = Object.entries(LOANS).flatMap(([no, own]) => own.rows.map((row) => `${no},${row}`));
  const header = 'loan_no,product,principal,rate,disbursed_on,product_version,paid_periods';
  await importLoans(book.client, {
    file: book.file('loans.csv', header, ...loans),
    schedules: book.file('rows.csv', 'loan_no,due_on,principal,interest,fee', ...rows),
  });
  const events = EVENTS.map((event) => event.join(','));
  const file = book.file('events.csv', 'ref,loan_no,type,value_date,amount', ...events);
  await importEvents(book.client, { file });
});
afterAll(async () => {
  await pool.threads.destroy();
  await book.remove();
});

function simulation(loanNo: string, through: string) {
  const { own, rows } = LOANS[loanNo]!;
  const schedule = rows.map((row) => {
    const [due_on, principal, interest, fee] = row.split(',');
    return { due_on, principal, interest, fee };
  });
  const mine = EVENTS.filter(([, loan, , on]) => loan === loanNo && on <= through);
  const events = mine.map(([ref, , type, value_date, amount]) => {
    return { ref, type, value_date, amount };
  });
  return simulated({
    product: { repayment: { periods: 12 } },
    calendar: CALENDAR,
    loan: { loan_no: loanNo, ...own, schedule },
    events: loanNo === 'OLD' ? [PAID_BEFORE, ...events] : events,
    through,
  });
}

describe('loans with schedules of their own', () => {
  it('close to what `simulate` says of them, day by day', async () => {
    for (let day = FROM; day <= THROUGH; day += 1) {
      const closed = await runDay(book.database.target, pool, { tasks: 2 });
      expect(closed, formatDay(day)).toMatchObject({ held: 0 });
      const { checks } = await checkDay(book.client, []);
      expect(checks.filter((check) => !check.ok)).toEqual([]);
      for (const loanNo of Object.keys(LOANS)) {
        if (formatDay(day) < LOANS[loanNo]!.own.disbursed_on!) continue;
        const { position, rejected } = simulation(loanNo, formatDay(day));
        expect(rejected).toEqual([]);
        const shown = await showLoan(book.client, loanNo, day);
        expect({ day: formatDay(day), loanNo, ...shown.position }).toMatchObject({
          day: formatDay(day),
          loanNo,
          status: position.status,
          accruing: position.accruing,
          daysPastDue: position.days_past_due,
          principal: position.principal,
          principalOverdue: position.principal_overdue,
          interestAccrued: position.interest_accrued,
          interestDue: position.interest_due,
          penaltyDue: position.penalty_due,
          feeDue: position.fee_due,
          suspense: position.suspense,
        });
      }
    }
  }, 120_000);

  it('show their rows, laid again behind a prepayment', async () => {
    const { schedule, installments } = await showLoan(book.client, 'PREPAID', THROUGH);
    const rows = simulation('PREPAID', formatDay(THROUGH)).schedule;
    const said = rows.map(({ seq, due_on, principal, interest, balance_after }) => {
      return { seq, dueOn: due_on, principal, interest, balanceAfter: balance_after };
    });
    expect(schedule).toMatchObject(said);
    expect(installments[0]!.fee.due).toBe('0.40');
    const old = await showLoan(book.client, 'OLD', THROUGH);
    expect(old.installments.map(({ status, dueOn }) => [dueOn, status])).toEqual([
      ['2026-02-20', 'paid'],
      ['2026-03-13', 'paid'],
      ['2026-04-01', 'overdue'],
      ['2026-06-15', 'pending'],
    ]);
  });
});
