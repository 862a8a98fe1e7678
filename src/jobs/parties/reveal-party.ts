import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { isPersonal } from '../../files/mask.js';
import { writeAudit } from '../approvals/audit.js';
import { BOOK_TIME_ZONE } from '../book/today.js';
import type { KeySource } from './key-source.js';
import type { PartyRecord } from './party-record.js';
import { openParty } from './party-view.js';

/** How often one person may see clear values on one day of the book's calendar. */
export const REVEALS_A_DAY = 50;
const REASON_CHARS_MAX = 500;

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
  const reason = said.trim();
  if (reason === '' || reason.length > REASON_CHARS_MAX) throw reasonMissing();
  if (isPersonal(reason)) throw reasonIsPersonal();
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

function reasonMissing(): LoanbookError {
  return new LoanbookError('reason_missing', 'Clear values are shown for a reason.', {
    exitCode: EXIT.usage,
    next: `Say why with --reason, in ${REASON_CHARS_MAX} characters at most; the audit keeps it.`,
  });
}

function reasonIsPersonal(): LoanbookError {
  return new LoanbookError('reason_is_personal', 'The reason holds personal data.', {
    exitCode: EXIT.usage,
    evidence: { option: '--reason', rule: 'no identity number, phone or card' },
    next: 'Name the case or the loan instead: the audit is read by others.',
  });
}

function tooMany(): LoanbookError {
  return new LoanbookError('too_many_reveals', 'You have seen enough clear values today.', {
    exitCode: EXIT.usage,
    evidence: { rule: 'a person a day', limit: REVEALS_A_DAY },
    next: 'Go on tomorrow, or let another person look.',
  });
}
