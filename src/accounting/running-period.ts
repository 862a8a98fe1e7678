import type { FoldTerms } from './fold-terms.js';
import { type Factor, factorOf, subtractFactors } from './fraction.js';
import type { LoanFile } from './loan-file.js';
import { mixedFactor, type RateFrom } from './period-factor.js';
import type { Position } from './position.js';
import { type EpochDay, type Fen, NO_DAY, type RatePpb } from './units.js';

/** The loan's rate on the night of `day`. */
export function rateOn(position: Position, day: EpochDay): RatePpb {
  let rate = position.ratePpb;
  for (const step of position.special?.rates ?? []) {
    if (step.on > day) break;
    rate = step.ratePpb;
  }
  return rate;
}

/**
 * The factor of the running period, f: where its rate changed, each rate's factor by its share of
 * the days (CONVENTIONS, Events: rate_change).
 */
export function runningFactor(position: Position, fold: FoldTerms, file: LoanFile): Factor {
  const startOn = position.periodStartOn;
  const endOn = position.nextDueOn;
  const rates: RateFrom[] = [{ fromOn: startOn, ratePpb: rateOn(position, startOn) }];
  for (const { on, ratePpb } of position.special?.rates ?? []) {
    if (on > startOn && on < endOn) rates.push({ fromOn: on, ratePpb });
  }
  const period = { seq: position.nextSeq, startOn, endOn };
  return mixedFactor(fold.terms, file.contract, period, rates);
}

/** f - q: what the running instalment still asks per unit of the balance left. */
export function askedFactor(position: Position, fold: FoldTerms, file: LoanFile): Factor {
  const factor = runningFactor(position, fold, file);
  const settled = position.special?.settledUnits ?? 0;
  if (settled === 0) return factor;
  return subtractFactors(factor, factorOf(BigInt(settled), BigInt(fold.denominator)));
}

/** u: the night units of the running period so far, capped at its factor. */
export function cappedUnits(position: Position, fold: FoldTerms, file: LoanFile): number {
  const { num, den } = runningFactor(position, fold, file);
  const cap = (BigInt(num) * BigInt(fold.denominator)) / BigInt(den);
  const units = BigInt(position.periodUnits);
  return Number(units > cap ? cap : units);
}

/** Where the spread of `straight_line` begins and what had accrued there. */
export function lineOf(position: Position): { from: EpochDay; base: Fen } {
  const { special } = position;
  if (special === null || special.lineFrom === NO_DAY) {
    return { from: position.periodStartOn, base: 0 };
  }
  return { from: special.lineFrom, base: special.lineBase };
}
