import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { maskText, maskTexts } from '../../files/mask.js';
import { createLog, type Logger } from '../../log.js';
import { type Lang, langOf } from './lang/lang.js';
import { type Progress, type ProgressPlan, startProgress } from './progress.js';

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What the process lends to the command line: replaced by streams in memory in tests. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly book?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly lang?: string;
}

/** What a command runs with. Data goes to `stdout`, everything else to `stderr`. */
export interface CommandContext extends Host {
  /** Absolute path of the book's folder; it need not exist. */
  readonly bookFolder: string;
  /** `--book` as it was given, for a command that is printed to be run next. */
  readonly namedBook: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Of what people read. */
  readonly lang: Lang;
  /** Loaded at first use, because a small command never logs. */
  readonly log: Logger;
  /** A bar on a terminal, structured log lines otherwise, nothing when quiet. */
  progress(plan: ProgressPlan): Progress;
  /** One sentence for a person on stderr; left out when quiet and with --json. */
  note(sentence: string): void;
}

const BOOK_FOLDER_DEFAULT = './.loanbook';

/** `--book`, else LOANBOOK_HOME, else `.loanbook` in the working directory; always absolute. */
export function bookFolderOf(globals: GlobalOptions, env: Host['env']): string {
  return resolve(globals.book || env.LOANBOOK_HOME || BOOK_FOLDER_DEFAULT);
}

export function createContext(host: Host, globals: GlobalOptions): CommandContext {
  const quiet = globals.quiet ?? false;
  let log: Logger | undefined;
  const logAtFirstUse = () => {
    const { LOANBOOK_LOG_LEVEL: level, LOANBOOK_NIGHT: night } = host.env;
    log ??= createLog(host.stderr, { quiet, level, night, mask: maskTexts });
    return log;
  };
  return {
    ...host,
    bookFolder: bookFolderOf(globals, host.env),
    namedBook: globals.book || undefined,
    json: globals.json ?? false,
    quiet,
    lang: langOf(globals.lang, host.env),
    get log() {
      return logAtFirstUse();
    },
    progress(plan) {
      const label = maskText(plan.label);
      return startProgress({ ...plan, label }, { stderr: host.stderr, quiet, log: logAtFirstUse });
    },
    note(sentence) {
      if (!quiet && !globals.json) host.stderr.write(`${maskText(sentence)}\n`);
    },
  };
}
