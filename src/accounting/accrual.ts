import type { DayFlow } from './flow.js';
import type { FoldTerms } from './fold-terms.js';
import { mulDivRem, mulDivRound, remainder } from './money.js';
import type { ExactCharge, Position } from './position.js';
import type { RoundingMode } from './product.js';
import type { EpochDay, Fen } from './units.js';

/**
 * Interest of the night from `date` to the next day, on the principal not yet due: the exact sum
 * from the period's start, rounded, less what is accrued. `daily_capped` stops at the scheduled
 * interest and is trued up to it on the period's last night; `straight_line` spreads the scheduled
 * interest evenly over the nights (CONVENTIONS, Accrual; practice B1, B2).
 */
export function accrueInterest(
  position: Position,
  fold: FoldTerms,
  date: EpochDay,
  flow: DayFlow,
): void {
  if (position.nextSeq === 0) return;
  position.periodUnits += position.ratePpb * fold.nightScale;
  const scheduled = position.nextInterest;
  const interest = fold.terms.interest;
  let sum = scheduled;
  if (date + 1 < position.nextDueOn) {
    if (interest.accrual === 'daily_capped') {
      sum = mulDivRound(
        position.principalNotDue,
        position.periodUnits,
        fold.denominator,
        interest.rounding,
      );
      if (sum > scheduled) sum = scheduled;
    } else {
      const start = position.periodStartOn;
      const nights = position.nextDueOn - start;
      sum = mulDivRound(scheduled, date + 1 - start, nights, interest.rounding);
    }
  }
  const night = sum - position.interestAccrued;
  position.interestAccrued = sum;
  position.interestAccruedTotal += night;
  flow.interestAccrued += night;
}

/**
 * Penalty and compound interest of the night, for every billed instalment whose last penalty-free
 * day has come: the exact sum since the due date (or since the end of grace) is rounded once an
 * instalment and never restarted (CONVENTIONS, Overdue; practice C1).
 */
export function accruePenalty(
  position: Position,
  fold: FoldTerms,
  date: EpochDay,
  flow: DayFlow,
): void {
  const { penalty } = fold.terms;
  const ratePpb = position.ratePpb * fold.penaltyMultiple + fold.penaltyFixedPpb;
  if (ratePpb === 0) {
    for (const installment of position.open) {
      if (date >= installment.lastFreeOn) installment.missed = true;
    }
    return;
  }
  for (const installment of position.open) {
    if (date < installment.lastFreeOn) continue;
    let units = ratePpb * fold.nightScale;
    if (!installment.missed) {
      installment.missed = true;
      if (penalty.graceMissed === 'retroactive') {
        units = unitsSince(ratePpb, fold, installment.dueOn, date);
      }
    }
    const base =
      penalty.base === 'principal'
        ? installment.principalOpen
        : installment.principalOpen + installment.interestOpen;
    const charged = chargeNight(installment.penalty, base, units, fold);
    position.penaltyDue += charged;
    flow.penaltyAccrued += charged;
    if (charged !== 0) flow.touched = true;
    if (!penalty.compoundInterest) continue;
    const compounded = chargeNight(installment.compound, installment.interestOpen, units, fold);
    position.compoundDue += compounded;
    flow.compoundAccrued += compounded;
    if (compounded !== 0) flow.touched = true;
  }
}

/** Night units of all nights from `from` up to and including the night of `to`. */
function unitsSince(ratePpb: number, fold: FoldTerms, from: EpochDay, to: EpochDay): number {
  let units = 0;
  for (let day = from; day <= to; day += 1) units += ratePpb * fold.nightScaleOf(day);
  return units;
}

/** Adds base * units to the exact sum; returns by how much the rounded sum grew. */
function chargeNight(charge: ExactCharge, base: Fen, units: number, fold: FoldTerms): Fen {
  if (base === 0) return 0;
  const denominator = fold.penaltyDenominator;
  charge.whole += mulDivRem(base, units, denominator);
  charge.rest += remainder();
  if (charge.rest >= denominator) {
    charge.rest -= denominator;
    charge.whole += 1;
  }
  const sum = roundedSum(charge.whole, charge.rest, denominator, fold.terms.interest.rounding);
  const grown = sum - charge.due;
  charge.due = sum;
  charge.open += grown;
  return grown;
}

/** Rounds whole + rest / denominator, 0 <= rest < denominator, whole >= 0. */
function roundedSum(whole: Fen, rest: number, denominator: number, mode: RoundingMode): Fen {
  if (rest === 0 || mode === 'down') return whole;
  if (mode === 'up') return whole + 1;
  const above = denominator - rest;
  if (rest === above) return mode === 'half_up' || whole % 2 !== 0 ? whole + 1 : whole;
  return rest > above ? whole + 1 : whole;
}
