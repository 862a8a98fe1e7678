import { accruedAndOwed, accruedInterest } from '../fold/ahead.js';
import { STATUS } from '../fold/position.js';
import { NO_DAY } from '../money/units.js';
import { BALANCE, COMPONENTS, INTEREST, MOVEMENT, PRINCIPAL } from '../posting/flow.js';
import { balanceOf, openAmount } from './allocation.js';
import { blankInstallment } from './charge.js';
import { endSchedule, zeroBalances } from './close-out.js';
import type { EventScene } from './event-scene.js';
import { principalLeft } from './lay-again.js';

/**
 * Writes the loan off (CONVENTIONS, Events: write_off): due instalments stay to be recovered,
 * principal not yet due with its interest becomes a claim under seq 0, every balance is zero, and
 * nothing accrues any more. Suspense stays.
 */
export function applyWriteOff(scene: EventScene, eventId: number): void {
  const { position, flow } = scene;
  const { accruing } = position;
  for (const item of position.open) {
    for (let component = 0; component < COMPONENTS.length; component += 1) {
      const amount = openAmount(item, component);
      flow.writeOff(eventId, item.seq, component, amount);
      flow.move(MOVEMENT.writeOff, balanceOf(item, component), accruing, amount, eventId);
    }
  }
  const principal = principalLeft(scene);
  const interest = accruedAndOwed(position);
  // Interest paid ahead for days that will not come stays paid: the balance is less than the claim.
  const booked = position.interestAccrued;
  flow.interestBilled += accruedInterest(position);
  flow.interestSettled += accruedInterest(position);
  flow.writeOff(eventId, 0, PRINCIPAL, principal);
  flow.writeOff(eventId, 0, INTEREST, booked);
  flow.move(MOVEMENT.writeOff, BALANCE.principalNormal, accruing, principal, eventId);
  flow.move(MOVEMENT.writeOff, BALANCE.interestAccrued, accruing, booked, eventId);
  if (principal + interest > 0) {
    const claim = blankInstallment(0, NO_DAY, NO_DAY);
    claim.principalDue = principal;
    claim.principalOpen = principal;
    claim.interestDue = interest;
    claim.interestOpen = interest;
    position.open.push(claim);
  }
  endSchedule(scene);
  position.status = STATUS.writtenOff;
  position.accruing = false;
  zeroBalances(position);
}
