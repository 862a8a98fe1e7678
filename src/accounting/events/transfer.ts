import { accruedInterest } from '../fold/ahead.js';
import { STATUS } from '../fold/position.js';
import { BALANCE, COMPONENTS, INTEREST, MOVEMENT, PRINCIPAL } from '../posting/flow.js';
import { balanceOf, openAmount } from './allocation.js';
import { endSchedule, zeroBalances } from './close-out.js';
import type { EventScene } from './event-scene.js';
import { principalLeft } from './lay-again.js';
import type { LoanEvent } from './loan-event.js';

/**
 * Sells the loan for the event's amount (PRACTICE 3.2: 资产转让): every balance leaves the book, on
 * the balance sheet or off it, and nothing accrues any more. Interest paid ahead for days to come
 * goes with it, as a negative amount: the buyer has still to give those days. Suspense is the
 * customer's and stays.
 */
export function applyTransfer(scene: EventScene, { eventId, amount: price }: LoanEvent): void {
  const { position, flow } = scene;
  const { accruing, interestAccrued } = position;
  flow.move(MOVEMENT.transfer, BALANCE.price, accruing, price, eventId);
  for (const item of position.open) {
    for (let component = 0; component < COMPONENTS.length; component += 1) {
      const amount = openAmount(item, component);
      flow.transfer(eventId, item.seq, component, amount);
      flow.move(MOVEMENT.transfer, balanceOf(item, component), accruing, amount, eventId);
    }
  }
  const principal = principalLeft(scene);
  flow.interestBilled += accruedInterest(position);
  flow.interestSettled += accruedInterest(position);
  flow.transfer(eventId, 0, PRINCIPAL, principal);
  flow.transfer(eventId, 0, INTEREST, interestAccrued);
  flow.move(MOVEMENT.transfer, BALANCE.principalNormal, accruing, principal, eventId);
  flow.move(MOVEMENT.transfer, BALANCE.interestAccrued, accruing, interestAccrued, eventId);
  endSchedule(scene);
  zeroBalances(position);
  position.open = [];
  position.status = STATUS.transferred;
  position.accruing = true;
}
