import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { ApprovedAct, Grant, ShownApproval } from '../../jobs/approvals/approval.js';
import { applyLedger, applyPolicy } from '../../jobs/book/apply-dated.js';
import { applyProduct } from '../../jobs/book/apply-product.js';
import type { LedgerPart } from '../../jobs/book/documents/ledger-part.js';
import { releaseQuarantined } from '../../jobs/files/release-quarantine.js';
import { assignLoans } from '../../jobs/funding/assign/assign-loans.js';
import { assignmentFromValue } from '../../jobs/funding/documents/assignment-document.js';
import { eraseParty } from '../../jobs/parties/erase-party.js';
import type { KeySource } from '../../jobs/parties/key-source.js';
import { releaseOrder } from '../../jobs/payments/release-order.js';
import { approveVoucher, rejectVoucher } from '../../jobs/period/decide-voucher.js';
import { reopenPeriod } from '../../jobs/period/reopen-period.js';
import { skipJob } from '../../jobs/plan/run/act-on-night.js';
import { reconcileBank } from '../../jobs/reconcile/reconcile-bank.js';
import { reconcileChannel } from '../../jobs/reconcile/reconcile-channel.js';
import { type AskedReplacement, grantedOptions } from '../../jobs/reconcile/replace-statement.js';
import { resolveBreak } from '../../jobs/reconcile/resolve-break.js';

type GrantedAct = (
  client: pg.Client,
  asked: ShownApproval,
  grant: Grant,
  keys: KeySource,
) => Promise<{ readonly outcome: string }>;

const text = ({ payload }: ShownApproval, key: string) => String(payload[key] ?? '');

/** How each act is done once it is granted: by the job that asked for it. */
export const GRANTED_ACTS: Readonly<Record<ApprovedAct, GrantedAct>> = {
  voucher: (client, { subject }, { by }) => approveVoucher(client, { id: Number(subject), by }),
  statement_replace: (client, { payload, maker }, grant) => {
    const asked = payload as unknown as AskedReplacement;
    const reconcile = asked.kind === 'bank' ? reconcileBank : reconcileChannel;
    return reconcile(client, grantedOptions(asked, maker, grant));
  },
  break_resolve: (client, asked, grant) =>
    resolveBreak(client, Number(asked.subject), {
      as: text(asked, 'as'),
      reason: text(asked, 'reason'),
      by: asked.maker,
      grant,
    }),
  ledger: (client, asked, grant) =>
    applyLedger(client, text(asked, 'text'), text(asked, 'source'), {
      part: (asked.payload.part as LedgerPart | null) ?? undefined,
      by: asked.maker,
      grant,
    }),
  product: (client, asked, grant) =>
    applyProduct(client, text(asked, 'text'), text(asked, 'source'), { by: asked.maker, grant }),
  policy: (client, asked, grant) =>
    applyPolicy(client, text(asked, 'text'), text(asked, 'source'), { by: asked.maker, grant }),
  period_reopen: (client, asked, grant) =>
    reopenPeriod(client, {
      name: asked.subject,
      reason: text(asked, 'reason'),
      by: asked.maker,
      grant,
    }),
  night_skip: (client, asked, grant) =>
    skipJob(
      client,
      {
        plan: text(asked, 'plan'),
        date: parseDay(text(asked, 'date')),
        job: text(asked, 'job'),
      },
      { reason: text(asked, 'reason'), by: asked.maker, grant },
    ),
  file_release: (client, asked, grant) =>
    releaseQuarantined(client, asked.subject, {
      reason: text(asked, 'reason'),
      by: asked.maker,
      grant,
    }),
  payment_release: (client, asked, grant) =>
    releaseOrder(client, asked.subject, {
      reason: text(asked, 'reason'),
      by: asked.maker,
      grant,
    }),
  funding_assign: (client, { subject, payload, maker }, grant) => {
    const source = `assignment ${subject}`;
    const checked = assignmentFromValue(payload.document, source);
    return assignLoans(client, checked, { source, by: maker, grant });
  },
  party_erase: (client, asked, grant, keys) =>
    eraseParty(client, {
      party: asked.subject,
      reason: text(asked, 'reason'),
      by: asked.maker,
      keys,
      grant,
    }),
};

/** A refused voucher is marked as such: its number may come again. */
export async function refuseVoucher(
  client: pg.Client,
  { subject }: ShownApproval,
  decision: { readonly by: string; readonly reason: string },
): Promise<void> {
  await rejectVoucher(client, { id: Number(subject), ...decision });
}
