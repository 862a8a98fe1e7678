import { withClient } from '../../db/connect.js';
import { migrate, pendingMigrations } from '../../db/migrate.js';
import type { DatabaseTarget } from '../../db/target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { checkChain } from '../day/proof/check-chain.js';
import { bookFacts, chainHashOf } from './book-facts.js';
import type { BackedUpBook } from './documents/manifest.js';

/** What a backup says of its book. */
export type Expected = Pick<BackedUpBook, 'sealedDay' | 'chainHash' | 'system'>;

export interface ProofOptions {
  readonly signal: AbortSignal;
  /** Of the sessions that prove the chain. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onDay?: (done: number, days: number) => void;
}

export interface Proof {
  readonly day: string | null;
  readonly chainHash: string | null;
  /** Sealed days whose rows and place in the chain were proven. */
  readonly days: number;
}

const ROWS_SHOWN = 20;

/** Throws LoanbookError `backup_chain_differs` (3) unless a copy has the chain of its backup. */
export async function requireSameChain(target: DatabaseTarget, expected: Expected): Promise<Proof> {
  return withClient(target, {}, async (client) => {
    const { system, sealedDay: day, chainHash } = await bookFacts(client);
    const { sealedDay } = expected;
    const actual = sealedDay === null ? null : ((await chainHashOf(client, sealedDay)) ?? 'none');
    const isSame = actual === expected.chainHash && system === expected.system;
    if (isSame) return { day, chainHash, days: 0 };
    throw new LoanbookError('backup_chain_differs', 'The copy is not the book of the backup.', {
      exitCode: EXIT.difference,
      evidence: {
        day: sealedDay,
        rule: 'the chain hash of the last sealed day',
        expected: expected.chainHash,
        actual,
        ...(system === expected.system ? {} : { system, ofTheBackup: expected.system }),
      },
      next: 'Do not use this backup; verify the one before it.',
    });
  });
}

/**
 * Proves a copy that is thrown away: the hash of the last sealed day is that of the backup, and the
 * whole chain holds over the rows of every day, read by the present program. Throws LoanbookError
 * `backup_chain_differs`, `backup_chain_broken` (3), `database_newer`.
 */
export async function proveCopy(
  target: DatabaseTarget,
  expected: Expected,
  { signal, settings, onDay }: ProofOptions,
): Promise<Proof> {
  const proof = await requireSameChain(target, expected);
  // Taken before an upgrade: it has to come through that, too.
  if ((await pendingMigrations(target)).pending.length > 0) await migrate(target);
  if (proof.day === null) return proof;
  const session = { applicationName: 'loanbook backup verify', settings };
  const chain = await withClient(target, session, (client) =>
    checkChain(client, { signal, ...(onDay === undefined ? {} : { onDay }) }),
  );
  if (chain.ok) return { ...proof, days: chain.days };
  const rows = chain.broken.flatMap(({ businessDate, differences }) =>
    differences.map((difference) => ({ businessDate, ...difference })),
  );
  throw new LoanbookError('backup_chain_broken', 'The chain of the copy is broken.', {
    exitCode: EXIT.difference,
    evidence: { firstBroken: chain.firstBroken, days: chain.broken.length },
    rows: rows.slice(0, ROWS_SHOWN),
    next: 'Look at the book itself with `loanbook check chain`; verify the backup before this one.',
  });
}
