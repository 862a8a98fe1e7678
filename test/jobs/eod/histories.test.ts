import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatAmount } from '../../../src/accounting/amount-text.js';
import { formatDay, parseDay } from '../../../src/accounting/epoch-day.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../../src/accounting/position.js';
import { withClient } from '../../../src/db/connect.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { checkDay } from '../../../src/jobs/eod/check-day.js';
import { closeDays } from '../../../src/jobs/eod/close-days.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { showLoan } from '../../../src/jobs/loan/show-loan.js';
import { packageRoot } from '../../../src/package-root.js';
import { randomLoan } from '../../accounting/random-loan.js';
import { simulated } from '../../accounting/simulation.js';
import type { ModelDocument } from '../../model/model.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const FROM = parseDay('2026-01-20')!;
const THROUGH = FROM + 32;
const LOANS = 90;

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-histories-'));
const loans = new Map<string, ModelDocument>();

beforeAll(async () => {
  database = await testDatabase();
  for (let seed = 1; seed <= LOANS; seed += 1) {
    const {
      policy: _policy,
      calendar: _calendar,
      ...document
    } = randomLoan(seed, {
      from: FROM,
      through: THROUGH,
    });
    document.product.code = `P${seed}`;
    loans.set(`L${seed}`, { ...document, events: importable(document) });
  }
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

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

const EVENT_KEYS = ['amount', 'component', 'seq', 'due_on', 'early_payment', 'rate', 'of'] as const;

function eventsFile(day: string): string | undefined {
  const lines: string[] = [];
  for (const [loanNo, { events }] of loans) {
    for (const event of events ?? []) {
      if ((event.business_date ?? event.value_date) !== day) continue;
      const own = EVENT_KEYS.map((key) => event[key] ?? '');
      lines.push([event.ref, loanNo, event.type, event.value_date, day, ...own].join(','));
    }
  }
  if (lines.length === 0) return undefined;
  const file = join(folder, `events-${day}.csv`);
  const header = `ref,loan_no,type,value_date,business_date,${EVENT_KEYS.join(',')}`;
  writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
  return file;
}

function loansFile(): string {
  const file = join(folder, 'loans.csv');
  const lines = ['loan_no,product,principal,rate,periods,disbursed_on,first_due_on'];
  for (const [loanNo, { loan, product }] of loans) {
    const first = loan.first_due_on ?? '';
    const own = [loan.principal, loan.rate, loan.periods, loan.disbursed_on, first];
    lines.push([loanNo, product.code, ...own].join(','));
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

interface StoredPosition {
  loan_no: string;
  status: number;
  classification: number;
  accruing: boolean;
  days_past_due: number;
  principal: number;
  principal_overdue: number;
  interest_due: number;
  penalty_due: number;
  compound_due: number;
  fee_due: number;
  suspense: number;
}
const AMOUNTS = [
  'principal',
  'principal_overdue',
  'interest_due',
  'penalty_due',
  'compound_due',
  'fee_due',
  'suspense',
] as const;

it('closes to what each history simulates to, late events and reversals too', async () => {
  await withClient(database.target, {}, async (client) => {
    const policyFile = join(packageRoot, 'config/policy-uncapped.yaml');
    const frame = { firstBusinessDate: FROM, calendar: 'none', policyFile };
    const book = { entity: 'T', currency: 'CNY', ...frame };
    await createBook(client, book);
    for (const { product } of loans.values()) {
      const document = JSON.stringify({ effective_from: '2020-01-01', ...product });
      await applyProduct(client, document, String(product.code));
    }
    await importLoans(client, { file: loansFile() });
  });
  for (let day = FROM; day <= THROUGH; day += 1) {
    const file = eventsFile(formatDay(day));
    if (file !== undefined) {
      await withClient(database.target, {}, (client) =>
        importEvents(client, { file, maxRejects: 1_000 }),
      );
    }
    const [closed] = await closeDays(database.target, { workers: 1, tasks: 2 });
    expect(closed, formatDay(day)).toMatchObject({ held: 0 });
    expect(closed!.checks.filter((check) => !check.ok)).toEqual([]);
    const { checks } = await withClient(database.target, {}, (client) => checkDay(client, []));
    expect(checks.filter((check) => !check.ok)).toEqual([]);
  }
  const stored = await withClient(database.target, {}, async (client) => {
    const { rows } = await client.query<StoredPosition>(
      `SELECT DISTINCT ON (l.loan_no) l.loan_no, p.* FROM loan l JOIN position p
         ON p.bucket = l.bucket AND p.loan_id = l.loan_id
       ORDER BY l.loan_no, p.business_date DESC`,
    );
    return rows;
  });
  expect(stored).toHaveLength(loans.size);
  const differing: string[] = [];
  for (const row of stored) {
    const { position } = simulated({
      ...loans.get(row.loan_no)!,
      through: formatDay(THROUGH),
    } as never);
    const wanted = {
      status: position.status,
      classification: position.classification,
      accruing: position.accruing,
      days_past_due: position.days_past_due,
      ...Object.fromEntries(AMOUNTS.map((name) => [name, position[name]])),
    };
    const found = {
      status: STATUS_NAMES[row.status],
      classification: CLASS_NAMES[row.classification],
      accruing: row.accruing,
      days_past_due: row.days_past_due,
      ...Object.fromEntries(AMOUNTS.map((name) => [name, formatAmount(row[name], 2)])),
    };
    if (JSON.stringify(wanted) !== JSON.stringify(found)) {
      differing.push(`${row.loan_no}\n  ${JSON.stringify(wanted)}\n  ${JSON.stringify(found)}`);
    }
  }
  expect(differing.join('\n')).toBe('');
}, 180_000);

it('shows what was true of an earlier day by what is known now', async () => {
  const asOf = FROM + 20;
  let compared = 0;
  await withClient(database.target, {}, async (client) => {
    for (const [loanNo, document] of loans) {
      const all = simulated({ ...document, through: formatDay(THROUGH) } as never);
      if (all.rejected.length > 0) continue;
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

/** The same events as if each had arrived on its value date, and what was reversed never. */
function inTime(events: NonNullable<ModelDocument['events']>): ModelDocument['events'] {
  const reversed = new Set(events.flatMap((event) => event.of ?? []));
  return events
    .filter((event) => event.type !== 'reversal' && !reversed.has(event.ref))
    .map(({ business_date: _booked, ...event }) => event);
}
