import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect, retrying } from '../db/connect.js';
import { embeddedStatus, removeEmbedded, startEmbedded } from '../db/embedded/embedded.js';
import type { DatabaseTarget } from '../db/target.js';

/**
 * Whoever runs the jobs, and a colleague who runs the same one beside. Ordinary logins: a limit of
 * connections is none for a superuser, and their names tell the sessions of two processes apart.
 */
export const OPERATOR = 'chaos_operator';
export const COLLEAGUE = 'chaos_colleague';

/** A server of our own in a temporary folder, with the databases of the rounds. */
export class House {
  readonly folder: string;
  #server: DatabaseTarget | undefined;
  #log = '';
  #admin: pg.Client | undefined;
  readonly #closing: (() => void)[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), 'loanbook-chaos-'));
    // Open to the server's user when root runs this; the data folder itself stays closed.
    chmodSync(folder, 0o755);
    const house = new House(folder);
    try {
      await house.startServer();
      const admin = await house.admin();
      // A killed process loses nothing that it handed to the kernel; commits are as they ever are.
      for (const setting of ['fsync = off', 'autovacuum = off']) {
        await admin.query(`ALTER SYSTEM SET ${setting}`);
      }
      await admin.query('SELECT pg_reload_conf()');
      return house;
    } catch (error) {
      await house.close();
      throw error;
    }
  }

  /** Starts it, also where it was killed. */
  async startServer(): Promise<void> {
    this.#server = await startEmbedded(this.#home);
    this.#log = (await embeddedStatus(this.#home)).logFile;
  }

  /** Of the jobs: it would hold the log of a defect. */
  get bookFolder(): string {
    return join(this.folder, 'book');
  }

  async dataFolder(): Promise<string> {
    return (await embeddedStatus(this.#home)).dataFolder;
  }

  /** Is done when the server has ended. */
  onClose(fn: () => void): void {
    this.#closing.push(fn);
  }

  async postmaster(): Promise<number | undefined> {
    return (await embeddedStatus(this.#home)).pid;
  }

  /** The server's superuser in a database, or in none of ours. */
  target(database = 'postgres', user?: string): DatabaseTarget {
    if (this.#server === undefined) throw new Error('the server was never started');
    return { ...this.#server, database, ...(user === undefined ? {} : { user }) };
  }

  /** A session of the superuser; another one where the server was away meanwhile. */
  async admin(): Promise<pg.Client> {
    try {
      await this.#admin?.query('SELECT');
    } catch {
      this.#admin = undefined;
      await this.startServer();
    }
    this.#admin ??= await this.watcher('postgres');
    return this.#admin;
  }

  /** A session that looks on; it never waits long for a lock. */
  watcher(database: string): Promise<pg.Client> {
    const settings = { lock_timeout: '300ms' };
    const options = { role: 'login', applicationName: 'chaos', settings } as const;
    return retrying(() => connect(this.target(database), options), {
      attemptsMax: 40,
      delayMsMax: 500,
    });
  }

  /**
   * As file_copy, behind a checkpoint: the other strategy takes over how many numbers of a sequence
   * are in the log already, of a log that the new database does not have. After a crash its
   * sequences would give numbers once more that had been committed.
   */
  async createDatabase(name: string, template: string, tablespace?: string): Promise<void> {
    const where = tablespace === undefined ? '' : ` TABLESPACE ${tablespace}`;
    const sql = `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy${where}`;
    await retrying(async () => (await this.admin()).query(sql), {
      attemptsMax: 20,
      delayMsMax: 500,
    });
  }

  async dropDatabase(name: string): Promise<void> {
    await (await this.admin()).query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }

  /** What the server's log says behind a place. */
  logFrom(start: number): string {
    return readFileSync(this.#log).subarray(start).toString('utf8');
  }

  logEnd(): number {
    return existsSync(this.#log) ? readFileSync(this.#log).length : 0;
  }

  async close(): Promise<void> {
    await this.#admin?.end().catch(() => undefined);
    await removeEmbedded(this.#home).catch(async () => {
      // A server that is just recovering takes no order to stop.
      await sleep(1_000);
      await removeEmbedded(this.#home);
    });
    for (const fn of this.#closing) fn();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #home(): string {
    return join(this.folder, 'home');
  }
}
