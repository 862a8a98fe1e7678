import { blankAhead, interestMet, principalMetAhead, specialOf } from '../fold/ahead.js';
import type { AheadInstallment } from '../fold/position.js';
import { askedFactor } from '../fold/running-period.js';
import type { Fen } from '../money/units.js';
import { BALANCE, INTEREST, MOVEMENT, PRINCIPAL } from '../posting/flow.js';
import type { KeptByPrepayment } from '../product/product.js';
import { layContract } from '../schedule/schedule.js';
import { layAgain } from '../schedule/schedule-again.js';
import type { PaymentInForce, Schedule } from '../schedule/schedule-rows.js';
import { type EventScene, fileOf } from './event-scene.js';

/**
 * Lays the instalments not yet due again on the principal that is left of them, from the running
 * one on (CONVENTIONS, Schedule: laid again after an event). What became due stays; charges of rows
 * that fall away go to the last row left; what was paid ahead beyond the new rows goes to suspense.
 */
export function layRestAgain(scene: EventScene, keep: KeptByPrepayment, eventId: number): void {
  const { position, fold } = scene;
  const file = fileOf(scene);
  const { schedule } = file;
  const billed = position.nextSeq - 1;
  const rows = contractRows(schedule);
  const special = specialOf(position);
  const laid = layAgain(fold.terms, {
    principalLeft: position.principalNotDue,
    ratePpb: position.ratePpb,
    dueOnLeft: schedule.dueOn.slice(billed, rows),
    runningSeq: position.nextSeq,
    runningFactor: askedFactor(position, fold, file),
    keep,
    inForce: inForce(scene),
    flatBaseLeft: special.flatBase,
  });
  special.payment = laid.payment ?? 0;
  special.principalPart = laid.principalPart;
  file.schedule = joined(head(schedule, billed), laid.schedule, tail(schedule, rows));
  file.changed = true;
  position.nextPrincipal = file.schedule.principal[billed]!;
  position.nextInterest = file.schedule.interest[billed]!;
  const last = billed + laid.schedule.dueOn.length;
  returnExcess(scene, head(file.schedule, last), eventId);
  moveCharges(scene, last, rows);
}

/** What an instalment asks before the event: as it was laid again last, or as it was agreed. */
export function inForce(scene: EventScene): PaymentInForce {
  const { special } = scene.position;
  const { payment = 0, principalPart = 0 } = special ?? {};
  if (payment > 0 || principalPart > 0) {
    return { payment: payment > 0 ? payment : null, principalPart };
  }
  return layContract(scene.fold.terms, fileOf(scene).contract);
}

export const NO_ROWS: Schedule = { dueOn: [], principal: [], interest: [], balanceAfter: [] };

/** Rows that carry principal or interest; behind them only rows made for a charge may follow. */
export function contractRows(schedule: Schedule): number {
  let rows = schedule.dueOn.length;
  while (rows > 1 && schedule.balanceAfter[rows - 2] === 0 && schedule.interest[rows - 1] === 0) {
    rows -= 1;
  }
  return rows;
}

/** The first `count` rows. */
export function head(schedule: Schedule, count: number): Schedule {
  return part(schedule, 0, count);
}

function tail(schedule: Schedule, from: number): Schedule {
  return part(schedule, from, schedule.dueOn.length);
}

function part(schedule: Schedule, from: number, to: number): Schedule {
  return {
    dueOn: schedule.dueOn.slice(from, to),
    principal: schedule.principal.slice(from, to),
    interest: schedule.interest.slice(from, to),
    balanceAfter: schedule.balanceAfter.slice(from, to),
  };
}

export function joined(...parts: readonly Schedule[]): Schedule {
  return {
    dueOn: parts.flatMap((rows) => [...rows.dueOn]),
    principal: parts.flatMap((rows) => [...rows.principal]),
    interest: parts.flatMap((rows) => [...rows.interest]),
    balanceAfter: parts.flatMap((rows) => [...rows.balanceAfter]),
  };
}

/**
 * Keeps charges with their rows: those of rows `last + 1` to `before` fall to row `last`, those of
 * rows behind `before` move up with their row. Principal and interest of rows that fell away have
 * been given back before.
 */
function moveCharges(scene: EventScene, last: number, before: number): void {
  if (last === before) return;
  const { ahead } = specialOf(scene.position);
  const kept = ahead.filter((item) => item.seq <= last);
  for (const item of ahead) {
    if (item.seq <= last) continue;
    const seq = item.seq > before ? item.seq - (before - last) : last;
    let at = kept.find((other) => other.seq === seq);
    if (at === undefined) {
      at = blankAhead(seq);
      kept.push(at);
    }
    at.feeDue += item.feeDue;
    at.feeMet += item.feeMet;
    at.penaltyDue += item.penaltyDue;
    at.penaltyMet += item.penaltyMet;
  }
  ahead.splice(0, ahead.length, ...kept.sort((a, b) => a.seq - b.seq));
}

/** What was met ahead and is more than the row asks now: money goes to suspense. */
export function returnExcess(scene: EventScene, schedule: Schedule, eventId: number): void {
  const { position } = scene;
  for (const item of specialOf(position).ahead) {
    const asked = schedule.principal[item.seq - 1] ?? 0;
    const over = item.principalPaid + item.principalWaived - asked;
    if (over > 0) {
      const money = Math.min(over, item.principalPaid);
      item.principalPaid -= money;
      item.principalWaived -= over - money;
      position.principal += over;
      giveBack(scene, item.seq, PRINCIPAL, money, eventId);
      unwaive(scene, item.seq, PRINCIPAL, over - money, eventId);
    }
    returnInterest(scene, item, schedule.interest[item.seq - 1] ?? 0, eventId);
  }
}

/** Of the interest met ahead `kept` stays with the row; money beyond it goes to suspense. */
export function returnInterest(
  scene: EventScene,
  item: AheadInstallment,
  kept: Fen,
  eventId: number,
): void {
  const over = interestMet(item) - kept;
  if (over <= 0) return;
  const money = Math.min(over, item.interestPaid);
  item.interestPaid -= money;
  item.interestWaived -= over - money;
  scene.position.interestAccrued += over;
  giveBack(scene, item.seq, INTEREST, money, eventId);
  unwaive(scene, item.seq, INTEREST, over - money, eventId);
}

/** Money that had paid ahead is money held for the customer again. */
function giveBack(
  { position, flow }: EventScene,
  seq: number,
  component: number,
  amount: Fen,
  eventId: number,
): void {
  if (amount === 0) return;
  const balance = component === PRINCIPAL ? BALANCE.principalNormal : BALANCE.interestAccrued;
  position.suspense += amount;
  flow.giveBack(eventId, seq, component, amount);
  flow.move(MOVEMENT.repayment, balance, position.accruing, -amount, eventId);
  flow.move(MOVEMENT.repayment, BALANCE.suspense, position.accruing, amount, eventId);
}

/** A waiver of what is not asked any more waives nothing. */
function unwaive(
  { position, flow }: EventScene,
  seq: number,
  component: number,
  amount: Fen,
  eventId: number,
): void {
  if (amount === 0) return;
  const balance = component === PRINCIPAL ? BALANCE.principalNormal : BALANCE.interestAccrued;
  flow.waive(eventId, seq, component, -amount);
  flow.move(MOVEMENT.waiver, balance, position.accruing, -amount, eventId);
}

/** Principal not yet due that was not met ahead: what is still owed of it. */
export function principalLeft(scene: EventScene): Fen {
  const { position } = scene;
  return position.principalNotDue - principalMetAhead(position);
}
