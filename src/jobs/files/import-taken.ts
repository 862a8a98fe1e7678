import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { openDate } from '../book/open-day.js';
import { loadFiles } from './files-in-force.js';
import { type KeptFile, keptFiles } from './register.js';
import { isDueOn, scanInbox } from './scan-inbox.js';
import { endTakenFile, takeReadyFile } from './take-file.js';

/** A file of the register, as an import reads it. */
export interface FileToImport {
  readonly file: string;
  /** The content that was ready: no other goes in. */
  readonly sha256: string;
}

interface TakingOptions<T> {
  /** The folder of the book. */
  readonly home: string;
  /** Code of the rule whose files are taken. */
  readonly rule: string;
  readonly signal?: AbortSignal;
  readonly importOne: (taken: FileToImport) => Promise<T>;
  /** What the register says of it, such as `import 12`. */
  readonly saysOf: (outcome: T) => string;
}

/** What came of it; `reason` says why there is none. */
export interface TakenImports<T> {
  readonly outcomes: readonly T[];
  readonly reason: 'done_before' | 'not_due' | null;
}

/** Named of the files that are not ready. */
const NAMED_MAX = 5;

/**
 * Looks at the inbox, takes the ready files of a rule and imports each, by date and name; what
 * was taken and not ended is gone on with, and what was rejected for the open date is tried again.
 * A file that goes in is done, one that is refused rejected. Throws LoanbookError
 * `no_files_document`, `unknown_file_rule` (2), `file_not_ready` (75) where one is due and none is
 * there, and what the import throws.
 */
export async function importTaken<T>(
  client: pg.Client,
  { home, rule, signal, importOne, saysOf }: TakingOptions<T>,
): Promise<TakenImports<T>> {
  const inForce = await loadFiles(client, home);
  const own = inForce.rules.find(({ file }) => file === rule);
  if (own === undefined) {
    throw new LoanbookError('unknown_file_rule', 'The inbox has no such rule.', {
      exitCode: EXIT.usage,
      evidence: { rule, known: inForce.rules.map(({ file }) => file).join(', ') },
      next: 'Name one by --from-registry RULE, or add it to the document of `files apply`.',
    });
  }
  await scanInbox(client, inForce, { signal });
  const day = await openDate(client);
  const files = await filesToTake(client, rule, formatDay(day));
  const outcomes: T[] = [];
  for (const { id } of files) {
    const { path, sha256 } = await takeReadyFile(client, inForce, id);
    try {
      const outcome = await importOne({ file: path.toString(), sha256 });
      await endTakenFile(client, id, 'done', saysOf(outcome));
      outcomes.push(outcome);
    } catch (error) {
      if (isRefusal(error)) await endTakenFile(client, id, 'rejected', error.code);
      throw error;
    }
  }
  if (outcomes.length > 0) return { outcomes, reason: null };
  if (await isDone(client, rule, formatDay(day))) return { outcomes, reason: 'done_before' };
  if (!isDueOn(own, day)) return { outcomes, reason: 'not_due' };
  throw await notReady(client, rule, formatDay(day));
}

function filesToTake(client: pg.Client, rule: string, openOn: string): Promise<KeptFile[]> {
  return keptFiles(
    client,
    `f.rule = $1 AND (f.state IN ('ready', 'taken')
       OR (f.state = 'rejected' AND f.business_date >= $2))`,
    [rule, openOn],
  ).then((files) => files.sort((a, b) => (a.date ?? 0) - (b.date ?? 0)));
}

async function isDone(client: pg.Client, rule: string, openOn: string): Promise<boolean> {
  const condition = `f.rule = $1 AND f.business_date = $2 AND f.state = 'done'`;
  return (await keptFiles(client, condition, [rule, openOn])).length > 0;
}

/** What is wrong with the file, and not with the database or the house. */
function isRefusal(error: unknown): error is LoanbookError {
  if (!(error instanceof LoanbookError)) return false;
  return error.exitCode === EXIT.failed || error.exitCode === EXIT.tooManyRejects;
}

async function notReady(client: pg.Client, rule: string, openOn: string): Promise<LoanbookError> {
  const waiting = await keptFiles(
    client,
    `f.rule = $1 AND f.state NOT IN ('gone', 'done', 'rejected')`,
    [rule],
  );
  const named = waiting.slice(0, NAMED_MAX).map(({ name, state }) => `${name} ${state}`);
  return new LoanbookError('file_not_ready', 'No file of the rule is ready.', {
    exitCode: EXIT.locked,
    evidence: { rule, openDate: openOn, files: named.join(', ') || 'none' },
    next: 'Try again when it has come; `loanbook files list` shows why one waits.',
  });
}
