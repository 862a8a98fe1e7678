import { specialOf } from '../fold/ahead.js';
import { settledShare, spreadShare } from '../fold/running-period.js';
import { subtractFactors } from '../money/fraction.js';
import type { Fen } from '../money/units.js';
import { FEE, PENALTY } from '../posting/flow.js';
import type { KeptByPrepayment } from '../product/product.js';
import { chargeDue } from './charge.js';
import { endSchedule } from './close-out.js';
import { type EventScene, fileOf } from './event-scene.js';
import { interestOnBase, shrunkFlatBase } from './interest-base.js';
import { layRestAgain, NO_ROWS, returnExcess } from './lay-again.js';

/** Takes principal off what is not yet due; the flat base shrinks with it. */
export function takePrincipal(scene: EventScene, principal: Fen): void {
  const { position, book, fold } = scene;
  const special = specialOf(position);
  const before = position.principalNotDue;
  if (special.flatBase > 0) special.flatBase = shrunkFlatBase(scene, principal, before);
  if (fold.recalculates) {
    // Its interest of the nights so far was paid or reversed with it.
    const nights = book.date - Math.max(position.periodStartOn, special.owedFrom);
    special.owedNights = Math.max(0, special.owedNights - principal * Math.max(0, nights));
  }
  position.principal -= principal;
  position.principalNotDue = before - principal;
}

/** Lays again what is left of the principal not yet due, or ends the schedule where none is. */
export function layLeft(scene: EventScene, keep: KeptByPrepayment, eventId: number): void {
  if (scene.position.principalNotDue === 0) {
    returnExcess(scene, NO_ROWS, eventId);
    reverseAccrued(scene);
    chargeLastDue(scene, eventId);
    endSchedule(scene);
    return;
  }
  beginLine(scene);
  layRestAgain(scene, keep, eventId);
}

/** Charges that waited for rows that fall away are due with the last row left. */
function chargeLastDue(scene: EventScene, eventId: number): void {
  const last = scene.position.nextSeq - 1;
  if (last < 1) return;
  for (const item of specialOf(scene.position).ahead) {
    chargeDue(scene, last, FEE, item.feeDue - item.feeMet, eventId);
    chargeDue(scene, last, PENALTY, item.penaltyDue - item.penaltyMet, eventId);
  }
}

/** Where no period runs any more, nothing stays accrued. */
function reverseAccrued({ position, flow }: EventScene): void {
  const { interestAccrued: accrued } = position;
  position.interestAccrued = 0;
  position.interestAccruedTotal -= accrued;
  flow.interestAccrued -= accrued;
}

/** straight_line: round(balance left x scheduled share so far) is where the new spread begins. */
export function beginLine(scene: EventScene): void {
  const { position, book, fold } = scene;
  if (fold.terms.interest.accrual !== 'straight_line' || position.nextSeq === 0) return;
  const special = specialOf(position);
  const file = fileOf(scene);
  const share = spreadShare({ position, fold, file }, book.date);
  const unsettled = subtractFactors(share, settledShare(position, fold, file));
  special.lineBase = interestOnBase(scene, unsettled);
  special.lineFrom = book.date;
}
