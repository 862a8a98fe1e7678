import { z } from 'zod';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { BackedUpBook } from '../documents/manifest.js';
import type { BackupLine } from '../store.js';
import { callPgBackRest, type Stanza } from './program.js';

/** What loanbook notes with each backup, as annotations of pgBackRest. */
export const NOTED = {
  day: 'loanbook-day',
  hash: 'loanbook-chain-hash',
  keys: 'loanbook-keys',
} as const;

const infoSchema = z.array(
  z.object({
    name: z.string(),
    status: z.object({ code: z.number(), message: z.string() }),
    db: z.array(z.object({ id: z.number(), 'system-id': z.string(), version: z.string() })),
    backup: z.array(
      z.object({
        label: z.string(),
        type: z.enum(['full', 'diff', 'incr']),
        error: z.boolean().nullish(),
        annotation: z.record(z.string(), z.string()).nullish(),
        database: z.object({ id: z.number() }),
        timestamp: z.object({ start: z.number(), stop: z.number() }),
        info: z.object({ repository: z.object({ delta: z.number().nullish() }) }),
      }),
    ),
  }),
);

type StanzaInfo = z.output<typeof infoSchema>[number];

/** A backup of a stanza. */
export interface StanzaBackup {
  readonly line: BackupLine;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** Major version of the server. */
  readonly major: string;
}

export interface StanzaState {
  /** PostgreSQL's number of the cluster that is backed up now; undefined without a stanza. */
  readonly system: string | undefined;
  /** The newest first. */
  readonly backups: readonly StanzaBackup[];
}

/** What pgBackRest knows of a stanza. Throws what `callPgBackRest` throws. */
export async function stanzaState(stanza: Stanza): Promise<StanzaState> {
  const text = await callPgBackRest(stanza, 'info', ['--output=json']);
  const found = parseInfo(text).find(({ name }) => name === stanza.name);
  if (found === undefined || found.db.length === 0) return { system: undefined, backups: [] };
  return {
    system: found.db.at(-1)!['system-id'],
    backups: found.backup
      .filter(({ error }) => error !== true)
      .map((backup) => backupOf(found, backup))
      .reverse(),
  };
}

function parseInfo(text: string): StanzaInfo[] {
  // The number of a cluster has more digits than a double.
  const exact = text.replace(/"system-id":(\d+)/g, '"system-id":"$1"');
  try {
    return infoSchema.parse(JSON.parse(exact));
  } catch (cause) {
    throw new LoanbookError('pgbackrest_unknown', 'What pgBackRest says is not understood.', {
      evidence: { verb: 'info' },
      next: 'pgBackRest 2.41 or newer is needed: look with `pgbackrest info --output=json`.',
      cause,
    });
  }
}

function backupOf(stanza: StanzaInfo, backup: StanzaInfo['backup'][number]): StanzaBackup {
  const { label, type, annotation, database, timestamp, info } = backup;
  const db = stanza.db.find(({ id }) => id === database.id);
  const line = {
    ...{ backup: label, kind: type, takenAt: new Date(timestamp.stop * 1000).toISOString() },
    bytes: info.repository.delta ?? null,
    day: annotation?.[NOTED.day] ?? null,
    hash: annotation?.[NOTED.hash] ?? null,
    system: db?.['system-id'] ?? null,
  };
  const { start: startedAt, stop: stoppedAt } = timestamp;
  return { line, startedAt, stoppedAt, major: db?.version ?? '' };
}

/** Throws LoanbookError `stanza_of_another_server` (2) where another cluster would be backed up. */
export function requireSameServer(
  stanza: Stanza,
  { system }: StanzaState,
  book: BackedUpBook,
): void {
  if (system === undefined || system === book.system) return;
  throw new LoanbookError('stanza_of_another_server', 'The stanza backs another server up.', {
    exitCode: EXIT.usage,
    evidence: { stanza: stanza.name, system, ofTheBook: book.system },
    next: 'Name the stanza of the server that the book is on.',
  });
}
