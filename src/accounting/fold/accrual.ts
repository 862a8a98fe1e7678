import { exactRound } from '../money/exact-round.js';
import { mulDivRem, mulDivRound, type RoundingMode, remainder } from '../money/money.js';
import { type EpochDay, type Fen, FLAT_SCALE } from '../money/units.js';
import type { DayFlow } from '../posting/flow.js';
import { interestMetAhead } from './ahead.js';
import type { FoldTerms } from './fold-terms.js';
import { blankSpecial, type ExactCharge, type Position, STATUS } from './position.js';
import { lineOf, rateOn } from './running-period.js';

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
    if (position.special !== null) sum = specialAccrual(position, fold, date);
    else if (interest.accrual === 'daily_capped') {
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
  // What was met ahead stands in the position's figure, but is none of the period's accrual.
  if (position.special !== null) sum -= interestMetAhead(position);
  const night = sum - position.interestAccrued;
  position.interestAccrued = sum;
  position.interestAccruedTotal += night;
  flow.interestAccrued += night;
}

/** The period's accrual up to the night of `date`, where the loan's past is not an ordinary one. */
function specialAccrual(position: Position, fold: FoldTerms, date: EpochDay): Fen {
  const { settledUnits, flatBase } = position.special ?? blankSpecial();
  const { accrual, rounding } = fold.terms.interest;
  const scheduled = position.nextInterest;
  if (accrual === 'straight_line') {
    const { from, base } = lineOf(position);
    const nights = position.nextDueOn - from;
    const sum = base * nights + (scheduled - base) * (date + 1 - from);
    return mulDivRound(sum, 1, nights, rounding);
  }
  const units = Math.max(position.periodUnits - settledUnits, 0);
  const sum =
    flatBase > 0
      ? exactRound([flatBase, units], [fold.denominator, FLAT_SCALE], rounding)
      : mulDivRound(position.principalNotDue, units, fold.denominator, rounding);
  return Math.min(sum, scheduled);
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
  if (position.status === STATUS.writtenOff) return;
  const { penalty } = fold.terms;
  const ratePpb = position.ratePpb * fold.penaltyMultiple + fold.penaltyFixedPpb;
  // Nights that a grace missed today makes up for may have borne another rate.
  if (ratePpb === 0 && position.special === null) {
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
        const { dueOn, countsFrom } = installment;
        units = unitsSince(position, fold, Math.max(dueOn, countsFrom), date);
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
function unitsSince(position: Position, fold: FoldTerms, from: EpochDay, to: EpochDay): number {
  let units = 0;
  for (let day = from; day <= to; day += 1) {
    const ratePpb = rateOn(position, day) * fold.penaltyMultiple + fold.penaltyFixedPpb;
    units += ratePpb * fold.nightScaleOf(day);
  }
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
