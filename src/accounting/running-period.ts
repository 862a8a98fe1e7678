import type { FoldTerms } from './fold-terms.js';
import { type Fraction, fraction } from './fraction.js';
import type { LoanFile } from './loan-file.js';
import { nightWeights, unitDenominator } from './period-interest.js';
import type { Position, RateStep } from './position.js';
import { periodFactorOf } from './schedule.js';
import { type EpochDay, type Fen, NO_DAY, type RatePpb } from './units.js';

/** The loan's rate on the night of `day`. */
export function rateOn(position: Position, day: EpochDay): RatePpb {
  const { rates } = position.special ?? { rates: [] };
  let rate = position.ratePpb;
  for (const step of rates) {
    if (step.on > day) break;
    rate = step.ratePpb;
  }
  return rate;
}

/** An exact sum as a pair: numerators and denominators beyond the safe integers stay exact. */
export interface ExactShare {
  readonly num: bigint;
  readonly den: bigint;
}

/**
 * The factor of the running period, f: where its rate changed, each rate's factor by its share of
 * the days; under `actual_days` the sum of the nights, each at its rate (CONVENTIONS, Events:
 * rate_change).
 */
export function runningFactor(position: Position, fold: FoldTerms, file: LoanFile): ExactShare {
  const start = position.periodStartOn;
  const end = position.nextDueOn;
  const steps = stepsWithin(position, start, end);
  const { terms } = fold;
  const { basis, periodInterest } = terms.interest;
  let sum: ExactShare = { num: 0n, den: 1n };
  for (const [k, step] of steps.entries()) {
    const until = steps[k + 1]?.on ?? end;
    let share: ExactShare;
    if (periodInterest === 'actual_days') {
      const weights = nightWeights(basis, step.on, until);
      share = { num: BigInt(step.ratePpb) * BigInt(weights), den: BigInt(unitDenominator(basis)) };
    } else {
      const factor = exact(
        periodFactorOf(terms, file.contract, position.nextSeq, start, end, step.ratePpb),
      );
      share =
        steps.length === 1
          ? factor
          : { num: factor.num * BigInt(until - step.on), den: factor.den * BigInt(end - start) };
    }
    sum = { num: sum.num * share.den + share.num * sum.den, den: sum.den * share.den };
  }
  return sum;
}

function stepsWithin(position: Position, start: EpochDay, end: EpochDay): RateStep[] {
  const steps: RateStep[] = [{ on: start, ratePpb: rateOn(position, start) }];
  for (const step of position.special?.rates ?? []) {
    if (step.on > start && step.on < end) steps.push(step);
  }
  return steps;
}

/** f - q: what the running instalment still asks per unit of the balance left. */
export function askedFactor(position: Position, fold: FoldTerms, file: LoanFile): ExactShare {
  const factor = runningFactor(position, fold, file);
  const settled = position.special?.settledUnits ?? 0;
  if (settled === 0) return factor;
  const den = BigInt(fold.denominator);
  const num = factor.num * den - BigInt(settled) * factor.den;
  return { num: num < 0n ? 0n : num, den: factor.den * den };
}

/** u: the night units of the running period so far, capped at its factor. */
export function cappedUnits(position: Position, fold: FoldTerms, file: LoanFile): number {
  const factor = runningFactor(position, fold, file);
  const cap = (factor.num * BigInt(fold.denominator)) / factor.den;
  const units = BigInt(position.periodUnits);
  return Number(units > cap ? cap : units);
}

function exact({ num, den }: Fraction): ExactShare {
  return { num: BigInt(num), den: BigInt(den) };
}

/** The share in lowest terms of safe integers. Throws Refusal `period_rate_out_of_range`. */
export function toFraction({ num, den }: ExactShare): Fraction {
  let divisor = num;
  let rest = den;
  while (rest > 0n) {
    const next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  return fraction(Number(num / divisor), 1, Number(den / divisor));
}

/** Where the spread of `straight_line` begins and what had accrued there. */
export function lineOf(position: Position): { from: EpochDay; base: Fen } {
  const { special } = position;
  if (special === null || special.lineFrom === NO_DAY) {
    return { from: position.periodStartOn, base: 0 };
  }
  return { from: special.lineFrom, base: special.lineBase };
}
