import { accruedInterest } from '../fold/ahead.js';
import { nightShare, settledShare } from '../fold/running-period.js';
import { exactRound } from '../money/exact-round.js';
import { type Factor, interestOn, shareOfFactor, subtractFactors } from '../money/fraction.js';
import { type Fen, FLAT_SCALE } from '../money/units.js';
import { type EventScene, fileOf } from './event-scene.js';

/**
 * round(principal x factor); of a flat loan the principal counts as its share of the flat base
 * (CONVENTIONS, Events: prepayment).
 */
export function interestOf(scene: EventScene, principal: Fen, factor: Factor): Fen {
  const { position, fold } = scene;
  const mode = fold.terms.interest.rounding;
  const flat = position.special?.flatBase ?? 0;
  if (flat === 0) return interestOn(principal, factor, mode);
  const perUnit = shareOfFactor(factor, flat, FLAT_SCALE);
  return interestOn(principal, shareOfFactor(perUnit, 1, position.principalNotDue), mode);
}

/** What this period has accrued on a part of the principal not yet due, at most all of it. */
export function accruedOn(scene: EventScene, principal: Fen): Fen {
  const { position, fold } = scene;
  const file = fileOf(scene);
  const unit = subtractFactors(
    nightShare(position, fold, file),
    settledShare(position, fold, file),
  );
  return Math.min(interestOf(scene, principal, unit), Math.max(accruedInterest(position), 0));
}

/** What interest counts on: the principal not yet due, or the flat base, after it has shrunk. */
export function interestOnBase(scene: EventScene, factor: Factor): Fen {
  const { position, fold } = scene;
  const mode = fold.terms.interest.rounding;
  const flat = position.special?.flatBase ?? 0;
  if (flat === 0) return interestOn(position.principalNotDue, factor, mode);
  return interestOn(flat, shareOfFactor(factor, 1, FLAT_SCALE), mode);
}

/** The flat base after `principal` of `before` is gone. */
export function shrunkFlatBase(scene: EventScene, principal: Fen, before: Fen): number {
  const flat = scene.position.special?.flatBase ?? 0;
  return exactRound([flat, before - principal], [before], 'half_even');
}
