import { specialOf } from '../fold/ahead.js';
import type { OpenInstallment } from '../fold/position.js';
import type { Fen } from '../money/units.js';
import { INTEREST, MOVEMENT, PRINCIPAL } from '../posting/flow.js';
import { balanceOf, openAmount } from './allocation.js';
import { reopen } from './charge.js';
import { type EventScene, fileOf, orderInForce } from './event-scene.js';
import type { LoanEvent } from './loan-event.js';

/**
 * Money of before the book bounces (CONVENTIONS, Opening: charge_back): it leaves cash and makes
 * open again what it had paid, the latest of the instalments paid before the book first, their
 * components against the order in force; an earlier one has taken its part. Nights before the book
 * bear nothing. Returns `charge_back_above_paid` for more than those instalments asked.
 */
export function applyChargeBack(scene: EventScene, { amount, eventId }: LoanEvent): string {
  const { opened, totals } = fileOf(scene);
  const parts = partsOf(scene, amount);
  if (opened === undefined || parts === null) return 'charge_back_above_paid';
  const lifetime = totals();
  const sum = [PRINCIPAL, INTEREST].map((at) => sumOf(parts, at));
  const isPaid = (at: number) => (lifetime[4 * at + 1] ?? 0) + scene.flow.paid[at]! >= sum[at]!;
  if (![PRINCIPAL, INTEREST].every(isPaid)) return 'charge_back_above_paid';
  specialOf(scene.position).chargedBack += amount;
  for (const part of parts) openAgain(scene, part, opened.cutOverOn, eventId);
  return '';
}

interface Part {
  readonly seq: number;
  readonly component: number;
  readonly amount: Fen;
}

/** What the amount makes open; null: there is less. */
function partsOf(scene: EventScene, amount: Fen): Part[] | null {
  const { position } = scene;
  const { opened, schedule } = fileOf(scene);
  const against = orderInForce(scene).order.filter((at) => at === PRINCIPAL || at === INTEREST);
  against.reverse();
  const parts: Part[] = [];
  let taken = position.special?.chargedBack ?? 0;
  let left = amount;
  for (const seq of [...(opened?.paidSeqs() ?? [])].reverse()) {
    const asked = [schedule.principal[seq - 1]!, schedule.interest[seq - 1]!];
    const all = asked[PRINCIPAL]! + asked[INTEREST]!;
    let room = Math.max(all - taken, 0);
    taken = Math.max(taken - all, 0);
    const item = position.open.find((open) => open.seq === seq);
    for (const component of against) {
      const open = item === undefined ? 0 : openAmount(item, component);
      const part = Math.min(left, room, asked[component]! - open);
      if (part <= 0) continue;
      parts.push({ seq, component, amount: part });
      left -= part;
      room -= part;
    }
  }
  return left === 0 ? parts : null;
}

function sumOf(parts: readonly Part[], at: number): Fen {
  return parts.reduce((sum, { component, amount }) => sum + (component === at ? amount : 0), 0);
}

function openAgain(
  scene: EventScene,
  { seq, component, amount }: Part,
  cutOverOn: number,
  eventId: number,
): void {
  const { position, flow } = scene;
  const item = position.open.find((open) => open.seq === seq) ?? bouncedAt(scene, seq, cutOverOn);
  if (component === PRINCIPAL) {
    item.principalOpen += amount;
    item.principalDue = Math.max(item.principalDue, item.principalOpen);
    position.principal += amount;
    if (item.overdue) position.principalOverdue += amount;
  } else {
    item.interestOpen += amount;
    item.interestDue = Math.max(item.interestDue, item.interestOpen);
    position.interestDue += amount;
  }
  flow.pay(eventId, seq, component, 0 - amount);
  const balance = balanceOf(item, component);
  flow.move(MOVEMENT.repayment, balance, position.accruing, 0 - amount, eventId);
}

function bouncedAt(scene: EventScene, seq: number, cutOverOn: number): OpenInstallment {
  const item = reopen(scene, seq);
  item.countsFrom = cutOverOn + 1;
  return item;
}
