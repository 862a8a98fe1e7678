import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../../src/package-root.js';
import type { NightBook } from '../../jobs/plan/night-book.js';

const CHILD = join(packageRoot, 'test/support/children/scheduler-child.js');
const SETTLED_MS_MAX = 40_000;

/** A process of a host's scheduler, whose clock the test drives. */
export class SchedulerProcess {
  readonly host: string;
  readonly child: ChildProcess;
  readonly events: Record<string, unknown>[] = [];
  state: 'up' | 'frozen' | 'dead' = 'up';
  #settled: (() => void) | undefined;
  #answers = 0;
  stderr = '';

  constructor(book: NightBook, host: string, now: number) {
    this.host = host;
    const { target } = book.database;
    const given = JSON.stringify({ target, folder: book.folder, host, now });
    this.child = spawn(process.execPath, [CHILD, given], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin!.on('error', () => undefined);
    createInterface({ input: this.child.stdout! }).on('line', () => {
      this.#answers += 1;
      this.#settled?.();
    });
    createInterface({ input: this.child.stderr! }).on('line', (line) => {
      if (line.startsWith('{')) this.events.push(JSON.parse(line));
      else this.stderr += `${line}\n`;
    });
  }

  /** It began, and its first look is over. */
  begun(): Promise<void> {
    return this.#answered(1);
  }

  /** Tells it the time; resolves when all that comes of that is done, or it is up no more. */
  async tell(now: number): Promise<void> {
    const wanted = this.#answers + 1;
    this.child.stdin!.write(`${now}\n`);
    await this.#answered(wanted);
  }

  async #answered(wanted: number): Promise<void> {
    const late = Date.now() + SETTLED_MS_MAX;
    while (this.#answers < wanted && this.state === 'up') {
      if (Date.now() > late) throw new Error(`${this.host} hangs\n${this.stderr}`);
      if (this.child.exitCode !== null) throw new Error(`${this.host} ended\n${this.stderr}`);
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#settled = resolve;
        }),
        sleep(20),
      ]);
    }
  }

  async kill(): Promise<void> {
    this.state = 'dead';
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  freeze(): void {
    this.state = 'frozen';
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.state = 'up';
    this.child.kill('SIGCONT');
  }
}

/**
 * Time of the database, as far as leases go: a lease is kept as the server has it, and what it comes
 * to on the driven clock is written beside. `expire` ends those that have run out by that.
 */
const LEASES = `
  CREATE TABLE driven (now timestamptz NOT NULL);
  CREATE TABLE driven_lease (night_id integer PRIMARY KEY, until timestamptz NOT NULL);
  INSERT INTO driven VALUES ('2026-01-01');
  GRANT SELECT ON driven, driven_lease TO loanbook_batch;
  CREATE FUNCTION keep_driven_lease() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = loanbook, pg_temp AS $$
  BEGIN
    IF NEW.lease_until IS NULL THEN
      DELETE FROM driven_lease WHERE night_id = NEW.night_id;
    ELSE
      INSERT INTO driven_lease SELECT NEW.night_id, now + (NEW.lease_until - clock_timestamp())
      FROM driven ON CONFLICT (night_id) DO UPDATE SET until = excluded.until;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER keep_driven_lease AFTER UPDATE OF lease_until ON night FOR EACH ROW
    EXECUTE FUNCTION keep_driven_lease();`;

export async function driveLeases(book: NightBook): Promise<void> {
  await book.asOwner(LEASES);
}

/** The clock of leases shows this. */
export async function setLeases(book: NightBook, now: number): Promise<void> {
  const instant = new Date(now).toISOString();
  await book.asOwner(`UPDATE driven SET now = '${instant}';
    UPDATE night SET lease_until = clock_timestamp() WHERE state = 'running'
      AND night_id IN (SELECT night_id FROM driven_lease WHERE until <= '${instant}')`);
}

/** An attempt that has not ended, of a night that somebody says to run. */
export interface OpenAttempt {
  readonly plan: string;
  readonly date: string;
  readonly job: string;
  readonly number: number;
  readonly from: number;
  readonly host: string;
}

export async function openAttempts(book: NightBook): Promise<OpenAttempt[]> {
  const rows = await book.rows(`SELECT plan, business_date AS date, job, number,
      (extract(epoch FROM began_at) * 1000)::bigint AS "from", split_part(holder, '/', 1) AS host
    FROM night_attempt JOIN night USING (night_id)
    WHERE ended_at IS NULL AND night.state = 'running'`);
  return rows as unknown as OpenAttempt[];
}

/**
 * A program that says that it begins, goes on until the test ends it, and says that it ends: never
 * beside another of its plan, since it holds a lock that ends with its last process.
 */
export function lockedProgram(): string[] {
  const script = `n=$(echo "$LOANBOOK_NIGHT" | tr / .)
    echo "begin $n" >> {book}/log
    while [ -d {book} ] && [ ! -e {book}/end.$n ]; do sleep 0.01; done
    echo "end $n" >> {book}/log`;
  const locked = `p=$(echo "$LOANBOOK_NIGHT" | cut -d/ -f1)
    exec flock -n -E 97 {book}/lock.$p sh -c '${script}'`;
  return ['sh', '-c', locked];
}

export function endProgram(book: NightBook, { plan, date, job, number }: OpenAttempt): void {
  writeFileSync(join(book.folder, `end.${plan}.${date}.${job}.${number}`), '');
}
