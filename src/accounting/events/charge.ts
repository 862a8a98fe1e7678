import { lastFreeDay } from '../calendar/calendar.js';
import { openAhead, specialOf } from '../fold/ahead.js';
import { type OpenInstallment, STATUS } from '../fold/position.js';
import { type EpochDay, type Fen, NO_DAY } from '../money/units.js';
import { BALANCE, FEE, MOVEMENT } from '../posting/flow.js';
import { type EventScene, fileOf } from './event-scene.js';
import { joined } from './lay-again.js';
import type { LoanEvent } from './loan-event.js';

/**
 * A fee or a penalty charge (CONVENTIONS, Events: fee): with `seq` due with that instalment; with
 * `dueOn` with the first one due on or after it, or a row of its own behind the last; else with the
 * running period, or with the last instalment. Returns the rule that refuses it, or nothing.
 */
export function applyCharge(scene: EventScene, event: LoanEvent): string {
  const { position } = scene;
  const { schedule } = fileOf(scene);
  const rows = schedule.dueOn.length;
  let seq = event.seq;
  if (seq === 0 && event.dueOn !== NO_DAY) {
    // A fee of the first day goes with the first period, not with the down payment.
    const { disbursedOn } = fileOf(scene).contract;
    seq = schedule.dueOn.findIndex((day) => day >= event.dueOn && day > disbursedOn) + 1;
    if (seq === 0) seq = addRow(scene, event.dueOn);
  } else if (seq === 0) {
    // A row for a charge alone is no running period.
    seq = position.principalNotDue === 0 ? rows : position.nextSeq;
    // Nothing but a refund is owed, and the schedule is gone.
    if (seq === 0) return 'unknown_seq';
  } else if (seq > rows) return 'unknown_seq';
  if (position.status === STATUS.settled && event.dueOn === NO_DAY) return 'loan_settled';
  const isAhead = position.nextSeq !== 0 && seq >= position.nextSeq;
  if (isAhead) {
    const item = openAhead(position, seq);
    if (event.component === FEE) item.feeDue += event.amount;
    else item.penaltyDue += event.amount;
    scene.flow.touched = true;
  } else chargeDue(scene, seq, event.component, event.amount, event.eventId);
  return '';
}

/** A row for a charge alone, behind the last instalment. */
function addRow(scene: EventScene, dueOn: EpochDay): number {
  const { position, book, fold } = scene;
  const file = fileOf(scene);
  if (fold.recalculates) specialOf(position).chargeRows += 1;
  const before = file.schedule;
  const row = { dueOn: [dueOn], principal: [0], interest: [0], balanceAfter: [0] };
  file.schedule = joined(before, row);
  file.changed = true;
  const seq = before.dueOn.length + 1;
  if (position.nextSeq === 0 && dueOn > book.date) {
    position.nextSeq = seq;
    position.periodStartOn = before.dueOn[seq - 2] ?? book.date;
    position.nextDueOn = dueOn;
    position.periodUnits = 0;
  }
  return seq;
}

/** A fee or a penalty charge that is due at once, with an instalment that has become due. */
export function chargeDue(
  scene: EventScene,
  seq: number,
  component: number,
  amount: Fen,
  eventId: number,
): void {
  if (amount === 0) return;
  const { position, flow } = scene;
  const item = position.open.find((open) => open.seq === seq) ?? reopen(scene, seq);
  flow.charge(eventId, seq, component, amount);
  const balance = component === FEE ? BALANCE.fee : BALANCE.penalty;
  flow.move(MOVEMENT.fee, balance, position.accruing, amount, eventId);
  if (component === FEE) {
    item.feeDue += amount;
    item.feeOpen += amount;
    position.feeDue += amount;
  } else {
    item.penaltyCharged += amount;
    item.penalty.open += amount;
    position.penaltyDue += amount;
  }
}

/** A due instalment that was paid and left the position comes back for a charge. */
export function reopen({ position, book, fold, file }: EventScene, seq: number): OpenInstallment {
  const dueOn = file?.schedule.dueOn[seq - 1] ?? book.date;
  const { graceDays, postpone } = fold.terms.penalty;
  const lastFreeOn = lastFreeDay(dueOn, graceDays, postpone, book.calendar);
  const item = blankInstallment(seq, dueOn, lastFreeOn);
  item.missed = book.date > lastFreeOn;
  item.overdue = book.date > lastFreeOn;
  const at = position.open.findIndex((open) => open.seq > seq || open.seq === 0);
  position.open.splice(at < 0 ? position.open.length : at, 0, item);
  return item;
}

/** An instalment that asks nothing yet. */
export function blankInstallment(
  seq: number,
  dueOn: EpochDay,
  lastFreeOn: EpochDay,
): OpenInstallment {
  return {
    seq,
    dueOn,
    lastFreeOn,
    missed: false,
    overdue: false,
    principalDue: 0,
    principalOpen: 0,
    interestDue: 0,
    interestOpen: 0,
    feeDue: 0,
    feeOpen: 0,
    penalty: { due: 0, open: 0, whole: 0, rest: 0 },
    compound: { due: 0, open: 0, whole: 0, rest: 0 },
    penaltyCharged: 0,
    countsFrom: 0,
  };
}
