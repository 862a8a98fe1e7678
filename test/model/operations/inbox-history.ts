import { formatDay, parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { SECOND } from '../../../src/operations/clock/instant.js';
import { endFile, releaseFile, takeFile } from '../../../src/operations/files/file-acts.js';
import { type FileRow, hasLeft } from '../../../src/operations/files/file-row.js';
import { missingFiles } from '../../../src/operations/files/missing-files.js';
import { scanFiles } from '../../../src/operations/files/scan-files.js';
import { rulesOf } from '../../operations/files/files-under-hand.js';
import { FilesModel, type ModelFile, type ModelRule } from './files-model.js';
import { randomOf } from './random.js';

const PLAIN = { isCompact: true, isNumbered: true, behind: '.csv', settle: 60, hasBy: true };
export const RULES: readonly ModelRule[] = [
  { ...PLAIN, file: 'a', before: 'a-', control: '.ok', isMonthly: false, repeats: false },
  { ...PLAIN, file: 'b', before: 'b-', control: null, isMonthly: true, repeats: false },
  {
    ...PLAIN,
    file: 'c',
    before: 'c-',
    isCompact: false,
    isNumbered: false,
    settle: 0,
    hasBy: false,
    control: '.done',
    isMonthly: false,
    repeats: true,
  },
];
export const RULE_DOCUMENTS = RULES.map((rule) => ({
  file: rule.file,
  name: `${rule.before}{${rule.isCompact ? 'yyyymmdd' : 'date'}}${rule.isNumbered ? '-{n}' : ''}.csv`,
  control: rule.control,
  settle: `${rule.settle}s`,
  by: rule.hasBy ? '06:00' : null,
  on: rule.isMonthly ? { month_day: [-1] } : {},
  repeats: rule.repeats,
}));
const ENGINE_RULES = rulesOf(...RULE_DOCUMENTS);
export const NAMES = ['20260330', '20260331', '20260401', '20260230']
  .flatMap((day) => ['a', 'b'].flatMap((rule) => [1, 2].map((n) => `${rule}-${day}-${n}.csv`)))
  .concat('c-2026-03-31.csv', 'c-2026-04-01.csv', 'd.csv');
const BEGINS = Date.parse('2026-03-31T21:55:00Z') / 1000;

/** A file as its sender knows it. */
interface Sent {
  readonly content: number;
  readonly whole: number;
  written: number;
  mtime: number;
  /** When it was last written to. */
  changedAt: number;
}

/** A folder with senders of all kinds, the register of it, and the model beside it. */
class Inbox {
  readonly #random: (below: number) => number;
  readonly #model = new FilesModel(RULES);
  readonly #folder = new Map<string, Sent>();
  readonly #controls = new Map<string, ModelFile>();
  readonly #taken: { name: string; sha256: string; file: string | null }[] = [];
  #rows: FileRow[] = [];
  #at = BEGINS;
  #open = parseDay('2026-03-31')!;
  #contents = 0;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  step(): void {
    const acts = [
      () => this.#begin(),
      () => this.#append(),
      () => this.#append(),
      () => this.#touch(),
      () => this.#rename(),
      () => this.#control(),
      () => this.#control(),
      () => this.#again(),
      () => this.#replace(),
      () => this.#remove(),
      () => this.#scan(),
      () => this.#scan(),
      () => this.#scan(),
      () => this.#take(),
      () => this.#release(),
    ];
    this.#at += [0, 4, 29, 59, 89][this.#random(5)]!;
    acts[this.#random(acts.length)]!();
    if (this.#random(40) === 0) this.#open += 1;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#random(from.length)];
  }

  #begin(): void {
    const name = this.#pick(NAMES)!;
    const ending = this.#pick(['', '', '', '.part', '.tmp', '~'])!;
    if (this.#folder.has(name + ending)) return;
    this.#contents += 1;
    const whole = [0, 10, 20, 30][this.#random(4)]!;
    const written = Math.min(whole, [0, 10, 30][this.#random(3)]!);
    const sent = { content: this.#contents, whole, written, mtime: this.#at, changedAt: this.#at };
    this.#folder.set(name + ending, sent);
  }

  #append(): void {
    const open = [...this.#folder.values()].filter(({ written, whole }) => written < whole);
    const sent = this.#pick(open);
    if (sent === undefined) return;
    sent.written += 10;
    sent.changedAt = this.#at;
    // Some set the time back to what it was.
    if (this.#random(3) > 0) sent.mtime = this.#at;
  }

  #touch(): void {
    const sent = this.#pick([...this.#folder.values()]);
    if (sent !== undefined) sent.mtime = this.#pick([0, this.#at, sent.mtime - 3600])!;
  }

  #rename(): void {
    const name = this.#pick(
      [...this.#folder.keys()].filter((own) => /(\.part|\.tmp|~)$/.test(own)),
    );
    if (name === undefined) return;
    const sent = this.#folder.get(name)!;
    if (sent.written < sent.whole) return;
    this.#folder.delete(name);
    this.#folder.set(name.replace(/(\.part|\.tmp|~)$/, ''), { ...sent, changedAt: this.#at });
  }

  /** Before its file, after it, right, wrong, or without a word. */
  #control(): void {
    const name = this.#pick(NAMES.filter((own) => !own.startsWith('b')))!;
    const own = name + (name.startsWith('c') ? '.done' : '.ok');
    const sent = this.#folder.get(name) ?? { content: this.#contents + 1, whole: 10 };
    const size = sent.whole + (this.#random(8) === 0 ? 10 : 0);
    const sha256 = `${sent.content}:${this.#random(8) === 0 ? 'x' : sent.whole}`;
    const says = this.#pick([{ size, sha256 }, { size, sha256 }, { size }, { sha256 }, {}])!;
    this.#controls.set(own, { name: own, size: 9, mtime: 'k', sha256: 'k', says });
  }

  /** The same content under another name. */
  #again(): void {
    const whole = [...this.#folder.values()].filter((sent) => sent.written === sent.whole);
    const sent = this.#pick([
      ...whole,
      ...this.#taken.map(({ sha256 }) => sentOf(sha256, this.#at)),
    ]);
    const name = this.#pick(NAMES)!;
    if (sent !== undefined) this.#folder.set(name, { ...sent, changedAt: this.#at });
  }

  /** Other content under a name that is there, now and then of the same size and time. */
  #replace(): void {
    const ready = this.#rows.filter(({ state }) => state === 'ready').map(({ name }) => name);
    const name = this.#pick(ready.filter((own) => this.#folder.has(own)));
    if (name === undefined) return;
    const old = this.#folder.get(name)!;
    this.#contents += 1;
    const mtime = this.#random(2) === 0 ? old.mtime : this.#at;
    this.#folder.set(name, { ...old, content: this.#contents, mtime, changedAt: this.#at });
  }

  #remove(): void {
    const all = [this.#folder, this.#controls][this.#random(2)]!;
    const name = this.#pick([...all.keys()]);
    if (name !== undefined && this.#random(3) === 0) all.delete(name);
  }

  #scan(): void {
    this.#at += 1;
    const sent = [...this.#folder].map(([name, { content, written, mtime }]) => ({
      name,
      size: written,
      mtime: String(mtime),
      sha256: `${content}:${written}`,
    }));
    const files = [...sent, ...this.#controls.values()];
    const open = formatDay(this.#open);
    const scan = { at: this.#at * SECOND, openDate: this.#open, files };
    this.#model.add({ do: 'scan', at: this.#at, open, files });
    this.#rows = scanFiles(ENGINE_RULES, this.#rows, scan);
    const rows = this.#rows.filter((row) => !hasLeft(row));
    const told = rows.map(({ name, state, reason, of, since, isLate }) => ({
      name,
      state,
      reason,
      of,
      since: since / SECOND,
      isLate,
    }));
    same(told, this.#model.told());
    const missing = missingFiles(ENGINE_RULES, this.#rows, scan).map(({ file }) => file);
    same(missing, this.#model.missing());
  }

  /** As the job does it, at once after a scan. */
  #take(): void {
    this.#scan();
    const row = this.#pick(this.#rows.filter(({ state }) => state === 'ready'));
    if (row === undefined) return;
    const { name, file } = row;
    const sent = this.#folder.get(name)!;
    const sha256 = `${sent.content}:${sent.written}`;
    this.#requireWhole(row, sent);
    const isDouble = this.#taken.some(
      (past) => past.sha256 === sha256 && (file !== 'c' || past.name === name),
    );
    if (isDouble) throw new Error(`${name} is taken twice`);
    this.#taken.push({ name, sha256, file });
    this.#model.add({ do: 'take', name });
    this.#rows = takeFile(this.#rows, name, this.#at * SECOND);
    this.#folder.delete(name);
    const control = RULES.find((rule) => rule.file === file)!.control;
    if (control !== null && this.#random(4) > 0) this.#controls.delete(name + control);
    const state = this.#pick(['done', 'rejected', undefined] as const);
    if (state !== undefined)
      this.#rows = endFile(this.#rows, sha256, { state, at: this.#at * SECOND });
  }

  /** Only a sender who says nothing of its size, and rests for longer than agreed, is cut short. */
  #requireWhole({ name, file, releasedSha256 }: FileRow, sent: Sent): void {
    if (releasedSha256 === `${sent.content}:${sent.written}`) return;
    const { control, settle } = RULES.find((rule) => rule.file === file)!;
    const says = this.#controls.get(name + (control ?? ' none'))?.says;
    if (control !== null && !this.#controls.has(name + control)) throw new Error(`${name}: early`);
    if (says?.size !== undefined && says.size !== sent.written) throw new Error(`${name}: size`);
    const sha256 = `${sent.content}:${sent.written}`;
    if (says?.sha256 !== undefined && says.sha256 !== sha256) throw new Error(`${name}: content`);
    const isStill = this.#at - sent.changedAt >= settle;
    if (sent.written < sent.whole && !isStill) throw new Error(`${name} was under way`);
  }

  #release(): void {
    const held = this.#rows.filter(({ state }) => state === 'quarantined');
    const row = this.#pick(held);
    if (row === undefined || this.#random(3) > 0) return;
    this.#model.add({ do: 'release', name: row.name });
    this.#rows = releaseFile(this.#rows, row.name);
  }

  /** The states that it came by, to see that the histories are of all kinds. */
  get states(): string[] {
    return this.#rows.map(({ state, reason }) => (reason === null ? state : reason));
  }
}

function sentOf(sha256: string, at: number): Sent {
  const [content = 0, size = 0] = sha256.split(':').map(Number);
  return { content, whole: size, written: size, mtime: at, changedAt: at };
}

function same(engine: unknown, model: unknown): void {
  const [left, right] = [JSON.stringify(engine), JSON.stringify(model)];
  if (left !== right) throw new Error(`register and model differ:\n${left}\n${right}`);
}

const STEPS = 120;

/** Goes through so many histories; what differed, by seed, and the states that were met. */
export function inboxHistories(from: number, to: number) {
  const wrong: string[] = [];
  const met = new Set<string>();
  for (let seed = from; seed <= to; seed += 1) {
    const inbox = new Inbox(seed);
    try {
      for (let step = 0; step < STEPS; step += 1) {
        inbox.step();
        for (const state of inbox.states) met.add(state);
      }
    } catch (error) {
      wrong.push(`seed ${seed}: ${String(error)}`);
    }
  }
  return { wrong, met: [...met].sort() };
}
