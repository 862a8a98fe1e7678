import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../src/accounting/money/amount-text.js';
import {
  DOWN_PAYMENT_EVENT,
  LINE,
  LINE_COMPONENTS,
  SUSPENSE_EVENT,
} from '../../src/accounting/posting/flow.js';
import type { SimulationResult } from '../../src/accounting/simulate/result-shape.js';
import type { TableRow } from '../../src/files/table.js';
import { readOpen } from '../../src/jobs/day/packed.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { exportHledger } from '../../src/jobs/ledger/hledger-export.js';
import { reconcileGl } from '../../src/jobs/ledger/reconcile-gl.js';
import { trialBalance } from '../../src/jobs/ledger/trial-balance.js';
import { customerStatement } from '../../src/jobs/loan/customer-statement.js';
import { showLoan } from '../../src/jobs/loan/show-loan.js';
import { simulated } from '../accounting/simulate/simulation.js';
import { applicable } from '../histories/applicable.js';
import { leavingLoan } from '../histories/leaving-loan.js';
import { randomLoan } from '../histories/random-loan.js';
import type { ModelDocument } from '../model/model.js';
import { hasHledger, hledgerBalances, strictCheck } from '../support/hledger.js';
import { comparable, HistoryBook } from './history-book.js';

const FROM = parseDay('2026-01-20')!;
const THROUGH = FROM + 32;
const LOANS = 60;
const LEAVING = 30;

const PRICED = new Set(['settlement', 'prepayment', 'recovery', 'suspense_refund']);

let book: HistoryBook;
const loans = new Map<string, ModelDocument>();

beforeAll(async () => {
  const range = { from: FROM, through: THROUGH };
  for (let seed = 1; seed <= LOANS + LEAVING; seed += 1) {
    const random = seed > LOANS ? leavingLoan(seed, range) : randomLoan(seed, range);
    const { policy: _policy, calendar: _calendar, ...document } = applicable(random);
    document.product.code = `P${seed}`;
    loans.set(`L${seed}`, { ...document, events: importable(document) });
  }
  book = await HistoryBook.create(FROM, loans);
}, 60_000);

afterAll(() => book?.drop());

/** Events that an import lets in: the others never reach a close. */
function importable({ events, loan }: ModelDocument): ModelDocument['events'] {
  const refs = new Set<string>();
  const last = formatDay(THROUGH);
  return (events ?? []).filter(({ ref, value_date: on, business_date: booked = on }) => {
    const isNew = !refs.has(ref);
    refs.add(ref);
    return isNew && on >= loan.disbursed_on && booked <= last;
  });
}

it('closes to what each history simulates to, late events and reversals too', async () => {
  let returned = 0;
  for (let day = FROM; day <= THROUGH; day += 1) {
    await book.importDay(day);
    const closed = await book.close();
    expect(closed, formatDay(day)).toMatchObject({ held: 0, failed: [] });
    returned += closed.returned;
  }
  expect(returned).toBeGreaterThan(LEAVING / 4);
  const standing = await book.standing(THROUGH);
  expect(standing.size).toBe(loans.size);
  const differing: string[] = [];
  for (const [loanNo, row] of standing) {
    const document = { ...loans.get(loanNo)!, through: formatDay(THROUGH) };
    const wanted = JSON.stringify(comparable({ ...simulated(document as never).position }));
    const found = JSON.stringify(comparable(row));
    if (wanted !== found) differing.push(`${loanNo}\n  ${wanted}\n  ${found}`);
  }
  expect(differing.join('\n')).toBe('');
}, 240_000);

it('reconciles loan by loan: the journal explains every change of every position', async () => {
  const range = { from: FROM, asOf: THROUGH, everyLoan: true };
  const found = await book.ask((client) => reconcileGl(client, range));
  expect(found.accountBreaks).toEqual([]);
  expect(found.loanBreaks).toEqual([]);
  expect(found.days).toBe(33);
});

it('rejects what each history rejects, by the same rule', async () => {
  const outcomes = await book.rows<{ loan_no: string; ref: string; rule: string }>(
    `SELECT DISTINCT ON (l.loan_no, e.event_id) l.loan_no, e.ref, o.rule
     FROM loan l JOIN event e USING (bucket, loan_id) JOIN event_outcome o
       ON o.bucket = e.bucket AND o.loan_id = e.loan_id AND o.event_id = e.event_id
     WHERE o.rule NOT IN ('', 'reversed')
     ORDER BY l.loan_no, e.event_id, o.business_date DESC`,
  );
  const found = outcomes.map(({ loan_no, ref, rule }) => `${loan_no} ${ref} ${rule}`);
  // What an import rejects never comes to a close.
  const imported = ['unknown_of', 'already_reversed', 'reversal_of_a_reversal'];
  const wanted = [...loans].flatMap(([loanNo, document]) =>
    simulated({ ...document, through: formatDay(THROUGH) } as never)
      .rejected.filter(({ rule }) => !imported.includes(rule))
      .map(({ ref, rule }) => `${loanNo} ${ref} ${rule}`),
  );
  expect(found.sort()).toEqual(wanted.sort());
  expect(wanted.some((line) => line.endsWith('loan_settled'))).toBe(true);
});

it('ends with the lines that each history simulates to, however late they came', async () => {
  const stored = await book.rows<Line>(
    `SELECT l.loan_no, coalesce(e.ref, '') AS ref, a.event_id, a.seq, a.component,
       sum(a.amount)::text AS amount
     FROM allocation a JOIN loan l USING (bucket, loan_id)
       LEFT JOIN event e ON e.bucket = a.bucket AND e.loan_id = a.loan_id
         AND e.event_id = a.event_id
     WHERE a.kind = ANY ('{${LINE.paid},${LINE.recovered}}')
     GROUP BY l.loan_no, e.ref, a.event_id, a.seq, a.component HAVING sum(a.amount) <> 0`,
  );
  // Of a loan that was given back `simulate` shows no lines.
  const shown = new Map(
    [...loans]
      .map(([loanNo, document]) => [loanNo, simulatedWhole(document)] as const)
      .filter(([, { position }]) => position.status !== 'cancelled'),
  );
  const kept = stored.filter(({ loan_no: loanNo }) => shown.has(loanNo));
  const found = kept.map(({ loan_no: loanNo, ref, event_id: eventId, ...line }) => {
    const payer = OWN_PAYERS[eventId] ?? ref;
    const amount = formatAmount(BigInt(line.amount), 2);
    return `${loanNo} ${payer} ${line.seq} ${LINE_COMPONENTS[line.component]} ${amount}`;
  });
  const wanted = [...shown].flatMap(([loanNo, { allocations }]) =>
    allocations.map(
      ({ ref, seq, component, amount }) => `${loanNo} ${ref} ${seq} ${component} ${amount}`,
    ),
  );
  expect(found.sort()).toEqual(wanted.sort());
  expect(wanted.length).toBeGreaterThan(LOANS);
});

it('posts on each day the interest that each history simulates to, corrections too', async () => {
  const rows = await book.rows<{ loan_no: string; on: number; total: string }>(
    `SELECT l.loan_no, p.business_date - DATE '1970-01-01' AS on,
       p.interest_accrued_total::text AS total
     FROM position p JOIN loan l USING (bucket, loan_id)`,
  );
  let corrected = 0;
  const posted = new Map<string, bigint[]>();
  for (const [loanNo, document] of loans) {
    const { daily } = simulatedWhole(document);
    let total = 0n;
    const totals: bigint[] = [];
    for (const { interest } of daily) {
      total += BigInt(interest.replace('.', ''));
      totals.push(total);
      if (interest.startsWith('-')) corrected += 1;
    }
    posted.set(loanNo, totals);
  }
  const differing = rows.filter(({ loan_no: loanNo, on, total }) => {
    const bornOn = parseDay(loans.get(loanNo)!.loan.disbursed_on)!;
    return posted.get(loanNo)![on - bornOn] !== BigInt(total);
  });
  expect(differing).toEqual([]);
  expect(rows.length).toBeGreaterThan(LOANS * 20);
  expect(corrected).toBeGreaterThan(0);
});

it('shows what was true of an earlier day by what is known now', async () => {
  const asOf = FROM + 20;
  let compared = 0;
  await book.ask(async (client) => {
    for (const [loanNo, document] of loans) {
      const all = simulated({ ...document, through: formatDay(THROUGH) } as never);
      if (all.rejected.length > 0) continue;
      // What these moved was priced on arrival, not as if they had come in time.
      if (document.events?.some(({ type }) => PRICED.has(type)) === true) continue;
      const events = inTime(document.events ?? []);
      const then = { ...document, events, through: formatDay(asOf) };
      const { position } = simulated(then as never);
      const shown = await showLoan(client, loanNo, asOf, THROUGH);
      expect({ loanNo, ...shown.position }).toMatchObject({
        loanNo,
        status: position.status,
        principal: position.principal,
        interestAccrued: position.interest_accrued,
        interestDue: position.interest_due,
        suspense: position.suspense,
        daysPastDue: position.days_past_due,
      });
      compared += 1;
    }
  });
  expect(compared).toBeGreaterThan(LOANS / 4);
}, 60_000);

it('gives every customer a statement that leads to what the loan stands at', async () => {
  let corrected = 0;
  await book.ask(async (client) => {
    for (const loanNo of loans.keys()) {
      for (const to of [FROM + 20, THROUGH]) {
        // It throws where its rows lead elsewhere than to the position.
        const { tables } = await customerStatement(client, { loanNo, to });
        const rows = tables.find(({ name }) => name === 'transactions')!.rows as TableRow[];
        corrected += rows.filter(({ type }) => String(type).startsWith('更正')).length;
      }
    }
  });
  expect(corrected).toBeGreaterThan(LEAVING / 4);
}, 60_000);

it.skipIf(!hasHledger)('is a journal that hledger accepts, with our balances', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-hledger-'));
  try {
    const out = join(folder, 'book.journal');
    const range = { from: FROM + 5, to: THROUGH };
    const { lines } = await book.ask(async (client) => {
      await exportHledger(client, { ...range, out });
      return trialBalance(client);
    });
    expect(strictCheck(out)).toBe('');
    const closing = lines.map(({ account, closing: balance }) => [account, balance]);
    expect(hledgerBalances(out)).toEqual(Object.fromEntries(closing));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function simulatedWhole(document: ModelDocument): SimulationResult {
  return simulated({ ...document, through: formatDay(THROUGH) } as never);
}

interface Line {
  readonly loan_no: string;
  readonly ref: string;
  readonly event_id: number;
  readonly seq: number;
  readonly component: number;
  readonly amount: string;
}

/** What pays without an event of its own, as `simulate` calls it. */
const OWN_PAYERS: Readonly<Record<number, string>> = {
  [SUSPENSE_EVENT]: 'suspense',
  [DOWN_PAYMENT_EVENT]: 'down_payment',
};

it('carries every loan by what was booked of it when its row is damaged', async () => {
  const table = `position_${formatDay(THROUGH).replaceAll('-', '')}`;
  const stored = (name: string) =>
    book.rows<{ loan_id: number; open_installments: Buffer }>(
      `SELECT * FROM ${name} WHERE status NOT IN (2, 4, 5) ORDER BY bucket, loan_id`,
    );
  const booked = await stored(table);
  expect(booked.length).toBeGreaterThan(LOANS / 2);
  await book.rows(`UPDATE ${table} SET principal = 9007199254740993`, 'owner');
  const options = { workers: 1, tasks: 2, maxHeld: 1_000 };
  const [day] = await closeDays(book.database.target, options);
  expect(day!.held).toBeGreaterThanOrEqual(booked.length);
  const carried = await stored(`position_${day!.businessDate.replaceAll('-', '')}`);
  const expected = booked.map((row) => ({ ...row, business_date: day!.businessDate }));
  expect(carried.map(comparableRow)).toEqual(expected.map(comparableRow));
}, 60_000);

/** What coming rows ask is noted sooner by a fold that has the schedule at hand. */
function comparableRow<T extends { open_installments: Buffer }>(row: T) {
  const { open, special } = readOpen(row.open_installments);
  return { ...row, open_installments: { open, special: special && { ...special, askedLater: 0 } } };
}

/** The same events as if each had arrived on its value date, and what was reversed never. */
function inTime(events: NonNullable<ModelDocument['events']>): ModelDocument['events'] {
  const reversed = new Set(events.flatMap((event) => event.of ?? []));
  return events
    .filter((event) => event.type !== 'reversal' && !reversed.has(event.ref))
    .map(({ business_date: _booked, ...event }) => event);
}
