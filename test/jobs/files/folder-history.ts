import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { formatDay, parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { keptFiles } from '../../../src/jobs/files/register.js';
import { endTakenFile, takeReadyFile } from '../../../src/jobs/files/take-file.js';
import { FilesModel, type ModelFile } from '../../model/operations/files-model.js';
import { NAMES, RULES } from '../../model/operations/inbox-history.js';
import { randomOf } from '../../model/operations/random.js';
import { BY, type FilesBook, OPEN } from './files-book.js';

const STEPS = 60;
const UNDER_WAY = /(\.part|\.tmp|~)$/;
const hashOf = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** Senders of all kinds at a real folder, the register of it, and the naive model beside it. */
class FolderHistory {
  readonly #random: (below: number) => number;
  readonly #book: FilesBook;
  readonly #model = new FilesModel(RULES);
  /** What each sender means to send, by name. */
  readonly #meant = new Map<string, string>();
  readonly #says = new Map<string, NonNullable<ModelFile['says']>>();
  readonly #taken: string[] = [];
  readonly #met: Set<string>;
  #second = -300;
  #open = parseDay(OPEN)!;
  #contents = 0;

  constructor(book: FilesBook, seed: number, met: Set<string>) {
    this.#book = book;
    this.#met = met;
    this.#random = randomOf(seed);
  }

  async run(): Promise<void> {
    const acts: (() => unknown)[] = [
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
      () => this.#take(),
      () => this.#take(),
      () => this.#release(),
    ];
    for (let step = 0; step < STEPS; step += 1) {
      this.#second += [0, 4, 29, 59, 89][this.#random(5)]!;
      await acts[this.#random(acts.length)]!();
      if (this.#random(30) === 0) await this.#nextDay();
    }
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#random(from.length)];
  }

  #path(name: string): string {
    return join(this.#book.folders.inbox, name);
  }

  /** Data files that lie there. */
  #names(): string[] {
    return readdirSync(this.#book.folders.inbox)
      .filter((name) => this.#meant.has(name))
      .sort();
  }

  #written(name: string): string {
    return readFileSync(this.#path(name), 'utf8');
  }

  /** The kernel's clock is coarse: a change at once after a look has a time of its own here. */
  #change(name: string, fn: () => void): void {
    const path = this.#path(name);
    const before = lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ctimeNs;
    fn();
    while (existsSync(path) && lstatSync(path, { bigint: true }).ctimeNs === before) {
      const { atime, mtime } = statSync(path);
      utimesSync(path, atime, mtime);
    }
  }

  #newContent(): string {
    this.#contents += 1;
    const tens = [0, 1, 2, 3][this.#random(4)]!;
    return String(this.#contents).padStart(10, '.').repeat(tens);
  }

  #begin(): void {
    const name = this.#pick(NAMES)! + this.#pick(['', '', '', '.part', '.tmp', '~'])!;
    if (existsSync(this.#path(name))) return;
    const whole = this.#newContent();
    this.#meant.set(name, whole);
    writeFileSync(this.#path(name), whole.slice(0, [0, 10, 30][this.#random(3)]!));
  }

  #append(): void {
    const name = this.#pick(
      this.#names().filter((own) => this.#written(own) !== this.#meant.get(own)),
    );
    if (name === undefined) return;
    const { atime, mtime } = statSync(this.#path(name));
    const at = this.#written(name).length;
    this.#change(name, () => {
      appendFileSync(this.#path(name), this.#meant.get(name)!.slice(at, at + 10));
      if (this.#random(3) === 0) utimesSync(this.#path(name), atime, mtime);
    });
  }

  #touch(): void {
    const name = this.#pick(this.#names());
    if (name !== undefined) this.#change(name, () => utimesSync(this.#path(name), 1000, 1000));
  }

  #rename(): void {
    const name = this.#pick(this.#names().filter((own) => UNDER_WAY.test(own)));
    if (name === undefined || this.#written(name) !== this.#meant.get(name)) return;
    const whole = name.replace(UNDER_WAY, '');
    this.#change(whole, () => renameSync(this.#path(name), this.#path(whole)));
    this.#meant.set(whole, this.#meant.get(name)!);
  }

  /** Before its file, after it, right, wrong, or without a word. */
  #control(): void {
    const name = this.#pick(NAMES.filter((own) => !own.startsWith('b')))!;
    const whole = this.#meant.get(name) ?? 'x'.repeat(10);
    const size = whole.length + (this.#random(8) === 0 ? 10 : 0);
    const sha256 = hashOf(this.#random(8) === 0 ? `${whole}!` : whole);
    const says = this.#pick([{ size, sha256 }, { size, sha256 }, { size }, { sha256 }, {}])!;
    const own = name + (name.startsWith('c') ? '.done' : '.ok');
    const lines = Object.entries(says).map(([key, value]) => `${key}=${value}\n`);
    this.#change(own, () => writeFileSync(this.#path(own), lines.join('')));
    this.#says.set(own, says);
  }

  /** The same content under another name, of what lies there or was taken. */
  #again(): void {
    const here = this.#names().map((name) => this.#written(name));
    const content = this.#pick([...here, ...this.#taken.map((each) => each.split('\n')[1]!)]);
    if (content === undefined) return;
    const name = this.#pick(NAMES)!;
    this.#meant.set(name, content);
    this.#change(name, () => writeFileSync(this.#path(name), content));
  }

  /** Other content of the same size, now and then of the same time. */
  #replace(): void {
    const name = this.#pick(this.#names().filter((own) => this.#written(own).length > 0));
    if (name === undefined) return;
    const { atime, mtime } = statSync(this.#path(name));
    this.#contents += 1;
    const other = this.#written(name).replace(/^.{10}/, String(this.#contents).padStart(10, '+'));
    this.#meant.set(name, other);
    this.#change(name, () => {
      writeFileSync(this.#path(name), other);
      if (this.#random(2) === 0) utimesSync(this.#path(name), atime, mtime);
    });
  }

  #remove(): void {
    const name = this.#pick(readdirSync(this.#book.folders.inbox).sort());
    if (name !== undefined && this.#random(3) === 0) rmSync(this.#path(name));
  }

  async #nextDay(): Promise<void> {
    this.#open += 1;
    await this.#book.asOwner(`UPDATE loanbook.book SET business_date = '${formatDay(this.#open)}'`);
  }

  async #scan(): Promise<void> {
    this.#second += 1;
    const files = readdirSync(this.#book.folders.inbox).map((name): ModelFile => {
      const bytes = readFileSync(this.#path(name));
      const { size, mtimeNs, ctimeNs } = lstatSync(this.#path(name), { bigint: true });
      const says = this.#says.get(name);
      const stamp = { size: Number(size), mtime: `${mtimeNs} ${ctimeNs}` };
      return { name, ...stamp, sha256: hashOf(bytes), ...(says && { says }) };
    });
    const at = BY / 1000 + this.#second;
    this.#model.add({ do: 'scan', at, open: formatDay(this.#open), files });
    const { missing } = await this.#book.look(this.#second);
    const rows = await keptFiles(this.#book.client, `f.state NOT IN ('taken', 'done', 'rejected')`);
    const told = rows.map(({ name, state, reason, of, since, isLate }) => ({
      ...{ name, state, reason, of, since: since / 1000, isLate },
    }));
    same(told, this.#model.told());
    for (const { state, reason } of rows) this.#met.add(reason ?? state);
    same(
      missing.map(({ file }) => file),
      this.#model.missing(),
    );
  }

  async #take(): Promise<void> {
    await this.#scan();
    const row = this.#pick(await keptFiles(this.#book.client, `f.state = 'ready'`));
    if (row === undefined) return;
    const { id, name, file, releasedSha256 } = row;
    const content = this.#written(name);
    const rule = RULES.find((each) => each.file === file)!;
    const says = this.#says.get(name + (rule.control ?? ' none'));
    const isSaid = says?.size !== undefined || says?.sha256 !== undefined;
    if (releasedSha256 === null && isSaid) {
      if ((says.size ?? content.length) !== content.length) throw new Error(`${name}: size`);
      if ((says.sha256 ?? hashOf(content)) !== hashOf(content)) throw new Error(`${name}: content`);
    }
    const isTwice = this.#taken.some(
      (past) =>
        past.split('\n')[1] === content && (!rule.repeats || past === `${name}\n${content}`),
    );
    if (isTwice) throw new Error(`${name} is taken twice`);
    this.#taken.push(`${name}\n${content}`);
    const now = BY + this.#second * 1000;
    const { path } = await takeReadyFile(this.#book.client, this.#book.inForce, id, now);
    if (readFileSync(path, 'utf8') !== content) throw new Error(`${name} is another one in work`);
    if (existsSync(this.#path(name))) throw new Error(`${name} lies in the inbox still`);
    this.#model.add({ do: 'take', name });
    const state = this.#pick(['done', 'rejected', undefined] as const);
    if (state !== undefined) await endTakenFile(this.#book.client, id, state, 'x', now);
  }

  async #release(): Promise<void> {
    const row = this.#pick(await keptFiles(this.#book.client, `f.state = 'quarantined'`));
    if (row === undefined || row.releasedSha256 !== null || row.sha256 === null) return;
    this.#model.add({ do: 'release', name: row.name });
    const values = [row.id, row.sha256, 'a', 'b'];
    await this.#book.client.query('SELECT release_file($1, $2, $3, $4)', values);
  }
}

function same(register: unknown, model: unknown): void {
  const [left, right] = [JSON.stringify(register), JSON.stringify(model)];
  if (left !== right) throw new Error(`register and model differ:\n${left}\n${right}`);
}

/** Goes through so many histories at the folder of a book; what differed, by seed. */
export async function folderHistories(book: FilesBook, from: number, to: number) {
  const wrong: string[] = [];
  const met = new Set<string>();
  for (let seed = from; seed <= to; seed += 1) {
    await book.asOwner(`TRUNCATE loanbook.inbox_file, loanbook.inbox_look CASCADE;
      UPDATE loanbook.book SET business_date = '${OPEN}'`);
    for (const folder of [book.folders.inbox, book.folders.work]) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    }
    await new FolderHistory(book, seed, met)
      .run()
      .catch((error: unknown) => wrong.push(`seed ${seed}: ${String(error)}`));
  }
  return { wrong, met: [...met].sort() };
}
