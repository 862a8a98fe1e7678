import { mulDivRound } from '../money/money.js';
import { type Fen, RATE_SCALE } from '../money/units.js';
import type { EventScene } from './event-scene.js';

/**
 * The fee of a prepayment of `prepaid` when `remaining` principal was not yet due: a share of
 * either, free once `free_after_period` instalments have become due, then held between min and max.
 */
export function prepaymentFee({ position, fold }: EventScene, prepaid: Fen, remaining: Fen): Fen {
  const { fee } = fold.terms.prepayment;
  if (fee === null || prepaid === 0) return 0;
  if (fee.freeAfterPeriod !== null && position.nextSeq - 1 >= fee.freeAfterPeriod) return 0;
  const base = fee.of === 'remaining_principal' ? remaining : prepaid;
  let amount = mulDivRound(base, fee.ratePpb, RATE_SCALE, fold.terms.interest.rounding);
  if (fee.minFen !== null && amount < fee.minFen) amount = fee.minFen;
  if (fee.maxFen !== null && amount > fee.maxFen) amount = fee.maxFen;
  return amount;
}
