import { addLine, ruleInForce } from './allocate.js';
import { lastPenaltyFree } from './penalty.js';
import { open, type Row } from './row.js';
import { dayOf } from './schedule/days.js';
import { whole } from './schedule/fraction.js';
import { receive, type State } from './state.js';

interface Bounced {
  row: Row;
  component: 'principal' | 'interest';
  amount: bigint;
}

/** Which amounts come open again: the last instalments first, their components from behind. */
function bounced(state: State, amount: bigint): Bounced[] | null {
  const order = [...ruleInForce(state).order].reverse();
  const components = order.filter((name) => name === 'principal' || name === 'interest');
  const found: Bounced[] = [];
  let before = state.chargedBack;
  let left = amount;
  for (const row of [...state.paidBefore].reverse()) {
    const all = row.asked.principal + row.asked.interest;
    const used = before < all ? before : all;
    before -= used;
    let room = all - used;
    for (const component of components) {
      const most = row.asked[component] - open(row, component);
      const part = [left, room, most].reduce((a, b) => (a < b ? a : b));
      if (part === 0n) continue;
      found.push({ row, component, amount: part });
      room -= part;
      left -= part;
    }
  }
  return left === 0n ? found : null;
}

/** Money of before the book bounces: what it had paid is open again. */
export function chargeBack(
  state: State,
  ref: string,
  amount: bigint,
): 'charge_back_above_paid' | null {
  const parts = bounced(state, amount);
  if (parts === null) return 'charge_back_above_paid';
  receive(state, -amount);
  state.chargedBack += amount;
  for (const part of parts) {
    const { row, component } = part;
    if (row.isClosed) {
      row.isClosed = false;
      row.lastFree = lastPenaltyFree(state.terms, row.due);
      row.missed = state.today > row.lastFree;
      row.countsFrom = dayOf(state.terms.opening!.cut_over_on) + 1;
      row.penaltyExact = whole(row.penaltyPosted);
      row.compoundExact = whole(row.compoundPosted);
    }
    row.paid[component] -= part.amount;
    if (component === 'principal') {
      state.principalPaid.push({ day: state.today, seq: row.seq, amount: -part.amount });
    }
    addLine(state, ref, row.seq, component, -part.amount);
  }
  return null;
}
