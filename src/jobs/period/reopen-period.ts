import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Approvable, type Grant, needsApproval, withApproval } from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { isSamePerson } from '../approvals/person-name.js';
import { lockPeriods, periodNamed, periodStates } from './period.js';

export interface ReopenedPeriod {
  readonly period: string;
  /** `unchanged`: it had been opened so before. */
  readonly outcome: 'reopened' | 'unchanged';
  readonly by: string;
  readonly reason: string;
}

/**
 * Opens the last closed period again, with a reason that the audit keeps. Its days stay sealed:
 * only vouchers dated in it are taken again. Throws LoanbookError `unknown_period`,
 * `period_is_open`, `later_period_is_closed`, `reason_missing` (exit 2).
 */
export async function reopenPeriod(
  client: pg.Client,
  options: {
    readonly name: string;
    readonly by: string;
    readonly reason: string;
    readonly grant?: Grant;
  },
): Promise<Approvable<ReopenedPeriod>> {
  const { by, reason, grant } = options;
  if (reason.trim() === '') throw refused('reason_missing', { period: options.name });
  return inTransaction(client, async () => {
    await lockPeriods(client);
    const states = await periodStates(client);
    const { name, status, ...last } = periodNamed(states, options.name);
    const isSame = isSamePerson(last.by ?? '', by) && last.reason === reason;
    if (grant === undefined && status === 'open' && isSame) {
      return { period: name, outcome: 'unchanged', by, reason };
    }
    if (grant === undefined && status === 'open') throw refused('period_is_open', { period: name });
    const later = states.find((state) => state.name > name && state.status === 'closed');
    if (later !== undefined) {
      throw refused('later_period_is_closed', { period: name, later: later.name });
    }
    const waits = await needsApproval(client, 'period_reopen');
    const against = `${status} ${last.by ?? ''} ${last.at ?? ''}`.trim();
    const asked = {
      act: 'period_reopen',
      subject: name,
      payload: { reason },
      against,
      by,
    } as const;
    return withApproval<ReopenedPeriod>(client, asked, { waits, grant }, async () => {
      await client.query('SELECT reopen_period($1, $2, $3)', [name, by, reason]);
      await writeAudit(client, {
        action: 'period reopen',
        subject: name,
        reason: `${reason} (${by})`,
        before: { status: 'closed' },
        after: { status: 'open' },
        by,
      });
      return { period: name, outcome: 'reopened', by, reason };
    });
  });
}

const SAYS = {
  reason_missing: ['Opening a period again needs a reason.', 'Say why with --reason.'],
  period_is_open: ['The period is not closed.', '`loanbook gl period list` shows all of them.'],
  later_period_is_closed: [
    'A later period is closed: periods are opened again from the last one back.',
    'Open the later one first.',
  ],
} as const;

function refused(rule: keyof typeof SAYS, evidence: Record<string, string>): LoanbookError {
  const [message, next] = SAYS[rule];
  return new LoanbookError(rule, message, { exitCode: EXIT.usage, evidence, next });
}
