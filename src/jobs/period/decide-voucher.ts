import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { Fen } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { decideSubject } from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { isSamePerson } from '../approvals/person-name.js';
import { addEntries } from '../ledger/entry.js';
import { closedPeriods, lockPeriods } from './period.js';

export interface VoucherDecision {
  readonly id: number;
  readonly voucherNo: string;
  readonly status: 'approved' | 'rejected';
  readonly maker: string;
  readonly decidedBy: string;
  /** The open day, whose close posts it; null where it is rejected. */
  readonly postedOn: string | null;
  /** `unchanged`: the same person had decided it so before. */
  readonly outcome: 'decided' | 'unchanged';
}

interface Voucher {
  readonly no: string;
  readonly date: string;
  readonly memo: string;
  readonly maker: string;
  readonly decided: VoucherDecision['status'] | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly postedOn: string | null;
}

/**
 * Approves a voucher of another person: it becomes an entry of the open day. Throws LoanbookError
 * `unknown_voucher`, `voucher_decided`, `maker_is_checker`, `closed_period` (exit 2) and what
 * `addEntries` throws.
 */
export async function approveVoucher(
  client: pg.Client,
  options: { readonly id: number; readonly by: string },
): Promise<VoucherDecision> {
  const { id, by } = options;
  return inTransaction(client, async () => {
    const voucher = await loadVoucher(client, id);
    if (voucher.decided !== null) return decidedBefore(id, voucher, 'approved', by, '');
    if (isSamePerson(voucher.maker, by))
      throw refused('maker_is_checker', { voucher: id, person: by });
    const period = voucher.date.slice(0, 7);
    if ((await closedPeriods(client)).has(period)) {
      throw refused('closed_period', { voucher: id, date: voucher.date, period });
    }
    const { rows } = await client.query<{ account: string; amount: Fen }>(
      `SELECT code AS account, amount FROM manual_voucher_line JOIN account USING (account_id)
       WHERE voucher_id = $1 ORDER BY line`,
      [id],
    );
    const { no: reference, memo, maker } = voucher;
    const entry = { source: 'manual', reference, memo, maker, checker: by, lines: rows } as const;
    await decide(client, id, 'approved', by, '');
    const date = await addEntries(client, [entry]);
    const frame = { id, voucherNo: reference, maker, decidedBy: by };
    return { ...frame, status: 'approved', postedOn: formatDay(date), outcome: 'decided' };
  });
}

/** Rejects a voucher of another person for a reason; its number may come again, put right. */
export async function rejectVoucher(
  client: pg.Client,
  options: { readonly id: number; readonly by: string; readonly reason: string },
): Promise<VoucherDecision> {
  const { id, by, reason } = options;
  if (reason.trim() === '') throw refused('reason_missing', { voucher: id });
  return inTransaction(client, async () => {
    const voucher = await loadVoucher(client, id);
    if (voucher.decided !== null) return decidedBefore(id, voucher, 'rejected', by, reason);
    const { no, maker } = voucher;
    if (isSamePerson(maker, by)) throw refused('maker_is_checker', { voucher: id, person: by });
    await decide(client, id, 'rejected', by, reason);
    const frame = { id, voucherNo: no, maker, decidedBy: by };
    return { ...frame, status: 'rejected', postedOn: null, outcome: 'decided' };
  });
}

async function loadVoucher(client: pg.Client, id: number): Promise<Voucher> {
  await lockPeriods(client);
  const { rows } = await client.query<Voucher>(
    `SELECT v.voucher_no AS no, v.dated_on AS date, v.memo, f.made_by AS maker,
       d.decision AS decided, d.made_by AS "decidedBy", d.reason,
       (SELECT max(business_date)::text FROM entry
        WHERE d.decision = 'approved' AND source = 'manual' AND reference = v.voucher_no)
         AS "postedOn"
     FROM manual_voucher v JOIN voucher_file f USING (voucher_file_id)
     LEFT JOIN voucher_decision d USING (voucher_id) WHERE v.voucher_id = $1`,
    [id],
  );
  const voucher = rows[0];
  if (voucher === undefined) throw refused('unknown_voucher', { voucher: id });
  return voucher;
}

/** The same decision once more, as after a command that was killed when it had been kept. */
function decidedBefore(
  id: number,
  { no, maker, decided, decidedBy, reason, postedOn }: Voucher,
  status: VoucherDecision['status'],
  by: string,
  why: string,
): VoucherDecision {
  if (decided !== status || !isSamePerson(decidedBy ?? '', by) || reason !== why) {
    throw refused('voucher_decided', { voucher: id, status: decided ?? '', by: decidedBy ?? '' });
  }
  return { id, voucherNo: no, status, maker, decidedBy: by, postedOn, outcome: 'unchanged' };
}

async function decide(
  client: pg.Client,
  id: number,
  decision: 'approved' | 'rejected',
  by: string,
  reason: string,
): Promise<void> {
  await client.query('SELECT decide_voucher($1, $2, $3, $4)', [id, decision, by, reason]);
  const verdict = decision === 'approved' ? 'granted' : 'refused';
  await decideSubject(client, { act: 'voucher', subject: String(id) }, verdict, { by, reason });
  const why = reason === '' ? by : `${reason} (${by})`;
  await writeAudit(client, { action: `voucher ${decision}`, subject: id, reason: why, by });
}

const LIST = '`loanbook gl voucher list --all` shows all vouchers.';
const SAYS = {
  unknown_voucher: ['There is no such voucher.', LIST],
  voucher_decided: ['The voucher is decided already.', LIST],
  maker_is_checker: [
    'Who brought a voucher in does not decide it.',
    'Let another person approve or reject it.',
  ],
  closed_period: [
    'The voucher is dated in a closed period.',
    'Reject it, or open the period again with `loanbook gl period reopen`.',
  ],
  reason_missing: ['A rejection needs a reason.', 'Say why with --reason.'],
} as const;

function refused(
  rule: keyof typeof SAYS,
  evidence: Record<string, string | number>,
): LoanbookError {
  const [message, next] = SAYS[rule];
  return new LoanbookError(rule, message, { exitCode: EXIT.usage, evidence, next });
}
