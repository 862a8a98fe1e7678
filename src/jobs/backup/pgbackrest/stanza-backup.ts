import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withClient } from '../../../db/connect.js';
import type { Binaries } from '../../../db/embedded/embedded-binaries.js';
import { SETTINGS_FILE } from '../../../db/embedded/embedded-settings.js';
import { withScratchServer } from '../../../db/embedded/scratch-server.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { bookFacts } from '../book-facts.js';
import type { BackedUpBook, Trial } from '../documents/manifest.js';
import { type Proof, type ProofOptions, proveCopy } from '../prove-copy.js';
import { type BackupLine, keepTrial, losingTrial, makeStore } from '../store.js';
import { NOTED, requireSameServer, type StanzaBackup, stanzaState } from './info.js';
import { callPgBackRest, pgBackRestAccount, type Stanza } from './program.js';

/** A backup a day: the seventh day after a full one may begin some hours earlier than that did. */
const FULL_SECONDS = 6.5 * 86_400;
const PROGRAM_FOLDERS = ['/usr/lib/postgresql/%/bin', '/usr/pgsql-%/bin'];

export interface Taken {
  readonly line: BackupLine;
  readonly book: BackedUpBook;
}

/**
 * Has pgBackRest back up the server that a book is on: `check` first, a full backup where the last
 * one is a week old, else what differs from it. The day and its chain hash are noted with the
 * backup: it has that day at least. Throws LoanbookError `stanza_of_another_server` (2), and what
 * `callPgBackRest` throws.
 */
export async function takeStanza(
  target: DatabaseTarget,
  stanza: Stanza,
  isFull: boolean,
): Promise<Taken> {
  stanza.signal.throwIfAborted();
  const book = await withClient(target, {}, bookFacts);
  const state = await stanzaState(stanza);
  requireSameServer(stanza, state, book);
  await callPgBackRest(stanza, 'check');
  const full = state.backups.find(({ line }) => line.kind === 'full');
  const isDue = full === undefined || Date.now() / 1000 - full.startedAt >= FULL_SECONDS;
  const noted = {
    [NOTED.day]: book.sealedDay,
    [NOTED.hash]: book.chainHash,
    [NOTED.keys]: book.keys.join(' ') || null,
  };
  const notes = Object.entries(noted).filter(([, value]) => value !== null);
  await callPgBackRest(stanza, 'backup', [
    `--type=${isFull || isDue ? 'full' : 'diff'}`,
    ...notes.map(([key, value]) => `--annotation=${key}=${value}`),
  ]);
  const [newest] = (await stanzaState(stanza)).backups;
  return { line: newest!.line, book };
}

export interface StanzaTrial extends ProofOptions {
  readonly stanza: Stanza;
  /** The server of the book: login and database of the copy are the same. */
  readonly target: DatabaseTarget;
  readonly bookFolder: string;
  /** Where what was proven is kept. */
  readonly store: string;
  /** Label of a backup; left out: the newest, or the newest before `at`. */
  readonly label?: string | undefined;
  /** An instant in UTC after the end of the backup to restore to; left out: that end. */
  readonly at?: string | undefined;
  /** A folder with the programs of the server, where they are in none that is known. */
  readonly programs?: string | undefined;
}

/**
 * Has pgBackRest restore a backup beside, on a server of its own that archives nothing, and proves
 * the copy. Throws LoanbookError `unknown_backup` (2), `server_programs_missing`, and what
 * `callPgBackRest`, `withScratchServer` and `proveCopy` throw.
 */
export async function verifyStanza(options: StanzaTrial): Promise<Proof & { trial: Trial }> {
  const { stanza, target, bookFolder, store, at } = options;
  stanza.signal.throwIfAborted();
  const { line, major } = chosen((await stanzaState(stanza)).backups, options);
  const programs = programsOf(major, options.programs);
  makeStore(store);
  return losingTrial(store, line.backup, async () => {
    const { user, database } = target;
    const fill = (dataFolder: string) => restoreInto(dataFolder, stanza, line.backup, at);
    const scratch = { name: 'trial', fill, foreign: { programs, user, database } } as const;
    const system = line.system ?? '';
    const expected = { system, sealedDay: line.day, chainHash: line.hash };
    const proof = await withScratchServer(bookFolder, scratch, (copy) =>
      proveCopy(copy, expected, options),
    );
    const { day, chainHash } = proof;
    const provenAt = new Date().toISOString();
    const trial: Trial = { backup: line.backup, system, provenAt, day, chainHash };
    await keepTrial(store, trial);
    return { ...proof, trial };
  });
}

function chosen(
  backups: readonly StanzaBackup[],
  { label, at, stanza }: StanzaTrial,
): StanzaBackup {
  const before = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at) / 1000;
  const found = backups.find(
    ({ line, stoppedAt }) => (label === undefined || line.backup === label) && stoppedAt < before,
  );
  if (found !== undefined) return found;
  throw new LoanbookError('unknown_backup', 'There is no such backup.', {
    exitCode: EXIT.usage,
    evidence: { stanza: stanza.name, backup: label, endedBefore: at },
    next: '`loanbook backup list` shows those that there are; an instant lies after their end.',
  });
}

async function restoreInto(
  dataFolder: string,
  stanza: Stanza,
  label: string,
  at: string | undefined,
): Promise<void> {
  const account = pgBackRestAccount();
  if (account !== undefined) chownSync(dataFolder, account.uid, account.gid);
  const until =
    at === undefined
      ? ['--type=immediate']
      : [
          '--type=time',
          `--target=${at.replace('T', ' ').replace('Z', '+00')}`,
          '--target-timeline=current',
        ];
  await callPgBackRest(stanza, 'restore', [
    ...[`--set=${label}`, `--pg1-path=${dataFolder}`, '--archive-mode=off'],
    ...[...until, '--target-action=promote'],
  ]);
  const auto = join(dataFolder, 'postgresql.auto.conf');
  // It gets its name when it is whole, and its WAL is fetched by that.
  const text = readFileSync(auto, 'utf8').replaceAll(dataFolder, join(dirname(dataFolder), 'data'));
  const kept = text.split('\n').filter((line) => OF_RECOVERY.test(line));
  writeFileSync(auto, kept.map((line) => `${line}\n`).join(''));
  for (const [name, text] of Object.entries(TRIAL_FILES))
    writeFileSync(join(dataFolder, name), text);
}

/** What ALTER SYSTEM has set would have the copy listen where the server does. */
const OF_RECOVERY = /^(restore_command|recovery_target\w*|archive_mode)\s*=/;

/** Settings of the server itself may lie elsewhere, and are not for a copy; nobody waits for it. */
const TRIAL_FILES = {
  'postgresql.conf': `include_if_exists '${SETTINGS_FILE}'\nhot_standby = off\nfsync = off\n`,
  'pg_hba.conf': 'local all all trust\n',
  'pg_ident.conf': '',
};

function programsOf(major: string, named: string | undefined): Binaries {
  const folders = named === undefined ? PROGRAM_FOLDERS : [named];
  const tried = folders.map((folder) => folder.replace('%', major));
  const found = tried.find((folder) => existsSync(join(folder, 'pg_ctl')));
  if (found !== undefined) {
    return { initdb: join(found, 'initdb'), pgCtl: join(found, 'pg_ctl'), version: major };
  }
  throw new LoanbookError('server_programs_missing', 'The server’s programs are not here.', {
    evidence: { version: major, tried: tried.join(', ') },
    next: 'Install that PostgreSQL where the trial runs, or name its folder by LOANBOOK_PG_BIN.',
  });
}
