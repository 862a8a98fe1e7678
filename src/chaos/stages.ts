import { join } from 'node:path';
import type pg from 'pg';
import { SIGNAL_ROLE } from '../db/bootstrap.js';
import { withClient } from '../db/connect.js';
import { writeBookFiles } from './book-files.js';
import { startCommand } from './command.js';
import { type Fingerprint, fingerprintOf } from './fingerprint.js';
import { COLLEAGUE, type House, OPERATOR } from './house.js';
import { type SeenPhase, unseen, Watch, watchPhases } from './observe.js';
import { type Job, programme, setUp } from './programme.js';

/** A job of the programme, the database that it begins with and what it did undisturbed. */
export interface Stage {
  readonly job: Job;
  readonly words: readonly string[];
  /** Database before it, a template. */
  readonly before: string;
  /** The exit code with which it is done: a reconciliation that finds breaks ends with 3. */
  readonly doneCode: number;
  readonly phases: readonly SeenPhase[];
}

/** What the book must be when a round is over. */
export interface Expected {
  readonly fingerprint: Fingerprint;
  /** The database that it is of. */
  readonly database: string;
}

/** The programme, run once undisturbed, with a database for each place in it. */
export class Stages {
  readonly all: readonly Stage[];
  readonly #house: House;
  readonly #afters: ReadonlyMap<string, string>;
  readonly #expected = new Map<string, Expected>();

  private constructor(house: House, all: readonly Stage[], afters: ReadonlyMap<string, string>) {
    this.#house = house;
    this.all = all;
    this.#afters = afters;
  }

  static async build(house: House, onJob: (name: string) => void): Promise<Stages> {
    const files = await writeBookFiles(join(house.folder, 'files'));
    await setUpBase(house, setUp(files));
    const jobs = programme(files);
    const all: Stage[] = [];
    const afters = new Map<string, string>();
    let last = 'stage_base';
    for (const [at, job] of jobs.entries()) {
      onJob(job.name);
      let before = last;
      if (job.before.length > 0) {
        before = `stage_${at}_before`;
        await house.createDatabase(before, last);
        for (const words of job.before) await undisturbed(house, before, words);
      }
      last = `stage_${at}_after`;
      await house.createDatabase(last, before);
      const words = await withClient(house.target(last), { role: 'login' }, (client) =>
        job.words(client),
      );
      const { doneCode, phases } = await timed(house, last, words);
      all.push({ job, words, before, doneCode, phases: withBarriers(job, phases) });
      afters.set(job.name, last);
    }
    return new Stages(house, all, afters);
  }

  /** Worked out when it is asked for first: the job's own end, and the close behind it. */
  async expectedOf({ job }: Stage): Promise<Expected> {
    const known = this.#expected.get(job.name);
    if (known !== undefined) return known;
    const database = `expected_${this.#expected.size}`;
    await this.#house.createDatabase(database, this.#afters.get(job.name)!);
    for (const words of job.after) await undisturbed(this.#house, database, words);
    const fingerprint = await withClient(
      this.#house.target(database),
      { role: 'login' },
      fingerprintOf,
    );
    const expected = { fingerprint, database };
    this.#expected.set(job.name, expected);
    return expected;
  }
}

/** What a job calls the places in its code, where that is not the phase itself. */
const PHASE_OF: Readonly<Record<string, string>> = { open: 'take', sums: 'check', checks: 'check' };

function withBarriers({ barriers }: Job, seen: readonly SeenPhase[]): SeenPhase[] {
  const phases = new Map(seen.map((each) => [each.phase, each]));
  for (const place of barriers) {
    const [, name = ''] = place.split('.');
    const phase = PHASE_OF[name] ?? name;
    const found = phases.get(phase) ?? unseen(phase);
    found.barriers.push(place);
    phases.set(phase, found);
  }
  return [...phases.values()];
}

/** The book with its first day closed, and the logins that work on it: database `stage_base`. */
export async function setUpBase(
  house: House,
  commands: readonly (readonly string[])[],
): Promise<void> {
  const admin = await house.admin();
  await admin.query('CREATE DATABASE stage_base TEMPLATE template0');
  const frame = ['--currency', 'CNY', '--calendar', 'cn', '--first-business-date', '2026-02-26'];
  await undisturbed(house, 'stage_base', ['init', '--entity', 'Chaos', ...frame], null);
  for (const login of [OPERATOR, COLLEAGUE]) {
    await admin.query(`CREATE ROLE ${login} LOGIN IN ROLE loanbook_owner, loanbook_batch`);
  }
  // As docs/operations.md has it where several ordinary logins run jobs.
  await admin.query(`GRANT ${SIGNAL_ROLE} TO loanbook_owner`);
  for (const words of commands) await undisturbed(house, 'stage_base', words);
}

/** Throws where a command does not do what it does in every book. */
export async function undisturbed(
  house: House,
  database: string,
  words: readonly string[],
  login: string | null = OPERATOR,
): Promise<void> {
  const target = house.target(database, login ?? undefined);
  const { code, stderr } = await startCommand(words, target, house).ended;
  if (code !== 0) throw new Error(`loanbook ${words.join(' ')} ended with ${code}: ${stderr}`);
}

async function tablesOf(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'loanbook'::regnamespace`,
  );
  return new Set(rows.map(({ name }) => name));
}

async function timed(
  house: House,
  database: string,
  words: readonly string[],
): Promise<Pick<Stage, 'doneCode' | 'phases'>> {
  const eye = await house.watcher(database);
  const watch = await Watch.begin(eye);
  const command = startCommand(words, house.target(database, OPERATOR), house);
  const known = await tablesOf(eye);
  const phases = await watchPhases(watch, command);
  // A job can be held only at a table that is there before it.
  for (const { written } of phases) {
    written.splice(0, written.length, ...written.filter((name) => known.has(name)));
  }
  const { code, stderr } = await command.ended;
  await eye.end();
  if (code === 0 || code === 3) return { doneCode: code, phases };
  throw new Error(`loanbook ${words.join(' ')} ended with ${code}: ${stderr}`);
}
