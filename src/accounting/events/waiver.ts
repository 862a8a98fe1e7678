import { openAhead } from '../fold/ahead.js';
import type { OpenInstallment } from '../fold/position.js';
import type { Fen } from '../money/units.js';
import { BALANCE, FEE, INTEREST, MOVEMENT, PENALTY, PRINCIPAL } from '../posting/flow.js';
import { balanceOf, openAmount, reduceDue, reduceOpen } from './allocation.js';
import { openAheadAmount } from './early-payment.js';
import { type EventScene, fileOf } from './event-scene.js';
import type { LoanEvent } from './loan-event.js';

/**
 * A waiver reduces what is due of one component: the due instalments, oldest first, or with `seq`
 * that one, due or not (CONVENTIONS, Events: waiver; practice D5). Returns the rule that refuses
 * it, or nothing: more than is there is refused whole.
 */
export function applyWaiver(scene: EventScene, event: LoanEvent): string {
  const { position } = scene;
  const { component, seq, amount } = event;
  if (seq !== 0 && position.nextSeq !== 0 && seq >= position.nextSeq) {
    return waiveAhead(scene, event);
  }
  const items = position.open.filter((item) => seq === 0 || item.seq === seq);
  let open = 0;
  for (const item of items) open += openAmount(item, component);
  if (amount > open) return 'waiver_above_due';
  let left = amount;
  for (const item of items) {
    const waived = Math.min(left, openAmount(item, component));
    if (waived > 0) waiveDue(scene, item, component, waived, event.eventId);
    left -= waived;
  }
  return '';
}

function waiveDue(
  { position, flow }: EventScene,
  item: OpenInstallment,
  component: number,
  amount: Fen,
  eventId: number,
): void {
  flow.waive(eventId, item.seq, component, amount);
  const balance = balanceOf(item, component);
  flow.move(MOVEMENT.waiver, balance, position.accruing, amount, eventId);
  reduceOpen(item, component, amount);
  reduceDue(position, item, component, amount);
}

function waiveAhead(scene: EventScene, event: LoanEvent): string {
  const { position, flow } = scene;
  const { component, seq, amount, eventId } = event;
  const { schedule } = fileOf(scene);
  if (seq > schedule.dueOn.length) return 'unknown_seq';
  if (amount > openAheadAmount(position, schedule, seq, component)) return 'waiver_above_due';
  const item = openAhead(position, seq);
  const { accruing } = position;
  if (component === PRINCIPAL) {
    item.principalWaived += amount;
    position.principal -= amount;
    flow.move(MOVEMENT.waiver, BALANCE.principalNormal, accruing, amount, eventId);
  } else if (component === INTEREST) {
    item.interestWaived += amount;
    position.interestAccrued -= amount;
    flow.move(MOVEMENT.waiver, BALANCE.interestAccrued, accruing, amount, eventId);
  } else {
    // Nothing of it was income yet: the charge and its waiver meet on the same day.
    const balance = component === FEE ? BALANCE.fee : BALANCE.penalty;
    if (component === FEE) item.feeMet += amount;
    else if (component === PENALTY) item.penaltyMet += amount;
    flow.charge(eventId, seq, component, amount);
    flow.move(MOVEMENT.fee, balance, accruing, amount, eventId);
    flow.move(MOVEMENT.waiver, balance, accruing, amount, eventId);
  }
  flow.waive(eventId, seq, component, amount);
  return '';
}
