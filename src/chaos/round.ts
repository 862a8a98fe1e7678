import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from '../db/connect.js';
import type { Random } from '../jobs/generate/random.js';
import { type RunningCommand, startCommand } from './command.js';
import { type Difference, differencesOf, strayRows } from './differences.js';
import { FAULTS } from './faults/index.js';
import type { Strike } from './faults/scene.js';
import { fingerprintOf, rowsOf } from './fingerprint.js';
import { barrierGate, type Gate, tableGate } from './gate.js';
import { COLLEAGUE, type House, OPERATOR } from './house.js';
import type { Cell } from './kinds.js';
import { SEEN_MS_MIN, type SeenPhase, stayIn, unseen, untilPhase, Watch } from './observe.js';
import { attend, type Unexpected } from './operator.js';
import { PROOFS } from './programme.js';
import { SMALL_DISK } from './small-disk.js';
import type { Expected, Stage } from './stages.js';

const ROWS_SHOWN = 3;

export interface Round {
  readonly aimed: Cell;
  /** Where the fault really hit; undefined: nowhere. */
  readonly hit: Cell | undefined;
  /** At what it was held for the fault; undefined: it met it at a moment of chance. */
  readonly heldAt: string | undefined;
  /** How often the command was run until it was done. */
  readonly tries: number;
  readonly differences: readonly (Difference & { readonly rows: readonly string[] })[];
  readonly unexpected: readonly Unexpected[];
  readonly milliseconds: number;
}

/** One job on a book of its own, met by one fault, done again as its exit codes say, compared. */
export class RoundPlay {
  readonly #house: House;
  readonly #stage: Stage;
  readonly #cell: Cell;
  readonly #random: Random;
  readonly #database: string;
  readonly #commands: RunningCommand[] = [];
  readonly #unexpected: Unexpected[] = [];
  #heldAt: string | undefined;

  constructor(house: House, stage: Stage, cell: Cell, random: Random, name: string) {
    this.#house = house;
    this.#stage = stage;
    this.#cell = cell;
    this.#random = random;
    this.#database = name;
  }

  async play(expected: Expected): Promise<Round> {
    const started = performance.now();
    const onDisk = this.#cell.kind === 'full_disk' ? SMALL_DISK : undefined;
    await this.#house.createDatabase(this.#database, this.#stage.before, onDisk);
    try {
      const struck = await this.#strike();
      const found =
        struck === undefined
          ? { tries: 1, unexpected: [], differences: [] }
          : await this.#recover(expected);
      const hit = struck?.hit;
      const milliseconds = Math.round(performance.now() - started);
      return { aimed: this.#cell, hit, heldAt: this.#heldAt, ...found, milliseconds };
    } finally {
      await this.#house.dropDatabase(this.#database);
    }
  }

  /** Undefined: the job was over before. */
  async #strike(): Promise<{ readonly hit: Cell | undefined } | undefined> {
    const eye = await this.#house.watcher(this.#database);
    try {
      const watch = await Watch.begin(eye);
      const gate = await this.#closeGate();
      const command = this.#start(OPERATOR, this.#stage.words, gate?.barriers);
      const isThere = await this.#reach(watch, command, gate);
      const isStopped = isThere && command.child.kill('SIGSTOP');
      await gate?.open();
      if (!isStopped) return undefined;
      const seen = await watch.look();
      if (command.isOver()) return undefined;
      // Held in the code itself it is where the code says.
      const sight = { ...seen, phase: gate?.barriers ? this.#cell.phase : seen.phase };
      const logStart = this.#house.logEnd();
      const strike = await FAULTS[this.#cell.kind]({
        ...{ house: this.#house, database: this.#database, command, sight, watch, eye, logStart },
        random: this.#random,
        tables: this.#stage.job.tables,
        goOn: () => command.child.kill('SIGCONT'),
        startSecond: () => this.#start(COLLEAGUE),
      });
      const isHit = await this.#judge(strike, command);
      return { hit: isHit ? { ...this.#cell, phase: sight.phase } : undefined };
    } finally {
      await endQuietly(eye);
    }
  }

  async #judge(strike: Strike, command: RunningCommand): Promise<boolean> {
    const ended = await command.ended;
    const { complaint: says } = strike;
    const words = command.words.join(' ');
    if (says !== undefined) this.#unexpected.push({ words, code: ended.code, says });
    const isHit = await strike.hit(ended);
    await strike.undo?.();
    return isHit;
  }

  /** A random moment of the phase, going by how long it took undisturbed; or where it is held. */
  async #reach(watch: Watch, command: RunningCommand, gate: Gate | undefined): Promise<boolean> {
    const { phase } = this.#cell;
    if (gate !== undefined) return gate.reached(command);
    const lasts = Math.ceil(this.#seen.milliseconds);
    const isSeen = phase === 'start' || (await untilPhase(watch, command, phase));
    return isSeen && stayIn(watch, command, phase, this.#random.below(lasts + 1));
  }

  /** As the seed decides: a place in the code, the statement that writes a table, or none. */
  async #closeGate(): Promise<Gate | undefined> {
    const { written, barriers, milliseconds } = this.#seen;
    const isLong = milliseconds >= SEEN_MS_MIN;
    // What is told by the code alone cannot be seen from outside.
    const free = isLong && this.#cell.kind !== 'take_over' ? Math.max(1, barriers.length) : 0;
    const drawn = this.#random.below(barriers.length + written.length + free);
    const place = barriers[drawn];
    this.#heldAt = place ?? written[drawn - barriers.length];
    if (place !== undefined) {
      return barrierGate(join(this.#house.folder, `${this.#database}-barriers`), place);
    }
    const table = written[drawn - barriers.length];
    if (table === undefined) return undefined;
    return tableGate(await this.#house.watcher(this.#database), table);
  }

  get #seen(): SeenPhase {
    const { phase } = this.#cell;
    return this.#stage.phases.find((each) => each.phase === phase) ?? unseen(phase);
  }

  async #recover(expected: Expected): Promise<Pick<Round, 'tries' | 'differences' | 'unexpected'>> {
    const { job, doneCode } = this.#stage;
    const unexpected = this.#unexpected;
    let tries = 0;
    for (const command of [...this.#commands]) {
      const again = () => this.#start(OPERATOR);
      const attended = await attend(await command.ended, doneCode, this.#cell.kind, again);
      tries += attended.tries;
      unexpected.push(...attended.unexpected);
    }
    for (const words of [...job.after, ...PROOFS]) {
      const again = () => this.#start(OPERATOR, words);
      const attended = await attend(await again().ended, 0, this.#cell.kind, again);
      unexpected.push(...attended.unexpected);
    }
    return { tries, unexpected, differences: await this.#compare(expected) };
  }

  async #compare(expected: Expected): Promise<Round['differences']> {
    const asked = { role: 'login' } as const;
    return withClient(this.#house.target(this.#database), asked, async (client) => {
      const found = differencesOf(expected.fingerprint, await fingerprintOf(client));
      if (found.length === 0) return [];
      const told: (Difference & { rows: string[] })[] = [];
      await withClient(this.#house.target(expected.database), asked, async (reference) => {
        for (const difference of found) {
          const [wanted, actual] = [
            await rowsOf(reference, difference.what),
            await rowsOf(client, difference.what),
          ];
          const { missing, added } = strayRows(wanted, actual, ROWS_SHOWN);
          const rows = [...missing.map((row) => `- ${row}`), ...added.map((row) => `+ ${row}`)];
          told.push({ ...difference, rows });
        }
      });
      return told;
    });
  }

  #start(
    login: string,
    words: readonly string[] = this.#stage.words,
    barriers?: string,
  ): RunningCommand {
    const target = this.#house.target(this.#database, login);
    const { bookFolder } = this.#house;
    const command = startCommand(words, target, { bookFolder, barriers });
    if (words === this.#stage.words) this.#commands.push(command);
    return command;
  }
}

async function endQuietly(client: pg.Client): Promise<void> {
  await client.end().catch(() => undefined);
}
