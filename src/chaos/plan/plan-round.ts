import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { withClient } from '../../db/connect.js';
import { EXIT } from '../../errors.js';
import type { Random } from '../../jobs/generate/random.js';
import { type EndedCommand, type RunningCommand, startCommand } from '../command.js';
import { type Difference, differencesOf, strayRows } from '../differences.js';
import { rowsOf } from '../fingerprint.js';
import { type House, OPERATOR } from '../house.js';
import { DEFECT, type Unexpected, unexpectedOf } from '../operator.js';
import { PROOFS } from '../programme.js';
import type { PlanCell } from './cells.js';
import { DATE } from './nights.js';
import { nightPrint, type PlanStage } from './plan-stages.js';
import { childrenOf, kill } from './processes.js';

export interface PlanRound {
  readonly cell: PlanCell;
  readonly isHit: boolean;
  /** How often somebody went on with the night. */
  readonly resumed: number;
  readonly differences: readonly (Difference & { readonly rows: readonly string[] })[];
  readonly unexpected: readonly Unexpected[];
  readonly milliseconds: number;
}

const POLL_MS = 10;
const REACHED_MS = 60_000;
const AWAY_MS_MAX = 500;
const RESUMES_MAX = 8;
const DONE_MS = 120_000;
const ROWS_SHOWN = 3;

/** Exits of a night that was disturbed: failed with what its job had, held up, killed. */
const FAILED: readonly (number | null)[] = [
  EXIT.failed,
  EXIT.difference,
  EXIT.locked,
  EXIT.interrupted,
  null,
];

/** One night on a book of its own, killed at one moment, gone on with, compared. */
export class PlanRoundPlay {
  readonly #house: House;
  readonly #stage: PlanStage;
  readonly #cell: PlanCell;
  readonly #random: Random;
  readonly #name: string;
  readonly #book: string;
  readonly #barriers: string;
  readonly #unexpected: Unexpected[] = [];

  constructor(house: House, stage: PlanStage, cell: PlanCell, random: Random, name: string) {
    this.#house = house;
    this.#stage = stage;
    this.#cell = cell;
    this.#random = random;
    this.#name = name;
    this.#book = join(house.folder, name);
    this.#barriers = join(house.folder, `${name}-barriers`);
  }

  async play(): Promise<PlanRound> {
    const started = performance.now();
    await this.#house.createDatabase(this.#name, this.#stage.before);
    cpSync(this.#stage.folder, this.#book, { recursive: true, preserveTimestamps: true });
    mkdirSync(this.#barriers);
    try {
      const { runner, isHit } = await this.#strike();
      const resumed = await this.#recover(runner);
      for (const words of PROOFS) {
        const ended = await this.#start(words).ended;
        if (ended.code !== EXIT.done) this.#unexpected.push(unexpectedOf(ended));
      }
      const differences = await this.#compare();
      const milliseconds = Math.round(performance.now() - started);
      const unexpected = this.#unexpected;
      return { cell: this.#cell, isHit, resumed, differences, unexpected, milliseconds };
    } finally {
      await this.#house.dropDatabase(this.#name);
      for (const folder of [this.#book, this.#barriers]) {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }

  async #strike(): Promise<{ runner: RunningCommand; isHit: boolean }> {
    const { victim } = this.#cell;
    const place = join(this.#barriers, this.#place);
    writeFileSync(place, '');
    const runner = this.#begin();
    const isThere = await this.#reach(runner, place);
    const isHit = isThere && (await this.#kill(runner, victim));
    rmSync(place, { force: true });
    return { runner, isHit };
  }

  /** Where in the code it is held; half way through a job that has no such place, as it begins. */
  get #place(): string {
    const { kind, job } = this.#cell;
    const inCode = {
      before_start_is_kept: 'night.starting',
      start_is_kept: 'night.started',
      half_way: 'night.running',
      before_end_is_kept: 'night.ended',
      between_jobs: 'night.between',
    }[kind];
    const own = kind === 'half_way' ? this.#stage.night.jobs[job] : undefined;
    return own ?? `${inCode}.${job}`;
  }

  /** False: the night was over before. */
  async #reach(runner: RunningCommand, place: string): Promise<boolean> {
    const { kind, job } = this.#cell;
    const until = performance.now() + REACHED_MS;
    while (!existsSync(`${place}.reached`)) {
      if (runner.isOver() || performance.now() > until) return false;
      await sleep(POLL_MS);
    }
    if (kind !== 'half_way' || this.#stage.night.jobs[job] !== undefined) return true;
    const lasts = Math.round(this.#stage.lasts.get(job) ?? 0);
    await sleep(this.#random.below(Math.max(1, Math.round(lasts * 0.8))));
    return childrenOf(runner.child.pid!).length > 0;
  }

  async #kill(runner: RunningCommand, victim: PlanCell['victim']): Promise<boolean> {
    if (victim === 'runner') return runner.child.kill('SIGKILL');
    if (victim === 'child') return childrenOf(runner.child.pid!).filter(kill).length > 0;
    const pid = await this.#house.postmaster();
    const isHit = pid !== undefined && kill(pid);
    while (isHit && (await this.#house.postmaster()) === pid) await sleep(POLL_MS);
    await sleep(this.#random.below(AWAY_MS_MAX));
    await this.#house.startServer();
    return isHit;
  }

  /** Whoever runs the book does what it says, until the night is done. */
  async #recover(first: RunningCommand): Promise<number> {
    let resumed = 0;
    let runner = first;
    const until = performance.now() + DONE_MS;
    for (;;) {
      const state = await this.#state();
      if (state === 'done') break;
      if (performance.now() > until || resumed > RESUMES_MAX) {
        this.#unexpected.push({
          words: this.#cell.phase,
          code: null,
          says: `is ${state} for ever`,
        });
        break;
      }
      if (runner.isOver()) {
        this.#judge(await runner.ended);
        resumed += 1;
        runner = this.#goOn(state);
      } else if (state === 'failed' && this.#cell.resumer === 'scheduler') {
        // No scheduler goes on with what has failed.
        resumed += 1;
        this.#judge(
          await this.#start(['night', 'resume', plan(this.#stage), '--date', DATE]).ended,
        );
      }
      await sleep(POLL_MS * 5);
    }
    if (this.#cell.resumer === 'scheduler') runner.child.kill('SIGTERM');
    this.#judge(await runner.ended);
    return resumed;
  }

  #begin(): RunningCommand {
    if (this.#cell.resumer === 'scheduler') return this.#start(['scheduler', 'run']);
    return this.#start(['night', 'run', plan(this.#stage), '--date', DATE]);
  }

  #goOn(state: string): RunningCommand {
    if (this.#cell.resumer === 'scheduler' || state === 'none') return this.#begin();
    return this.#start(['night', 'resume', plan(this.#stage), '--date', DATE]);
  }

  #judge(ended: EndedCommand): void {
    const { code, stderr, isStuck } = ended;
    const isExpected = code === EXIT.done || FAILED.includes(code);
    if (!isExpected || isStuck || DEFECT.test(stderr)) this.#unexpected.push(unexpectedOf(ended));
  }

  async #state(): Promise<string> {
    const asked = `SELECT state FROM night WHERE plan = $1 AND business_date = $2`;
    try {
      return await withClient(this.#target, { role: 'login' }, async (client) => {
        const { rows } = await client.query<{ state: string }>(asked, [plan(this.#stage), DATE]);
        return rows[0]?.state ?? 'none';
      });
    } catch {
      return 'unknown';
    }
  }

  get #target() {
    return this.#house.target(this.#name);
  }

  async #compare(): Promise<PlanRound['differences']> {
    return withClient(this.#target, { role: 'login' }, async (client) => {
      const found = differencesOf(this.#stage.expected, await nightPrint(client, this.#book));
      if (found.length === 0) return [];
      const after = this.#house.target(`after_${plan(this.#stage).toLowerCase()}`);
      return withClient(after, { role: 'login' }, (reference) =>
        withRows(found, reference, client),
      );
    });
  }

  #start(words: readonly string[]): RunningCommand {
    const place = { bookFolder: this.#book, barriers: this.#barriers };
    return startCommand(words, this.#house.target(this.#name, OPERATOR), place);
  }
}

const plan = ({ night }: PlanStage) => night.plan;

async function withRows(
  found: readonly Difference[],
  reference: pg.Client,
  client: pg.Client,
): Promise<PlanRound['differences']> {
  const told = [];
  for (const difference of found) {
    const wanted = await rowsOf(reference, difference.what);
    const actual = await rowsOf(client, difference.what);
    const { missing, added } = strayRows(wanted, actual, ROWS_SHOWN);
    const rows = [...missing.map((row) => `- ${row}`), ...added.map((row) => `+ ${row}`)];
    told.push({ ...difference, rows });
  }
  return told;
}
