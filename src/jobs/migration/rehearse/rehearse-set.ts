import type pg from 'pg';
import { withClient } from '../../../db/connect.js';
import { withScratchServer } from '../../../db/embedded/scratch-server.js';
import { type FileSet, partsOf } from '../set/file-set.js';
import { importSet, planSet, type SetOptions, type SetOutcome } from '../set/import-set.js';
import { type Verified, verifyBook } from '../verify/verify-book.js';
import { copyBook } from './copy-book.js';

export interface RehearsalOptions extends Omit<SetOptions, 'dryRun' | 'maxRejects' | 'waits'> {
  /** Where the server of the rehearsal lives for its time. */
  readonly bookFolder: string;
}

export interface Rehearsal {
  readonly outcome: SetOutcome;
  /** Null: the set has neither balances nor schedules. */
  readonly verified: Verified | null;
  /** Loans that the book had with a position of their own: no file of the set says theirs. */
  readonly openedBefore: number;
}

/** Rows are let in however many are rejected: a rehearsal tells all of them. */
const MAX_REJECTS = 999_999_999;

/**
 * Imports a set into a copy of the book that is thrown away, and verifies it there: the book itself
 * is only read. Throws as `importSet`, `verifyBook` and `withScratchServer` do.
 */
export async function rehearseSet(
  client: pg.Client,
  set: FileSet,
  { bookFolder, ...options }: RehearsalOptions,
): Promise<Rehearsal> {
  const { signal } = options;
  const theirs = partsOf(set).map(({ kind, path: file, layout }) => ({ kind, file, layout }));
  const balances = theirs.filter(({ kind }) => kind === 'balances');
  const schedules = theirs.filter(({ kind }) => kind === 'schedules');
  // Before a server is made for it.
  await planSet(client, set, signal);
  return withScratchServer(bookFolder, { name: 'rehearsal' }, async (target) => {
    await copyBook(client, target);
    return withClient(target, {}, async (scratch) => {
      const { rows } = await scratch.query<{ opened: number }>(
        'SELECT count(*) AS opened FROM opening_position',
      );
      const outcome = await importSet(scratch, set, { ...options, maxRejects: MAX_REJECTS });
      const isVerified = balances.length + schedules.length > 0;
      const verified = isVerified
        ? await verifyBook(scratch, { balances, schedules, signal })
        : null;
      // A number that the import would have is nothing to keep.
      const lines = outcome.lines.map((line) =>
        line.outcome === 'imported' ? { ...line, importId: null } : line,
      );
      return { outcome: { ...outcome, lines }, verified, openedBefore: rows[0]!.opened };
    });
  });
}
