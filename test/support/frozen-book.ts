import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../src/db/connect.js';
import type { DatabaseTarget } from '../../src/db/target.js';
import { packageRoot } from '../../src/package-root.js';
import { commandLine } from './command-line.js';
import { databaseLike, type TestDatabase, testDatabase } from './database.js';

/** The last day of a year is closed, the first of the next one open. */
const CLOSED = '2026-12-31';
const OPEN = '2027-01-01';

const PRODUCT = `code: ZERO
effective_from: 2026-01-01
repayment: {method: bullet, periods: 1, interval: {every: 365, unit: day}}
interest: {basis: 365, period_interest: actual_days}
allocation: {early_payment: hold}
`;
const CHANNEL = `code: WX
file: {delimiter: "|", head: {starts: H, count: 2, amount: 3, date: 4}}
columns: {order_no: order, amount: amount, fee: fee, status: status, value_date: date}
order_prefix: WX
statuses: {success: [OK], failed: [FAIL]}
`;

/** Every job, and the places in its phases at which a holder is frozen. */
export const PLACES = {
  eod: ['open', 'fold', 'post', 'sums', 'checks', 'tidy', 'seal', 'end'],
  import: ['stage', 'store', 'end'],
  reconcile: ['stage', 'match', 'store', 'end'],
  impairment: ['compute', 'post', 'end'],
  period: ['check', 'rows', 'carry', 'end'],
} as const;
export type JobName = keyof typeof PLACES;

/** Numbers that a transaction which was rolled back has used up, and hashes over times. */
const PASSING = `'{import_id, event_id, of_event_id, entry_id, statement_id, break_id, audit_id,
  period_event_id, settled_by, last_event_id, hash, subject, before, after,
  inputs_hash, proof_hash}'::text[]`;
const OF_RUNS = ['run', 'execution', 'step', 'run_session', 'sealed_input'];

export class FrozenBook {
  readonly #built: TestDatabase;
  readonly #folder: string;
  readonly #copies: TestDatabase[] = [];

  private constructor(built: TestDatabase, folder: string) {
    this.#built = built;
    this.#folder = folder;
  }

  /** A book in which every job has something to do; 40 loans at 18%, some repaid by a channel. */
  static async build(): Promise<FrozenBook> {
    const built = await testDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'loanbook-frozen-'));
    const book = new FrozenBook(built, folder);
    const run = commandLine(built.target, folder);
    const must = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await run(args);
      if (exitCode !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
    };
    const loans = Array.from({ length: 40 }, (_, k) => `L${k},ZERO,1000.00,0.18,1,${CLOSED}`);
    const paid = loans.slice(0, 9).map((_, k) => `WX${k},L${k},repayment,${CLOSED},50.00`);
    const head = 'loan_no,product,principal,rate,periods,disbursed_on';
    await must(
      ...['init', '--entity', 'T', '--currency', 'CNY', '--first-business-date', CLOSED],
      ...['--calendar', 'none'],
    );
    await must('product', 'apply', book.file('zero.yaml', PRODUCT));
    await must('channel', 'apply', book.file('wx.yaml', CHANNEL));
    await must('impairment', 'apply', join(packageRoot, 'config/impairment.yaml'));
    await must('import', 'loans', book.file('loans.csv', head, ...loans));
    const events = book.file('events.csv', 'ref,loan_no,type,value_date,amount', ...paid);
    await must('import', 'events', events);
    await must('eod', 'run', '--date', CLOSED, '--workers', '1', '--tasks', '4');
    book.file(
      'statement.txt',
      `H|8|400.00|${CLOSED}`,
      'order|amount|fee|status|date',
      ...Array.from({ length: 8 }, (_, k) => `WX${k}|50.00|0.00|OK|${CLOSED}`),
    );
    const more = Array.from({ length: 30 }, (_, k) => `R${k},L${k},repayment,${OPEN},7.00`);
    book.file('more.csv', 'ref,loan_no,type,value_date,amount', ...more);
    return book;
  }

  file(name: string, ...lines: readonly string[]): string {
    const path = join(this.#folder, name);
    writeFileSync(path, lines.map((line) => `${line.trimEnd()}\n`).join(''));
    return path;
  }

  /** The book as it was built, in a database of its own. */
  async copy(): Promise<DatabaseTarget> {
    const copy = await databaseLike(this.#built);
    this.#copies.push(copy);
    return copy.target;
  }

  /** The command of a job. */
  line(job: JobName): readonly string[] {
    const path = (name: string) => join(this.#folder, name);
    switch (job) {
      case 'eod':
        return ['eod', 'run', '--date', OPEN, '--workers', '1', '--tasks', '4'];
      case 'import':
        return ['import', 'events', path('more.csv')];
      case 'reconcile':
        return ['reconcile', 'channel', path('statement.txt'), '--channel', 'WX', '--by', '甲'];
      case 'impairment':
        return ['impairment', 'run', '--by', '甲'];
      case 'period':
        return ['gl', 'period', 'close', '2026-12', '--by', '甲', '--accept-unproven', 'test'];
    }
  }

  async remove(): Promise<void> {
    for (const copy of this.#copies) await copy.drop();
    await this.#built.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Every row of every table, as it stands. */
export function everything(target: DatabaseTarget): Promise<Record<string, string>> {
  return rowsOf(target, 'r', []);
}

/** What a job made of the book: without times, numbers that were drawn, and how its run went. */
export function result(target: DatabaseTarget): Promise<Record<string, string>> {
  return rowsOf(target, `r - ${PASSING} - times`, OF_RUNS);
}

async function rowsOf(
  target: DatabaseTarget,
  row: string,
  without: readonly string[],
): Promise<Record<string, string>> {
  return withClient(target, { role: 'login' }, async (client) => {
    const { rows } = await client.query<{ name: string; times: string[] }>(
      `SELECT c.relname AS name, ARRAY(SELECT attname::text FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.atttypid = 'timestamptz'::regtype) AS times
       FROM pg_class c WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind = 'r'
         AND c.relname <> ALL ($1) ORDER BY 1`,
      [without],
    );
    const found: Record<string, string> = {};
    for (const { name, times } of rows) {
      const text = await client.query<{ rows: string }>(
        `SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), '') AS rows
         FROM (SELECT ${row} AS t FROM (SELECT to_jsonb(x) AS r, $1::text[] AS times
           FROM loanbook.${name} x) y) z`,
        [times],
      );
      found[name] = text.rows[0]!.rows;
    }
    return found;
  });
}
