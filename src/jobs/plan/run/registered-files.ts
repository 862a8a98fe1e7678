import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { LoanbookError } from '../../../errors.js';
import type { Instant } from '../../../operations/clock/instant.js';
import { datePlaces, filled } from '../../../operations/plan/places.js';
import type { Run, Step } from '../../../operations/run/run.js';
import { type FilesInForce, filesInForce } from '../../files/files-in-force.js';
import { KeptNames } from '../../files/kept-names.js';
import { type KeptFile, keptFiles } from '../../files/register.js';
import { scanInbox } from '../../files/scan-inbox.js';
import { endTakenFile, takeReadyFile } from '../../files/take-file.js';
import { type AwaitedFiles, filesOfFolder } from './awaited-files.js';
import { type Folders, filledLine } from './places.js';

interface RegisteredOptions {
  /** Where the book has no rules for its inbox. */
  readonly folders: Folders;
  /** Looks at the inbox as often as it is asked; false: only what the last look found. */
  readonly looks: boolean;
  /** A look came to nothing. */
  readonly onProblem: (error: LoanbookError) => void;
}

/** A look is not repeated before so long, nor before ten times as long as it took. */
const LOOK_MS_MIN = 1_000;
const LOOK_SHARE = 10;

/** Files that are registered; of a book that has no rules for its inbox those of the folder. */
export function registeredFiles(options: RegisteredOptions): AwaitedFiles {
  return new RegisteredFiles(options);
}

/** The inbox and the outbox of the rules in force, else those given. */
export async function foldersInForce(client: pg.Client, folders: Folders): Promise<Folders> {
  const inForce = await filesInForce(client, folders.book);
  if (inForce === undefined) return folders;
  return placesOf(inForce, folders);
}

/** A book that sends nothing has no outbox among its rules. */
function placesOf({ folders: { inbox, outbox } }: FilesInForce, folders: Folders): Folders {
  return { book: folders.book, inbox, outbox: outbox ?? folders.outbox };
}

class RegisteredFiles implements AwaitedFiles {
  readonly #options: RegisteredOptions;
  readonly #unregistered: AwaitedFiles;
  #nextLook = 0;

  constructor(options: RegisteredOptions) {
    this.#options = options;
    this.#unregistered = filesOfFolder(options.folders);
  }

  async timesOf(client: pg.Client, run: Run, now: Instant) {
    const names = run.steps.flatMap((step) => namesOf(run, step));
    if (names.length === 0) return () => undefined;
    const inForce = await this.#inForce(client);
    if (inForce === undefined) return this.#unregistered.timesOf(client, run, now);
    const isWaiting = run.steps.some(
      ({ state, job }) => state === 'waiting' && job.files.length > 0,
    );
    if (this.#options.looks && isWaiting) await this.#look(client, inForce);
    const times = new Map(
      // The register goes by the clock of the database, which may be ahead of this one.
      (await wholeOnes(client, inForce, names)).map(({ name, since }) => [
        name,
        Math.min(since, now),
      ]),
    );
    return (name: string) => times.get(name);
  }

  async lineOf(client: pg.Client, run: Run, step: Step) {
    const inForce = await this.#inForce(client);
    if (inForce === undefined) return this.#unregistered.lineOf(client, run, step);
    const taken = new Map<string, string>();
    try {
      for (const { name, row } of await this.#ofLine(client, inForce, run, step)) {
        if (row === undefined) continue;
        const { path } = await takeReadyFile(client, inForce, row.id);
        taken.set(name, path.toString());
      }
    } catch (error) {
      if (!(error instanceof LoanbookError)) throw error;
      this.#options.onProblem(error);
      return undefined;
    }
    const folders = placesOf(inForce, this.#options.folders);
    return filledLine(run.hand.plan, step.job, run.date, folders, taken);
  }

  async settle(client: pg.Client, run: Run, step: Step) {
    const inForce = await this.#inForce(client);
    if (inForce === undefined) return;
    const says = `${run.hand.plan.name} ${step.job.name}`;
    for (const { row } of await this.#ofLine(client, inForce, run, step)) {
      if (row?.state === 'taken') await endTakenFile(client, row.id, 'done', says);
    }
  }

  /** The files that the line of a step names, by their names in the plan. */
  async #ofLine(client: pg.Client, inForce: FilesInForce, run: Run, { job }: Step) {
    const named = job.files.filter(({ name }) => job.line.words.includes(inInbox(name)));
    if (named.length === 0) return [];
    const full = (name: string) => filled(name, datePlaces(run.date));
    const rows = await wholeOnes(
      client,
      inForce,
      named.map(({ name }) => full(name)),
    );
    return named.map(({ name }) => ({ name, row: rows.find((row) => row.name === full(name)) }));
  }

  #inForce(client: pg.Client): Promise<FilesInForce | undefined> {
    return filesInForce(client, this.#options.folders.book);
  }

  /** An inbox that cannot be looked at now may be there again: files only come late then. */
  async #look(client: pg.Client, inForce: FilesInForce): Promise<void> {
    const began = performance.now();
    if (began < this.#nextLook) return;
    try {
      await scanInbox(client, inForce);
    } catch (error) {
      if (!(error instanceof LoanbookError)) throw error;
      this.#options.onProblem(error);
    }
    const ended = performance.now();
    this.#nextLook = ended + Math.max(LOOK_MS_MIN, LOOK_SHARE * (ended - began));
  }
}

/** How the line of a job names a file that it waits for. */
function inInbox(name: string): string {
  return `{inbox}/${name}`;
}

function namesOf(run: Run, { job }: Step): string[] {
  return job.files.map(({ name }) => filled(name, datePlaces(run.date)));
}

/** Files that are ready, or were when they were taken, by their names in the plan. */
async function wholeOnes(
  client: pg.Client,
  { folders }: FilesInForce,
  names: readonly string[],
): Promise<KeptFile[]> {
  const kept = new KeptNames(folders.work);
  const named = new Map<string, string>();
  for (const name of names) named.set(await kept.of(name), name);
  const files = await keptFiles(
    client,
    `f.name IN (SELECT unnest($1::text[])) AND f.state IN ('ready', 'taken', 'done')`,
    [[...named.keys()]],
  );
  return files.map((file) => ({ ...file, name: named.get(file.name)! }));
}
