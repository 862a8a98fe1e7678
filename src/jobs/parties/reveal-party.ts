import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeAudit } from '../approvals/audit.js';
import { BOOK_TIME_ZONE } from '../book/today.js';
import type { KeySource } from './key-source.js';
import type { PartyRecord } from './party-record.js';
import { openParty } from './party-view.js';
import { requireReason } from './reason.js';

/** How often one person may see clear values on one day of the book's calendar. */
export const REVEALS_A_DAY = 50;

export interface RevealedParty {
  readonly party: string;
  readonly record: PartyRecord;
  /** Of today, this one included. */
  readonly reveals: number;
}

/**
 * The clear values of one party, for a reason that the audit keeps: nothing is shown before it is
 * written there. Call it as who acts. Throws LoanbookError `reason_missing`, `reason_is_personal`,
 * `too_many_reveals` (2), `unknown_party` and what `requireKeys` throws.
 */
export async function revealParty(
  client: pg.Client,
  { party, reason: said, source }: { party: string; reason: string; source: KeySource },
): Promise<RevealedParty> {
  const reason = requireReason(said);
  return inTransaction(client, async () => {
    const record = await openParty(client, party, source);
    // It locks the head of the audit: of two at once the second counts the first.
    await writeAudit(client, { action: 'party reveal', subject: party, reason });
    const { rows } = await client.query<{ reveals: number }>(
      readSql(import.meta.url, 'reveals-today'),
      [BOOK_TIME_ZONE],
    );
    const { reveals } = rows[0]!;
    if (reveals > REVEALS_A_DAY) throw tooMany();
    return { party, record, reveals };
  });
}

function tooMany(): LoanbookError {
  return new LoanbookError('too_many_reveals', 'You have seen enough clear values today.', {
    exitCode: EXIT.usage,
    evidence: { rule: 'a person a day', limit: REVEALS_A_DAY },
    next: 'Go on tomorrow, or let another person look.',
  });
}
