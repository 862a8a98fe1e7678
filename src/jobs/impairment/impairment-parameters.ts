import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeAudit } from '../approvals/audit.js';
import type { AppliedVersion } from '../book/apply-dated.js';
import { type StoredDocument, storedDocument, valueOfStored } from '../book/stored-document.js';
import { JOB_LOCKS } from '../runs/lock-order.js';
import {
  type ImpairmentDocument,
  impairmentFromValue,
  parseImpairmentDocument,
} from './documents/impairment-document.js';

/** Runs of impairment and changes of its parameters follow one another. */
async function lockImpairment(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [JOB_LOCKS.impairment]);
}

/**
 * Applies impairment parameters, in force from their `effective_from`, which no run has reached
 * yet. Throws LoanbookError `invalid_document`, `impairment_version_exists`, `impairment_was_run`.
 */
export async function applyImpairment(
  client: pg.Client,
  text: string,
  source: string,
): Promise<AppliedVersion> {
  const document = parseImpairmentDocument(text, source);
  const stored = storedDocument(document);
  const effectiveFrom = document.effective_from;
  return inTransaction(client, async () => {
    await lockImpairment(client);
    const { rows } = await client.query<{ sha256: string | null; ran: string | null }>(
      `SELECT (SELECT sha256 FROM impairment_version WHERE effective_from = $1) AS sha256,
         (SELECT max(as_of) FROM impairment_run WHERE as_of >= $1)::text AS ran`,
      [effectiveFrom],
    );
    const { sha256 = null, ran = null } = rows[0] ?? {};
    if (sha256 === stored.sha256) return { effectiveFrom, outcome: 'unchanged' };
    if (sha256 !== null || ran !== null) {
      const rule = sha256 !== null ? 'impairment_version_exists' : 'impairment_was_run';
      throw new LoanbookError(rule, 'Parameters that are in force never change.', {
        exitCode: EXIT.usage,
        evidence: { source, effectiveFrom, lastRun: ran },
        next: 'Give the document a later effective_from.',
      });
    }
    await client.query(
      'INSERT INTO impairment_version (effective_from, document, sha256) VALUES ($1, $2, $3)',
      [effectiveFrom, stored.document, stored.sha256],
    );
    await writeAudit(client, {
      action: 'impairment apply',
      subject: effectiveFrom,
      after: { sha256: stored.sha256 },
    });
    return { effectiveFrom, outcome: 'applied' };
  });
}

/** The parameters in force on a day. Throws LoanbookError `impairment_missing`. */
export async function impairmentInForce(
  client: pg.Client,
  date: EpochDay,
): Promise<ImpairmentDocument> {
  const { rows } = await client.query<StoredDocument>(
    `SELECT document, sha256 FROM impairment_version WHERE effective_from <= $1
     ORDER BY effective_from DESC LIMIT 1`,
    [formatDay(date)],
  );
  if (rows[0] !== undefined) {
    const name = 'impairment parameters';
    return impairmentFromValue(valueOfStored('impairment_version', name, rows[0]), { name });
  }
  throw new LoanbookError('impairment_missing', 'No impairment parameters are in force.', {
    evidence: { asOf: formatDay(date) },
    next: 'Apply some with `loanbook impairment apply FILE`.',
  });
}
