import { resolve } from 'node:path';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { datePlaces, filled } from '../../../operations/plan/places.js';
import type { Job, Line, Plan } from '../../../operations/plan/plan.js';

/** Folders that places of a plan stand for; absolute. */
export interface Folders {
  readonly book: string;
  readonly inbox: string;
  readonly outbox: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** LOANBOOK_INBOX and LOANBOOK_OUTBOX, else folders of the book. */
export function foldersOf(book: string, env: Environment): Folders {
  return {
    book,
    inbox: resolve(env.LOANBOOK_INBOX || resolve(book, 'inbox')),
    outbox: resolve(env.LOANBOOK_OUTBOX || resolve(book, 'outbox')),
  };
}

/** The line of a job for a business date; `taken`: where files of the inbox lie by now. */
export function filledLine(
  { parameters }: Plan,
  { line }: Job,
  date: EpochDay,
  folders: Folders,
  taken: ReadonlyMap<string, string> = new Map(),
): Line {
  const values = { ...parameters, ...datePlaces(date), ...folders };
  const moved = new Map([...taken].map(([name, path]) => [`{inbox}/${name}`, path]));
  const words = line.words.map((word) => moved.get(word) ?? filled(word, values));
  return { kind: line.kind, words };
}

/** Where an attempt's output goes. */
export function logOf(
  { book }: Folders,
  plan: string,
  date: EpochDay,
  job: string,
  attempt: number,
): string {
  return resolve(book, 'work', plan, formatDay(date), `${job}-${attempt}.log`);
}
