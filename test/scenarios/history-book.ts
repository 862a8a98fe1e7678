import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { formatDay } from '../../src/accounting/calendar/epoch-day.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../src/accounting/fold/position.js';
import { formatAmount } from '../../src/accounting/money/amount-text.js';
import { withClient } from '../../src/db/connect.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { checkDay } from '../../src/jobs/eod/checks/check-day.js';
import { openPool } from '../../src/jobs/eod/run/fold-pool.js';
import { type ClosedDay, runDay } from '../../src/jobs/eod/run/run-day.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../src/package-root.js';
import type { ModelDocument } from '../model/model.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

const EVENT_KEYS = ['amount', 'component', 'seq', 'due_on', 'early_payment', 'rate', 'of'] as const;

/** A position in the words of `simulate`. */
export interface StandingPosition {
  readonly business_date: string;
  readonly [field: string]: string | number | boolean;
}

const AMOUNTS = [
  'principal',
  'principal_overdue',
  'interest_due',
  'penalty_due',
  'compound_due',
  'fee_due',
  'suspense',
  'refund_due',
] as const;

/** What both sides say of a loan: the fields of a position that are compared. */
export function comparable(
  position: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { status, classification, accruing, days_past_due } = position;
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, position[name]]));
  return { status, classification, accruing, days_past_due, ...amounts };
}

/**
 * A book whose loans are documents for `simulate`: each has its product and is an accounting group
 * of its own. Events go in by a file on the day on which they are booked.
 */
export class HistoryBook {
  readonly database: TestDatabase;
  readonly loans: ReadonlyMap<string, ModelDocument>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'loanbook-histories-'));
  /** One for all of its days: a thread takes longer to start than such a day to close. */
  readonly #pool = openPool(1);

  private constructor(database: TestDatabase, loans: ReadonlyMap<string, ModelDocument>) {
    this.database = database;
    this.loans = loans;
  }

  static async create(
    from: number,
    loans: ReadonlyMap<string, ModelDocument>,
  ): Promise<HistoryBook> {
    const book = new HistoryBook(await testDatabase(), loans);
    await book.ask(async (client) => {
      const policyFile = join(packageRoot, 'config/policy-uncapped.yaml');
      const frame = { firstBusinessDate: from, calendar: 'none', policyFile };
      await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
      const products = new Map(
        [...loans.values()].map(({ product }) => [String(product.code), product]),
      );
      for (const [code, product] of products) {
        const document = JSON.stringify({ effective_from: '2020-01-01', ...product });
        await applyProduct(client, document, code);
      }
      await importLoans(client, { file: book.#loansFile() });
    });
    return book;
  }

  async drop(): Promise<void> {
    await this.#pool.threads.destroy();
    await this.database.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  ask<T>(fn: (client: pg.Client) => Promise<T>, role: 'batch' | 'owner' = 'batch'): Promise<T> {
    return withClient(this.database.target, { role }, fn);
  }

  async rows<T extends object>(sql: string, role: 'batch' | 'owner' = 'batch'): Promise<T[]> {
    return this.ask(async (client) => (await client.query<T>(sql)).rows, role);
  }

  /** Brings in what is booked on the day. */
  async importDay(day: number): Promise<void> {
    const file = this.#eventsFile(formatDay(day));
    if (file === undefined) return;
    await this.ask((client) => importEvents(client, { file, maxRejects: 1_000 }));
  }

  /** Closes the open day; the names of checks that do not hold, the hash included, come along. */
  async close(): Promise<ClosedDay & { failed: string[] }> {
    const closed = await runDay(this.database.target, this.#pool, { tasks: 2 });
    const { checks } = await this.ask((client) => checkDay(client, []));
    const all = [...closed.checks, ...checks];
    return { ...closed, failed: all.filter((check) => !check.ok).map(({ name }) => name) };
  }

  /** The newest row of each loan up to a day. */
  async standing(until: number): Promise<Map<string, StandingPosition>> {
    const rows = await this.rows<{ loan_no: string; business_date: string } & Stored>(
      `SELECT DISTINCT ON (l.loan_no) l.loan_no, p.* FROM loan l JOIN position p
         ON p.bucket = l.bucket AND p.loan_id = l.loan_id
       WHERE p.business_date <= '${formatDay(until)}'
       ORDER BY l.loan_no, p.business_date DESC`,
    );
    return new Map(rows.map((row) => [row.loan_no, said(row)]));
  }

  #loansFile(): string {
    const file = join(this.#folder, 'loans.csv');
    const lines = ['loan_no,product,principal,rate,periods,disbursed_on,first_due_on,org'];
    for (const [loanNo, { loan, product }] of this.loans) {
      const first = loan.first_due_on ?? '';
      const own = [loan.principal, loan.rate, loan.periods, loan.disbursed_on, first, loanNo];
      lines.push([loanNo, product.code, ...own].join(','));
    }
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }

  #eventsFile(day: string): string | undefined {
    const lines: string[] = [];
    for (const [loanNo, { events }] of this.loans) {
      for (const event of events ?? []) {
        if ((event.business_date ?? event.value_date) !== day) continue;
        const own = EVENT_KEYS.map((key) => event[key] ?? '');
        lines.push([event.ref, loanNo, event.type, event.value_date, day, ...own].join(','));
      }
    }
    if (lines.length === 0) return undefined;
    const file = join(this.#folder, `events-${day}.csv`);
    const header = `ref,loan_no,type,value_date,business_date,${EVENT_KEYS.join(',')}`;
    writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
    return file;
  }
}

interface Stored {
  status: number;
  classification: number;
  accruing: boolean;
  days_past_due: number;
  readonly [amount: string]: unknown;
}

function said(row: { business_date: string } & Stored): StandingPosition {
  const { business_date, status, classification, accruing, days_past_due } = row;
  return {
    business_date,
    status: STATUS_NAMES[status]!,
    classification: CLASS_NAMES[classification]!,
    accruing,
    days_past_due,
    ...Object.fromEntries(AMOUNTS.map((name) => [name, formatAmount(amountOf(row, name), 2)])),
  };
}

/** The column of suspense holds both: below zero it is what the customer owes for a refund. */
function amountOf(row: Stored, name: (typeof AMOUNTS)[number]): number {
  if (name === 'refund_due') return Math.max(0, 0 - Number(row.suspense));
  return name === 'suspense' ? Math.max(0, Number(row.suspense)) : Number(row[name]);
}
