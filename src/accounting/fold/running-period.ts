import {
  addFactors,
  type Factor,
  factorOf,
  shareOfFactor,
  subtractFactors,
} from '../money/fraction.js';
import { type EpochDay, type Fen, NO_DAY, type RatePpb } from '../money/units.js';
import { mixedFactor, type RateFrom } from '../schedule/period-factor.js';
import type { FoldTerms } from './fold-terms.js';
import type { LoanFile } from './loan-terms-at-hand.js';
import type { Position, RateStep } from './position.js';

const ZERO: Factor = { num: 0, den: 1 };

/** The loan's rate on the night of `day`. */
export function rateOn(position: Position, day: EpochDay): RatePpb {
  return rateAmong(position.special?.rates ?? [], position.ratePpb, day);
}

function rateAmong(rates: readonly RateStep[], only: RatePpb, day: EpochDay): RatePpb {
  let rate = rates[0]?.ratePpb ?? only;
  for (const step of rates) {
    if (step.on > day) break;
    rate = step.ratePpb;
  }
  return rate;
}

/** The running period as the fold knows it on a day. */
interface Running {
  readonly position: Position;
  readonly fold: FoldTerms;
  readonly file: LoanFile;
}

/**
 * The factor of the running period, f: where its rate changed, each rate's factor by its share of
 * the days (CONVENTIONS, Events: rate_change).
 */
export function runningFactor(position: Position, fold: FoldTerms, file: LoanFile): Factor {
  return factorUnder({ position, fold, file }, position.special?.rates ?? []);
}

function factorUnder({ position, fold, file }: Running, rates: readonly RateStep[]): Factor {
  const startOn = position.periodStartOn;
  const endOn = position.nextDueOn;
  const first = rateAmong(rates, position.ratePpb, startOn);
  const steps: RateFrom[] = [{ fromOn: startOn, ratePpb: first }];
  for (const { on, ratePpb } of rates) {
    if (on > startOn && on < endOn) steps.push({ fromOn: on, ratePpb });
  }
  const period = { seq: position.nextSeq, startOn, endOn };
  return mixedFactor(fold.terms, file.contract, period, steps);
}

/**
 * The share of the running period's factor that is spread over its nights up to `day`: evenly, and
 * from each change of rate on the rest of the new factor (CONVENTIONS, Accrual: straight_line).
 */
export function spreadShare(running: Running, day: EpochDay, known?: readonly RateStep[]): Factor {
  const { position } = running;
  // A rate that begins on the day itself has not borne a night yet.
  const rates = (known ?? position.special?.rates ?? []).filter((step) => step.on < day);
  const endOn = position.nextDueOn;
  let from = position.periodStartOn;
  let share = ZERO;
  const advance = (to: EpochDay, under: readonly RateStep[]): void => {
    if (to <= from) return;
    // The rest of the new factor is less than nothing where the rate fell: share + rest x passed.
    const kept = shareOfFactor(share, endOn - to, endOn - from);
    share = addFactors(kept, shareOfFactor(factorUnder(running, under), to - from, endOn - from));
    from = to;
  };
  for (const [k, step] of rates.entries()) {
    if (step.on > from) advance(step.on, rates.slice(0, k));
  }
  advance(day, rates);
  return share;
}

/** q: what whole-balance prepayments of the running period have paid per unit of the balance. */
export function settledShare(position: Position, fold: FoldTerms, file: LoanFile): Factor {
  const { special } = position;
  if (special === null || special.settledUnits === 0) return ZERO;
  if (special.settledOn === NO_DAY) {
    return factorOf(BigInt(special.settledUnits), BigInt(fold.denominator));
  }
  // The first rate is the loan's from its start, also where it was noted later.
  const known = special.rates.slice(0, Math.max(special.settledRates, 1));
  return spreadShare({ position, fold, file }, special.settledOn, known);
}

/** f - q: what the running instalment still asks per unit of the balance left. */
export function askedFactor(position: Position, fold: FoldTerms, file: LoanFile): Factor {
  const factor = runningFactor(position, fold, file);
  return subtractFactors(factor, settledShare(position, fold, file));
}

/** u: the night rates of the running period so far, capped at its factor. */
export function nightShare(position: Position, fold: FoldTerms, file: LoanFile): Factor {
  const nights = factorOf(BigInt(position.periodUnits), BigInt(fold.denominator));
  const factor = runningFactor(position, fold, file);
  return isBelow(factor, nights) ? factor : nights;
}

export function isBelow(left: Factor, right: Factor): boolean {
  return BigInt(left.num) * BigInt(right.den) < BigInt(right.num) * BigInt(left.den);
}

/** Where the spread of `straight_line` begins and what had accrued there. */
export function lineOf(position: Position): { from: EpochDay; base: Fen } {
  const { special } = position;
  if (special === null || special.lineFrom === NO_DAY) {
    return { from: position.periodStartOn, base: 0 };
  }
  return { from: special.lineFrom, base: special.lineBase };
}
