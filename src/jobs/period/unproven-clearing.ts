import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { listChannels } from '../reconcile/channel.js';
import { proveClearing } from '../reconcile/clearing/clearing.js';

/**
 * Clearing accounts that are not proven at the close of a day, in words; empty: all are, or no
 * channel is declared that money could be in transit at.
 */
export async function unprovenClearing(client: pg.Client, day: EpochDay): Promise<string[]> {
  const channels = await listChannels(client);
  if (!channels.some(({ kind }) => kind === 'channel')) return [];
  try {
    const { accounts } = await proveClearing(client, day);
    return accounts
      .filter(({ difference }) => /[1-9]/.test(difference))
      .map(
        ({ account, balance, expected, difference }) =>
          `${account} differs by ${difference} (balance ${balance}, expected ${expected})`,
      );
  } catch (error) {
    // What a statement had found is gone once another took its place: nobody can prove it any more.
    if (!(error instanceof LoanbookError) || error.code !== 'statement_replaced_since') throw error;
    const { statement, of, replacedOn } = error.evidence;
    return [`statement ${statement} of ${of} was replaced on ${replacedOn}`];
  }
}

/** Throws LoanbookError `clearing_not_proven` (3) unless somebody accepts it with a reason. */
export function requireAccepted(
  period: string,
  day: EpochDay,
  unproven: readonly string[],
  reason: string | undefined,
): void {
  if (unproven.length === 0 || reason !== undefined) return;
  throw new LoanbookError('clearing_not_proven', 'Clearing is not proven: the period stays open.', {
    exitCode: EXIT.difference,
    evidence: { period, clearing: unproven.join('; ') },
    next:
      `\`loanbook reconcile clearing --as-of ${formatDay(day)}\` names what is behind; to close ` +
      'all the same say why with --accept-unproven.',
  });
}
