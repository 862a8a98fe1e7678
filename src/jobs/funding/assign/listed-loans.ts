import type pg from 'pg';
import { type Fen, RATE_SCALE } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { CheckedAssignment } from '../documents/assignment-document.js';
import { type Offered, offeredLoans } from './offered-loans.js';
import type { PricedList } from './price-loans.js';

export interface ListedLoans {
  readonly offered: ReadonlyMap<string, Offered>;
  /** Of a call: the own principal that the pool was sold with; null: no call. */
  readonly poolPrincipal: Fen | null;
}

/** What ended in the pool needs nobody to take it back. */
const ENDED: ReadonlySet<string> = new Set(['status', 'balance']);

/**
 * The loans that a document names, or all that a pool has left, as they stand at the close. Throws
 * LoanbookError `unknown_pool` (2).
 */
export async function listedLoans(
  client: pg.Client,
  { document, day }: CheckedAssignment,
  subject: string,
): Promise<ListedLoans> {
  const { kind, pool } = document;
  if (kind !== 'clean_up' || pool === undefined) {
    const offered = await offeredLoans(client, { loanNos: document.loans, day, subject });
    return { offered, poolPrincipal: null };
  }
  const { rows } = await client.query<{ loanNo: string; principal: Fen; isThere: boolean }>(
    readSql(import.meta.url, 'pool'),
    [pool],
  );
  if (rows.length === 0) throw unknownPool(pool);
  const loanNos = rows.filter(({ isThere }) => isThere).map(({ loanNo }) => loanNo);
  const all = await offeredLoans(client, { loanNos, day, subject });
  const left = [...all].filter(([, loan]) => !('rule' in loan && ENDED.has(loan.rule)));
  const poolPrincipal = rows.reduce((sum, { principal }) => sum + principal, 0);
  return { offered: new Map(left), poolPrincipal };
}

/**
 * A call takes back a small rest, and all of it. Throws LoanbookError `clean_up_too_early`,
 * `pool_is_empty` (1).
 */
export function requireRest(
  { document, atMostPpb }: CheckedAssignment,
  { poolPrincipal }: ListedLoans,
  { loans }: PricedList,
  source: string,
): void {
  if (poolPrincipal === null) return;
  const evidence = { source, pool: document.pool ?? '' };
  if (loans.length === 0) {
    throw new LoanbookError('pool_is_empty', 'The pool has nothing left to call back.', {
      exitCode: EXIT.failed,
      evidence,
      next: 'Nothing is to be done: all of its loans have ended or are back.',
    });
  }
  const rest = loans.reduce((sum, { sold }) => sum - (sold?.[0] ?? 0), 0);
  if (BigInt(rest) * BigInt(RATE_SCALE) <= BigInt(poolPrincipal) * BigInt(atMostPpb)) return;
  throw new LoanbookError('clean_up_too_early', 'The pool is too large to be called back.', {
    exitCode: EXIT.failed,
    evidence: {
      ...{ ...evidence, path: 'at_most', rule: `${document.at_most} of the principal sold` },
      value: (rest / poolPrincipal).toFixed(4),
    },
    next: 'Wait until more of it is repaid, or buy loans back one by one (`kind: buy_back`).',
  });
}

function unknownPool(pool: string): LoanbookError {
  return new LoanbookError('unknown_pool', 'Nothing was sold under this code.', {
    exitCode: EXIT.usage,
    evidence: { path: 'pool', rule: 'must be the code of a sale', value: pool },
    next: '`loanbook funding assignment list` shows what was sold.',
  });
}
