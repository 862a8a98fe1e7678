import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPage } from '../../src/commands/shell/command-page.js';
import { Random } from '../../src/jobs/generate/random.js';
import { commandLine, type RunLine } from '../support/command-line.js';
import { ACCEPTED } from './accepted.js';
import type { InputKind } from './input-kind.js';
import { faultOf } from './judge.js';
import type { Mutation } from './mutation.js';
import { MUTATIONS } from './mutations.js';
import type { Sandbox } from './sandbox.js';

const HANG_MS = 5_000;

/** What became of the mutants of a kind. */
export interface Tally {
  mutants: number;
  taken: number;
  otherValue: number;
  longestMs: number;
  readonly faults: string[];
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

type Rows = readonly Readonly<Record<string, string>>[];

/** What a run leaves behind, also one that failed. */
const OF_RUNS = ['run', 'execution', 'step', 'run_session'];

/** One kind of input with a book and a folder of its own. */
export class KindRun {
  readonly #kind: InputKind;
  readonly #sandbox: Sandbox;
  readonly #folder: string;
  readonly #loanbook: RunLine;
  readonly #codes: readonly number[];
  #first: Rows = [];
  readonly tally: Tally = { mutants: 0, taken: 0, otherValue: 0, longestMs: 0, faults: [] };

  private constructor(kind: InputKind, sandbox: Sandbox, folder: string) {
    this.#kind = kind;
    this.#sandbox = sandbox;
    this.#folder = folder;
    this.#loanbook = commandLine(sandbox.target, folder);
    this.#codes = readPage(kind.path).exitCodes.map(({ term }) => Number(term));
  }

  static async begin(kind: InputKind, sandbox: Sandbox): Promise<KindRun> {
    const folder = mkdtempSync(join(tmpdir(), 'loanbook-mutants-'));
    const run = new KindRun(kind, sandbox, folder);
    const ended = await run.#command(Buffer.from(kind.original));
    run.#first = await run.#taken(ended);
    if (ended.exitCode !== 0 && ended.exitCode !== 3) run.#fault('original', 'is refused', ended);
    const own = faultOf(kind, Buffer.from(kind.original), run.#first, run.#first);
    if (own !== undefined) run.#fault('original', own, ended);
    await sandbox.putBack(await sandbox.changed());
    return run;
  }

  /** Nothing of the book may have changed in the end, whatever the kind. */
  async end(): Promise<void> {
    const changed = await this.#sandbox.changed();
    if (changed.length > 0) this.tally.faults.push(`${this.#kind.name}: changes ${changed}`);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Makes, runs and judges one mutant. */
  async mutant(seed: number): Promise<void> {
    const random = new Random(seed);
    const fitting = MUTATIONS.filter(({ of }) => of === 'any' || of === this.#kind.format);
    const mutation = fitting[random.below(fitting.length)]!;
    const bytes = mutation.apply(this.#kind.original, random);
    const ended = await this.#command(bytes);
    const changed = this.#kind.isReading === true ? [] : await this.#sandbox.changed();
    this.tally.mutants += 1;
    this.tally.longestMs = Math.max(this.tally.longestMs, ended.tookMs);
    const name = `${mutation.name} (seed ${seed})`;
    if (/internal error|^ +at .*:\d+/m.test(ended.stderr + ended.stdout)) {
      this.#fault(name, 'is an internal error', ended);
    }
    if (ended.tookMs > HANG_MS) this.#fault(name, `takes ${ended.tookMs} ms`, ended);
    if (!this.#codes.includes(ended.exitCode))
      this.#fault(name, 'ends by no code of its page', ended);
    if (ended.exitCode === 0 || ended.exitCode === 3)
      await this.#judge(mutation, name, bytes, ended);
    else this.#requireUntouched(name, changed, ended);
    await this.#sandbox.putBack(changed);
  }

  /** Of a refused file nothing is left but that it was tried. */
  #requireUntouched(name: string, changed: readonly string[], ended: Ended): void {
    const left = changed.filter((table) => !OF_RUNS.includes(table));
    if (left.length > 0) this.#fault(name, `is refused, and changes ${left}`, ended);
  }

  /** What was taken is what the file says; where that is not the original, a class allows it. */
  async #judge(mutation: Mutation, name: string, bytes: Buffer, ended: Ended): Promise<void> {
    this.tally.taken += 1;
    const taken = await this.#taken(ended);
    if (this.#isAsFirst(taken)) return;
    this.tally.otherValue += 1;
    const fault = faultOf(this.#kind, bytes, taken, this.#first);
    if (fault !== undefined) return this.#fault(name, `is taken otherwise: ${fault}`, ended);
    const isAllowed = ACCEPTED.some(
      ({ mutation: of, formats, when }) =>
        of === mutation.name &&
        formats.includes(this.#kind.format) &&
        (when === undefined || when(bytes)),
    );
    if (!isAllowed) this.#fault(name, 'is taken with another value, by no class', ended);
  }

  /** Of lines, those that are refused took nothing: what is left has to be as it was. */
  #isAsFirst(taken: Rows): boolean {
    if (this.#kind.name !== 'simulation lines') {
      return JSON.stringify(taken) === JSON.stringify(this.#first);
    }
    const results = new Set((this.#first[0]?.printed ?? '').split('\n'));
    const printed = (taken[0]?.printed ?? '').split('\n');
    return printed.every((line) => line.startsWith('{"error"') || results.has(line));
  }

  async #command(bytes: Buffer): Promise<Ended> {
    const { path, words, fileName, beside } = this.#kind;
    const folder = join(this.#folder, 'in');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const own = join(folder, fileName);
    for (const [name, content] of Object.entries(beside ?? {})) {
      writeFileSync(join(folder, name), content);
    }
    writeFileSync(own, bytes);
    const line = words.map((word) =>
      word === 'FILE' ? own : word.startsWith('@') ? join(folder, word.slice(1)) : word,
    );
    const began = performance.now();
    const ended = await this.#loanbook(['--json', '--quiet', ...path.split(' '), ...line]);
    return { ...ended, tookMs: Math.round(performance.now() - began) };
  }

  async #taken({ stdout }: Ended): Promise<Rows> {
    const { stored } = this.#kind;
    return stored === undefined ? [{ printed: stdout }] : this.#sandbox.rows(stored);
  }

  #fault(name: string, what: string, { exitCode, stderr, tookMs }: Ended): void {
    const said = stderr.slice(0, 300);
    this.tally.faults.push(
      `${this.#kind.name}: ${name} ${what} [${exitCode}, ${tookMs} ms] ${said}`,
    );
  }
}
