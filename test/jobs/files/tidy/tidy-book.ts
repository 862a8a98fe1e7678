import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { applyPolicy } from '../../../../src/jobs/book/apply-dated.js';
import { commandLine } from '../../../support/command-line.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

/** A line of `files tidy`. */
export interface Tidied {
  readonly kind: string;
  readonly file: string;
  readonly outcome: string;
  readonly reason: string | null;
}

export interface Said {
  readonly exit: number;
  readonly out: Record<string, unknown>;
  readonly files: readonly Tidied[];
  readonly text: string;
}

export interface TidyBook extends ImportBook {
  /** A command line with --json: words, or a text that is cut at blanks. */
  run(line: string | readonly string[]): Promise<Said>;
  /** `kind outcome reason` of each line that `files tidy` says, with its exit code. */
  tidy(more?: string): Promise<[exit: number, ...lines: string[]]>;
  /** Puts a policy with this retention in force. */
  keeps(retention: string): Promise<void>;
  /** Lets the register look back so far. */
  age(interval: string): Promise<void>;
}

export async function tidyBook(): Promise<TidyBook> {
  const book = await importBook();
  const line = commandLine(book.database.target, book.folder);
  const run = async (text: string | readonly string[]): Promise<Said> => {
    const words = typeof text === 'string' ? text.split(' ') : text;
    const { exitCode, stdout, stderr } = await line(['--quiet', '--json', ...words]);
    const out = JSON.parse(stdout || stderr);
    return { exit: exitCode, out, files: out.files ?? [], text: stdout + stderr };
  };
  return {
    ...book,
    run,
    async tidy(more = '') {
      const { exit, files } = await run(`files tidy ${more}`.trim());
      return [
        exit,
        ...files.map(({ kind, outcome, reason }) => [kind, outcome, reason ?? ''].join(' ').trim()),
      ];
    },
    async keeps(retention) {
      await book.asOwner('SET search_path = loanbook; DELETE FROM policy_version');
      await applyPolicy(
        book.client,
        `effective_from: ${OPEN_DAY}\nretention: ${retention}\n`,
        'policy',
      );
    },
    age: (interval) =>
      book.asOwner(`SET search_path = loanbook; UPDATE reject_file
        SET written_at = written_at - ${interval}, goes_at = goes_at - ${interval}`),
  };
}

export const sha256 = (path: string) =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

/** Everything below a folder: kind, mode, size, times and where links lead. */
export function everythingBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mode, size, mtimeMs, ino } = lstatSync(path);
      const leads = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : '';
      return [name, mode, size, mtimeMs, ino, leads].join(' ');
    });
}
