import { type Fen, NO_DAY } from '../money/units.js';
import type { AheadInstallment, Position, Special } from './position.js';
import { blankSpecial } from './position.js';

/** The special part of a position, made when it is first needed. */
export function specialOf(position: Position): Special {
  position.special ??= blankSpecial();
  return position.special;
}

/** A period begins: nothing of it is settled, and no line was begun anew. */
export function unsettle(special: Special): void {
  special.settledUnits = 0;
  special.settledOn = NO_DAY;
  special.settledRates = 0;
  special.lineFrom = NO_DAY;
  special.lineBase = 0;
  special.owedNights = 0;
  special.owedFrom = 0;
  special.carried = 0;
}

/** What stands ahead for an instalment not yet due; undefined: nothing. */
export function aheadOf(position: Position, seq: number): AheadInstallment | undefined {
  return position.special?.ahead.find((item) => item.seq === seq);
}

/** The same, made and kept in order of seq when there is none. */
export function openAhead(position: Position, seq: number): AheadInstallment {
  const { ahead } = specialOf(position);
  const at = ahead.findIndex((item) => item.seq >= seq);
  const found = ahead[at];
  if (found?.seq === seq) return found;
  const item = blankAhead(seq);
  ahead.splice(at < 0 ? ahead.length : at, 0, item);
  return item;
}

export function blankAhead(seq: number): AheadInstallment {
  return {
    seq,
    principalPaid: 0,
    principalWaived: 0,
    interestPaid: 0,
    interestWaived: 0,
    feeDue: 0,
    feeMet: 0,
    penaltyDue: 0,
    penaltyMet: 0,
  };
}

export function principalMet(item: AheadInstallment | undefined): Fen {
  return item === undefined ? 0 : item.principalPaid + item.principalWaived;
}

export function interestMet(item: AheadInstallment | undefined): Fen {
  return item === undefined ? 0 : item.interestPaid + item.interestWaived;
}

/** All principal that was paid or waived before it fell due. */
export function principalMetAhead(position: Position): Fen {
  let sum = 0;
  for (const item of position.special?.ahead ?? []) sum += principalMet(item);
  return sum;
}

/** All interest that was paid or waived before it fell due. */
export function interestMetAhead(position: Position): Fen {
  let sum = 0;
  for (const item of position.special?.ahead ?? []) sum += interestMet(item);
  return sum;
}

/** Interest that the running period has accrued, met ahead or not. */
export function accruedInterest(position: Position): Fen {
  if (position.special === null) return position.interestAccrued;
  return position.interestAccrued + interestMetAhead(position);
}

/** What the customer owes of the running period's accrued interest: never below zero. */
export function accruedAndOwed(position: Position): Fen {
  const met = interestMet(aheadOf(position, position.nextSeq));
  return Math.max(accruedInterest(position) - met, 0);
}
