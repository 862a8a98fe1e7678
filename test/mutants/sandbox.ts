import type pg from 'pg';
import { connect } from '../../src/db/connect.js';
import type { TestDatabase } from '../support/database.js';

/**
 * Tables of a day are sealed: no input that is taken here writes to them. A refusal leaves a file of
 * rejected rows, and where that lies is kept.
 */
const TABLES = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = 'loanbook'::regnamespace AND relkind = 'r' AND NOT relispartition
    AND relname !~ '_[0-9]{8}$' AND relname <> 'reject_file' ORDER BY relname`;

/** How many rows, and the newest transaction that wrote one: no statement leaves both alone. */
interface State {
  readonly name: string;
  readonly rows: number;
  readonly newest: number;
}

/** A database whose tables are compared with what they were, and put back. */
export class Sandbox {
  readonly #database: TestDatabase;
  readonly #client: pg.Client;
  readonly #question: string;
  #before: ReadonlyMap<string, State> = new Map();

  private constructor(database: TestDatabase, client: pg.Client, tables: readonly string[]) {
    this.#database = database;
    this.#client = client;
    this.#question = tables
      .map(
        (name) => `SELECT '${name}' AS name, count(*) AS rows,
          coalesce(max(xmin::text::bigint), 0) AS newest FROM ${name}`,
      )
      .join(' UNION ALL ');
  }

  static async on(database: TestDatabase): Promise<Sandbox> {
    const client = await connect(database.target, { role: 'login' });
    const { rows } = await client.query<{ name: string }>(TABLES);
    const names = rows.map(({ name }) => name);
    const copies = names.map((name) => `CREATE TABLE saved.${name} AS TABLE loanbook.${name}`);
    await client.query(`CREATE SCHEMA saved; ${copies.join('; ')}`);
    // Rows go back without asking triggers and foreign keys.
    await client.query('SET session_replication_role = replica');
    const sandbox = new Sandbox(database, client, names);
    await sandbox.#remember();
    return sandbox;
  }

  async #remember(): Promise<void> {
    this.#before = new Map((await this.#states()).map((state) => [state.name, state]));
  }

  get target() {
    return this.#database.target;
  }

  async #states(): Promise<State[]> {
    return (await this.#client.query<State>(this.#question)).rows;
  }

  /** Names of the tables that are not as they were. */
  async changed(): Promise<string[]> {
    const now = await this.#states();
    return now
      .filter(({ name, rows, newest }) => {
        const before = this.#before.get(name);
        return rows !== before?.rows || newest !== before.newest;
      })
      .map(({ name }) => name);
  }

  async putBack(names: readonly string[]): Promise<void> {
    const steps = names.map(
      (name) => `DELETE FROM loanbook.${name};
        INSERT INTO loanbook.${name} OVERRIDING SYSTEM VALUE SELECT * FROM saved.${name}`,
    );
    if (steps.length === 0) return;
    await this.#client.query(steps.join('; '));
    await this.#remember();
  }

  async rows(sql: string): Promise<Record<string, string>[]> {
    return (await this.#client.query<Record<string, string>>(sql)).rows;
  }

  async end(): Promise<void> {
    await this.#client.end();
    await this.#database.drop();
  }
}
