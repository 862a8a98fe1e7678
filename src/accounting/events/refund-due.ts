import type { Fen } from '../money/units.js';
import { BALANCE, MOVEMENT, SUSPENSE_EVENT } from '../posting/flow.js';
import type { Payment } from './allocation.js';
import type { EventScene } from './event-scene.js';

/**
 * Pays what the customer owes for a refund, before anything else (CONVENTIONS, Events: refund_due).
 * Returns what of `money` it took.
 */
export function payRefundDue(
  { position, flow }: EventScene,
  money: Fen,
  { kind, eventId }: Payment,
): Fen {
  const paid = Math.min(money, position.refundDue);
  if (paid === 0) return 0;
  position.refundDue -= paid;
  flow.payRefund(eventId, paid);
  flow.move(kind, BALANCE.refundDue, position.accruing, paid, eventId);
  return paid;
}

/** Money held for the customer pays what they owe for a refund at once. */
export function meetRefundDue(scene: EventScene): void {
  const { position, book } = scene;
  if (position.refundDue === 0 || position.suspense === 0) return;
  const payment = { kind: MOVEMENT.suspenseUse, eventId: SUSPENSE_EVENT, date: book.date };
  position.suspense -= payRefundDue(scene, position.suspense, payment);
}

/** Money of the customer that nothing asks for is held. */
export function toSuspense({ position, flow }: EventScene, amount: Fen, eventId: number): void {
  if (amount === 0) return;
  position.suspense += amount;
  flow.move(MOVEMENT.repayment, BALANCE.suspense, position.accruing, amount, eventId);
}
