import { exactRound } from '../../accounting/money/exact-round.js';
import { mulDivRound } from '../../accounting/money/money.js';
import { type Fen, RATE_SCALE } from '../../accounting/money/units.js';
import type { GuaranteeFee } from '../terms/guarantee.js';

const MONTHS = 12;

/** What the customer pays the guarantor: of an instalment, or with seq 0 at disbursement. */
export interface FeeRow {
  readonly seq: number;
  readonly fee: Fen;
}

export interface FeePaid {
  /** Over the whole loan. */
  readonly total: Fen;
  /** What was collected until the loan was settled. */
  readonly rows: readonly FeeRow[];
  readonly refund: Fen;
  readonly kept: Fen;
}

/**
 * The guarantor's fee of a loan that is settled after `past` of its instalments: cumulative, of the
 * balance before each instalment or of the principal, a twelfth of the rate each (FUNDING,
 * Guarantee). It is no income of the lender.
 */
export function feeOfGuarantor(
  { base, ratePpb, collected, refund }: GuaranteeFee,
  principal: Fen,
  schedule: readonly { readonly seq: number; readonly principal: Fen }[],
  past: number,
): FeePaid {
  let [balance, bases, before] = [principal, 0, 0];
  const rows = schedule.map(({ seq, principal: repaid }): FeeRow => {
    bases += base === 'balance' ? balance : principal;
    balance -= repaid;
    const all = exactRound([bases, ratePpb], [RATE_SCALE, MONTHS], 'half_up');
    const fee = all - before;
    before = all;
    return { seq, fee };
  });
  const total = before;
  const taken = collected === 'upfront' ? [{ seq: 0, fee: total }] : rows.slice(0, past);
  const paid = taken.reduce((sum, { fee }) => sum + fee, 0);
  const earned = refund === 'none' ? paid : mulDivRound(total, past, schedule.length, 'half_up');
  const kept = Math.min(paid, earned);
  return { total, rows: taken, refund: paid - kept, kept };
}
