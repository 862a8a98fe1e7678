import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from '../../../src/db/connect.js';
import { LoanbookError } from '../../../src/errors.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { openPool } from '../../../src/jobs/eod/run/fold-pool.js';
import { type ClosedDay, runDay } from '../../../src/jobs/eod/run/run-day.js';
import { EXPORT_KINDS, type ExportKind } from '../../../src/jobs/export/export-columns.js';
import { type ExportOutcome, exportFile } from '../../../src/jobs/export/export-file.js';
import { importBalances } from '../../../src/jobs/import/balances/import-balances.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../src/package-root.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

/** Every figure of a position that a reader of the book sees, and what the next night goes on from. */
const POSITION = `l.loan_no, status, accruing, classification, overdue_bucket, days_past_due,
  next_seq, next_due_on::text, period_start_on::text, next_principal, next_interest, q.rate_ppb,
  q.principal, principal_not_due, principal_overdue, interest_accrued, interest_due, penalty_due,
  compound_due, fee_due, suspense, oldest_due_on::text, oldest_free_on::text`;

export type PositionRow = Readonly<Record<string, unknown>> & { readonly loan_no: string };

export async function positionsOn(client: pg.Client, day: string): Promise<PositionRow[]> {
  const { rows } = await client.query<PositionRow>(
    `SELECT ${POSITION} FROM position q JOIN loan l USING (bucket, loan_id)
     WHERE business_date = $1 ORDER BY l.loan_no`,
    [day],
  );
  return rows;
}

/** What the sub-ledgers sum to on a day, by measure. */
export async function totalsOn(client: pg.Client, day: string): Promise<object[]> {
  const { rows } = await client.query<object>(
    `SELECT sum(principal)::text AS principal, sum(interest_accrued)::text AS accrued,
       sum(interest_due)::text AS interest, sum(penalty_due)::text AS penalty,
       sum(compound_due)::text AS compound, sum(fee_due)::text AS fee,
       sum(suspense)::text AS suspense, count(*)::int AS loans
     FROM position WHERE business_date = $1`,
    [day],
  );
  return rows;
}

/** An empty book that what another one exports is imported into. */
export class SecondBook {
  readonly folder = mkdtempSync(join(tmpdir(), 'loanbook-second-'));
  readonly #database: TestDatabase;
  readonly #pool = openPool(1);

  private constructor(database: TestDatabase) {
    this.#database = database;
  }

  static async create(from: number, products: readonly object[]): Promise<SecondBook> {
    const book = new SecondBook(await testDatabase());
    await book.ask(async (client) => {
      const policyFile = join(packageRoot, 'config/policy-uncapped.yaml');
      const frame = { firstBusinessDate: from, calendar: 'none', policyFile };
      await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
      for (const product of products) {
        const document = { effective_from: '2020-01-01', ...product };
        await applyProduct(client, JSON.stringify(document), 'product');
      }
    });
    return book;
  }

  ask<T>(fn: (client: pg.Client) => Promise<T>): Promise<T> {
    return withClient(this.#database.target, { role: 'batch' }, fn);
  }

  file(kind: ExportKind): string {
    return join(this.folder, `${kind}.csv`);
  }

  /** Exports every kind out of another book into the folder of this one. */
  async exportFrom(
    client: pg.Client,
    maxLeftOut: number,
  ): Promise<Record<ExportKind, ExportOutcome>> {
    const outcomes: Partial<Record<ExportKind, ExportOutcome>> = {};
    for (const kind of EXPORT_KINDS) {
      const exporting = exportFile(client, { kind, file: this.file(kind), maxLeftOut });
      outcomes[kind] = await exporting.catch((error: unknown) => {
        const evidence = error instanceof LoanbookError ? error.evidence : {};
        throw new Error(JSON.stringify(evidence), { cause: error });
      });
    }
    return outcomes as Record<ExportKind, ExportOutcome>;
  }

  /** Imports them; of a file with rejects the first of these are told. */
  async importAll(): Promise<void> {
    await this.#importAll().catch((error: unknown) => {
      const rejects = readdirSync(this.folder).filter((name) => name.endsWith('.rejects.csv'));
      const lines = rejects.map((name) => readFileSync(join(this.folder, name), 'utf8'));
      throw new Error(lines.join('\n').slice(0, 3000), { cause: error });
    });
  }

  async #importAll(): Promise<void> {
    await this.ask(async (client) => {
      const schedules = this.file('schedules');
      await importLoans(client, { file: this.file('loans'), schedules });
      const installments = this.file('installments');
      await importBalances(client, { file: this.file('balances'), installments });
      await importEvents(client, { file: this.file('events') });
    });
  }

  close(): Promise<ClosedDay> {
    return runDay(this.#database.target, this.#pool, { tasks: 2 });
  }

  async drop(): Promise<void> {
    await this.#pool.threads.destroy();
    await this.#database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
