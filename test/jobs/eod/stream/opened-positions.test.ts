import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatDay, parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { checkChain } from '../../../../src/jobs/day/proof/check-chain.js';
import { checkDay } from '../../../../src/jobs/eod/checks/check-day.js';
import { openPool } from '../../../../src/jobs/eod/run/fold-pool.js';
import { runDay } from '../../../../src/jobs/eod/run/run-day.js';
import { importBalances } from '../../../../src/jobs/import/balances/import-balances.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { showLoan } from '../../../../src/jobs/loan/show-loan.js';
import { packageRoot } from '../../../../src/package-root.js';
import { simulated } from '../../../accounting/simulate/simulation.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const FROM = parseDay(OPEN_DAY)!;
const CUT_OVER = formatDay(FROM - 1);
const THROUGH = FROM + 14;

/** Rows of their files: the loan's principal and disbursement; its position; its instalments. */
interface Opened {
  readonly loan: readonly [principal: string, disbursedOn: string];
  /** principal_not_due, interest_accrued, suspense, accruing, written_off, periods_paid, history */
  readonly position: string;
  /** seq, due_on, free_until, principal, interest, penalty, compound, fee */
  readonly rows: readonly string[];
  readonly events?: readonly string[];
}

/** 10,000.00 at 18% over twelve months: 916.80 a month, see test/accounting/opening. */
const LOANS: Readonly<Record<string, Opened>> = {
  // Two paid, the third half: 7,664.92 are not yet due.
  HALF: {
    loan: ['10000.00', '2025-12-20'],
    position: '7664.92,30.66,12.34,true,false,2,false',
    rows: ['3,2026-03-20,,389.98,26.82,1.40,0,3.00'],
    events: ['R1,HALF,repayment,2026-04-01,200.00,,', 'B1,HALF,charge_back,2026-04-03,900.00,,'],
  },
  // Prepaid before: the product lays the rest again.
  LESS: {
    loan: ['10000.00', '2026-01-05'],
    position: '5000.00,55.00,0,true,false,2,false',
    rows: [],
    events: ['B2,LESS,charge_back,2026-03-30,100.00,,', 'R2,LESS,repayment,2026-04-05,1000.00,,'],
  },
  // Rows of its own, with a fee.
  ROWS: {
    loan: ['10000.00', '2026-01-05'],
    position: '9000.00,40.00,0,true,false,,false',
    rows: [
      '1,2026-02-05,2026-02-08,10.00,5.00,0.50,0,0',
      '3,2026-04-02,,4000.00,130.00,0,0,7.50',
      '4,2026-06-02,,5000.00,150.00,0,0,0',
    ],
    events: ['R3,ROWS,repayment,2026-04-02,20.00,,', 'P3,ROWS,repayment,2026-03-30,9.00,,'],
  },
  // Not accruing for long.
  LATE: {
    loan: ['10000.00', '2025-09-10'],
    position: '5497.17,46.00,0,false,false,1,false',
    rows: [
      '2,2025-11-10,2025-11-10,778.30,138.50,75.00,0,0',
      '3,2025-12-10,2025-12-10,789.98,126.82,60.00,0,0',
      '4,2026-01-10,,801.83,114.97,40.00,0,0',
      '5,2026-02-10,,813.86,102.94,25.00,0,0',
      '6,2026-03-10,,826.07,90.73,9.00,0,0',
    ],
    events: ['R4,LATE,repayment,2026-04-06,3000.00,,', 'V4,LATE,reversal,2026-04-10,,,R4'],
  },
  GONE: {
    loan: ['10000.00', '2025-04-05'],
    position: '2000.00,40.00,3.00,false,true,,false',
    rows: ['9,2026-01-05,,500.00,20.00,5.00,0,0'],
    events: ['R5,GONE,recovery,2026-04-02,600.00,,'],
  },
  // Falls due on the first day: nothing levels what was accrued but the due date itself.
  DUE: {
    loan: ['10000.00', '2026-01-28'],
    position: '9233.20,100.00,50.00,true,false,1,false',
    rows: [],
  },
  // Its payments came along; it stands as they say.
  TOLD: {
    loan: ['10000.00', '2026-01-20'],
    position: '8454.90,33.82,0,true,false,2,true',
    rows: [],
    events: ['H6,TOLD,repayment,2026-02-20,916.80,,', 'H7,TOLD,repayment,2026-03-20,916.80,,'],
  },
};
const LIES = {
  loan: ['10000.00', '2026-02-25'],
  position: '9233.20,13.85,0,true,false,1,true',
} as const;

const CALENDAR = parse(readFileSync(join(packageRoot, 'config/calendars/cn.yaml'), 'utf8'));
const pool = openPool(1);
let book: ImportBook;
const everyEvent = Object.values(LOANS).flatMap(({ events = [] }) => events);

beforeAll(async () => {
  book = await importBook();
  const all = { ...LOANS, LIES: { ...LIES, rows: [] } };
  const loans = Object.entries(all).map(
    ([no, { loan }]) => `${no},CASH,1,${loan[0]},0.18,${loan[1]}`,
  );
  const header = 'loan_no,product,product_version,principal,rate,disbursed_on';
  await importLoans(book.client, { file: book.file('loans.csv', header, ...loans) });
  const balances = Object.entries(all).map(([no, { position }]) => `${no},${position}`);
  const rows = Object.entries(all).flatMap(([no, { rows: own }]) =>
    own.map((row) => `${no},${row}`),
  );
  const outcome = await importBalances(book.client, {
    file: book.file('balances.csv', BALANCES, ...balances),
    installments: book.file('installments.csv', INSTALLMENTS, ...rows),
  });
  expect(outcome).toMatchObject({
    rowsTaken: 8,
    rowsRejected: 0,
    schedules: { read: 4, taken: 4 },
  });
  const file = book.file(
    'events.csv',
    'ref,loan_no,type,value_date,amount,business_date,of',
    ...everyEvent,
  );
  await importEvents(book.client, { file });
}, 60_000);
afterAll(async () => {
  await pool.threads.destroy();
  await book.remove();
});

const BALANCES =
  'loan_no,principal_not_due,interest_accrued,suspense,accruing,written_off,periods_paid,history';
const INSTALLMENTS = 'loan_no,seq,due_on,free_until,principal,interest,penalty,compound,fee';

function simulation(loanNo: string, through: string) {
  const { loan, position, rows, events = [] } = LOANS[loanNo]!;
  const [notDue, accrued, suspense, accruing, writtenOff, paid, history] = position.split(',');
  const items = rows.map((row) => {
    const [seq, due_on, free, principal, interest, penalty, compound, fee] = row.split(',');
    const amounts = { principal, interest, penalty, compound, fee };
    return { seq: Number(seq), due_on, free_until: free || null, ...amounts };
  });
  const coming = items.filter(({ due_on: on = '' }) => on > CUT_OVER);
  return simulated({
    product: { repayment: { periods: 12 } },
    calendar: CALENDAR,
    loan: { principal: loan[0], rate: '0.18', disbursed_on: loan[1] },
    ...{
      opening: {
        ...{
          cut_over_on: CUT_OVER,
          principal_not_due: notDue,
          interest_accrued: accrued,
          suspense,
        },
        ...{ accruing: accruing === 'true', written_off: writtenOff === 'true' },
        ...{ periods_paid: paid === '' ? null : Number(paid), history: history === 'true' },
        installments: items.filter(({ due_on: on = '' }) => on <= CUT_OVER),
        schedule:
          coming.length === 0
            ? null
            : coming.map(({ seq, due_on, principal, interest, fee }) => ({
                ...{ seq, due_on, principal, interest, fee },
              })),
      },
    },
    events: events
      .map((event) => event.split(','))
      .map(([ref, , type, value_date, amount, , of]) => ({
        ...{ ref, type, value_date },
        ...(amount ? { amount } : {}),
        ...(of ? { of } : {}),
      })),
    through,
  });
}

describe('loans that come with positions', () => {
  it('close to what `simulate` says of them, day by day', async () => {
    for (let day = FROM; day <= THROUGH; day += 1) {
      const closed = await runDay(book.database.target, pool, { tasks: 2 });
      // LIES is held: folded from birth it does not stand as it says.
      expect(closed, formatDay(day)).toMatchObject({ held: 1 });
      const { checks } = await checkDay(book.client, []);
      expect(checks.filter((check) => !check.ok)).toEqual([]);
      for (const loanNo of Object.keys(LOANS)) {
        const { position, rejected } = simulation(loanNo, formatDay(day));
        expect(rejected).toEqual([]);
        const shown = await showLoan(book.client, loanNo, day);
        expect({ day: formatDay(day), loanNo, ...shown.position }).toMatchObject({
          day: formatDay(day),
          loanNo,
          status: position.status,
          classification: position.classification,
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

  it('enter the ledger with every balance, against the opening account', async () => {
    const rows = await book.rows(
      `SELECT a.code, sum(j.amount)::text AS amount FROM journal_line j JOIN account a USING (account_id)
       JOIN loan l USING (bucket, loan_id) WHERE j.kind = movement_opening() AND l.loan_no IN ('HALF', 'LATE', 'GONE')
       GROUP BY a.code ORDER BY a.code`,
    );
    // LATE's 46.00 + 573.96 + 209.00 stand off the balance sheet. GONE has 3.00 in suspense alone.
    expect(rows).toEqual([
      { code: '1132.01', amount: '3066' },
      { code: '1132.02', amount: '2682' },
      { code: '1132.03', amount: '140' },
      { code: '1132.05', amount: '300' },
      { code: '1303.01', amount: String(766_492 + 549_717) },
      { code: '1303.02', amount: String(38_998 + 401_004) },
      { code: '2241.01', amount: String(-1234 - 300) },
      {
        code: '4901.01',
        amount: String(-(3066 + 2682 + 140 + 300 + 766_492 + 549_717 + 38_998 + 401_004) + 1534),
      },
      { code: '7101.01', amount: String(4600 + 57_396 + 20_900) },
      { code: '7101.99', amount: String(-(4600 + 57_396 + 20_900)) },
    ]);
  });

  it('are held where their history does not give the position', async () => {
    const [held] = await book.rows(
      `SELECT reason FROM held_loan JOIN loan USING (bucket, loan_id) WHERE loan_no = 'LIES' LIMIT 1`,
    );
    expect(held?.reason).toContain('does not stand as its opening position says');
    expect(held?.reason).toContain('"key":"1.principal","given":0,"folded":76680');
  });

  it('show what was paid before, and the events of their history as taken in', async () => {
    const half = await showLoan(book.client, 'HALF', FROM);
    expect(half.installments[0]).toMatchObject({
      status: 'paid',
      principal: { due: '766.80', paid: '766.80' },
    });
    expect(half.installments[2]).toMatchObject({
      status: 'overdue',
      principal: { due: '789.98', paid: '400.00' },
      fee: { due: '3.00', paid: '0.00' },
    });
    const told = await showLoan(book.client, 'TOLD', FROM);
    expect(told.events.map(({ ref, outcome, rule }) => [ref, outcome, rule])).toEqual([
      ['opening', 'posted', null],
      ['H6', 'posted', 'in_opening'],
      ['H7', 'posted', 'in_opening'],
    ]);
  });

  it('are proven with the contract that they are a part of', async () => {
    expect((await checkChain(book.client, {})).broken).toEqual([]);
    await book.asOwner(
      `UPDATE loanbook.opening_position SET suspense = suspense + 1
       WHERE loan_id = (SELECT loan_id FROM loanbook.loan WHERE loan_no = 'DUE')`,
    );
    const { broken } = await checkChain(book.client, {});
    expect(JSON.stringify(broken)).toContain('loan, schedule, event or opening_position of DUE');
  });
});
