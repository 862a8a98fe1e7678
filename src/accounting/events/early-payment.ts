import { aheadOf, interestMet, openAhead, principalMet } from '../fold/ahead.js';
import type { AllocationOrder } from '../fold/fold-terms.js';
import type { Position } from '../fold/position.js';
import { askToday } from '../fold/recalculation.js';
import { mulDivRound } from '../money/money.js';
import type { Fen } from '../money/units.js';
import { BALANCE, FEE, INTEREST, MOVEMENT, PENALTY, PRINCIPAL } from '../posting/flow.js';
import type { EarlyPayment } from '../product/product.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import { type EventScene, fileOf } from './event-scene.js';

/** What is open of a component of an instalment not yet due, as scheduled. */
export function openAheadAmount(
  position: Position,
  schedule: Schedule,
  seq: number,
  component: number,
): Fen {
  const item = aheadOf(position, seq);
  switch (component) {
    case PRINCIPAL:
      return schedule.principal[seq - 1]! - principalMet(item);
    case INTEREST:
      return schedule.interest[seq - 1]! - interestMet(item);
    case PENALTY:
      return item === undefined ? 0 : item.penaltyDue - item.penaltyMet;
    case FEE:
      return item === undefined ? 0 : item.feeDue - item.feeMet;
    default:
      return 0;
  }
}

/** The instalments not yet due, in order. */
export function seqsAhead(position: Position, schedule: Schedule): number[] {
  const seqs: number[] = [];
  if (position.nextSeq === 0) return seqs;
  for (let seq = position.nextSeq; seq <= schedule.dueOn.length; seq += 1) seqs.push(seq);
  return seqs;
}

/** What is open of all components of an instalment not yet due. */
export function openAheadTotal(position: Position, schedule: Schedule, seq: number): Fen {
  let sum = 0;
  for (const component of [PRINCIPAL, INTEREST, PENALTY, FEE]) {
    sum += openAheadAmount(position, schedule, seq, component);
  }
  return sum;
}

/**
 * Pays instalments not yet due as scheduled: the next first, the last first, or every open one an
 * equal share and the last the rest. The schedule stays (CONVENTIONS, Events: repayment). Returns
 * what no instalment asks.
 */
export function payAhead(
  scene: EventScene,
  amount: Fen,
  how: Exclude<EarlyPayment, 'hold' | 'prepay'>,
  eventId: number,
): Fen {
  const { position, fold } = scene;
  const { schedule } = fileOf(scene);
  const order = position.accruing ? fold.accruingAhead : fold.nonAccruingAhead;
  const seqs = seqsAhead(position, schedule);
  if (how === 'pay_evenly') return payEvenly(scene, order, amount, eventId);
  if (how === 'pay_last') seqs.reverse();
  if (fold.recalculates) return payRecalculated(scene, order, seqs, amount, eventId);
  return spendAhead(scene, order, seqs, amount, eventId);
}

/**
 * Component by component, every open instalment an equal share and the last what is left of the
 * money then; what they cannot take is spread again, until nothing is left or nothing is open.
 */
function payEvenly(scene: EventScene, order: AllocationOrder, amount: Fen, eventId: number): Fen {
  const { position, fold } = scene;
  const { schedule } = fileOf(scene);
  let left = amount;
  for (let before = -1; left > 0 && left !== before; ) {
    before = left;
    for (const component of order.order) {
      const open = seqsAhead(position, schedule).filter(
        (seq) => openAheadTotal(position, schedule, seq) > 0,
      );
      if (open.length === 0 || left === 0) break;
      const share = mulDivRound(left, 1, open.length, fold.terms.interest.rounding);
      const lastShare = left - share * (open.length - 1);
      const one = { ...order, order: [component] };
      for (const [k, seq] of open.entries()) {
        const offered = Math.min(k === open.length - 1 ? lastShare : share, left);
        left -= offered - spendAhead(scene, one, [seq], offered, eventId);
      }
    }
  }
  return left;
}

/** Row by row, each asking what it asks today; what is left of it follows the balance. */
function payRecalculated(
  scene: EventScene,
  order: AllocationOrder,
  seqs: readonly number[],
  amount: Fen,
  eventId: number,
): Fen {
  const { schedule } = fileOf(scene);
  const open = seqs.filter((seq) => openAheadTotal(scene.position, schedule, seq) > 0);
  let left = amount;
  for (const seq of open) {
    if (left === 0) break;
    askToday(scene, seq);
    left = spendAhead(scene, order, [seq], left, eventId);
  }
  return left;
}

function spendAhead(
  scene: EventScene,
  { byInstallment, order }: AllocationOrder,
  seqs: readonly number[],
  amount: Fen,
  eventId: number,
): Fen {
  const { position } = scene;
  const { schedule } = fileOf(scene);
  let left = amount;
  const outer = byInstallment ? seqs.length : order.length;
  const inner = byInstallment ? order.length : seqs.length;
  for (let i = 0; i < outer && left > 0; i += 1) {
    for (let j = 0; j < inner && left > 0; j += 1) {
      const seq = byInstallment ? seqs[i]! : seqs[j]!;
      const component = byInstallment ? order[j]! : order[i]!;
      const asked = openAheadAmount(position, schedule, seq, component);
      if (asked <= 0) continue;
      const paid = Math.min(left, asked);
      payAheadComponent(scene, seq, component, paid, eventId);
      left -= paid;
    }
  }
  return left;
}

function payAheadComponent(
  { position, flow }: EventScene,
  seq: number,
  component: number,
  amount: Fen,
  eventId: number,
): void {
  const item = openAhead(position, seq);
  const { accruing } = position;
  let balance: number = BALANCE.principalNormal;
  if (component === PRINCIPAL) {
    item.principalPaid += amount;
    position.principal -= amount;
  } else if (component === INTEREST) {
    balance = BALANCE.interestAccrued;
    item.interestPaid += amount;
    position.interestAccrued -= amount;
  } else {
    balance = component === FEE ? BALANCE.fee : BALANCE.penalty;
    if (component === FEE) item.feeMet += amount;
    else item.penaltyMet += amount;
    // A charge counts as income when it falls due, or now that it is paid.
    flow.charge(eventId, seq, component, amount);
    flow.move(MOVEMENT.fee, balance, accruing, amount, eventId);
  }
  flow.pay(eventId, seq, component, amount);
  flow.move(MOVEMENT.repayment, balance, accruing, amount, eventId);
}
