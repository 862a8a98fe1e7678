import { annualNow, atLeastZero, straightLineShare } from '../accrual.js';
import { COMPONENTS } from '../product.js';
import { open, type Row } from '../row.js';
import { comingRows, type State } from '../state.js';
import { rowFactor } from './factors.js';
import { type Fraction, multiply, round, subtract, whole } from './fraction.js';
import { lay } from './layout.js';
import { layRequest, runBalance } from './schedule.js';

export interface Change {
  day: number;
  balance: bigint;
  flatBase: Fraction;
  keep: 'term' | 'payment';
}

/** Money paid ahead beyond what the new row asks goes to suspense; what was waived stays. */
function settleAhead(state: State, row: Row): void {
  for (const component of COMPONENTS) {
    const asked = row.asked[component];
    const overWaived = row.waived[component] - asked;
    if (overWaived > 0n) {
      row.waived[component] = asked;
      if (component === 'principal') {
        state.principalPaid.push({ day: state.today, seq: row.seq, amount: -overWaived });
      }
    }
    const room = asked - row.waived[component];
    const over = row.paid[component] - room;
    if (over <= 0n) continue;
    row.paid[component] = room;
    if (component === 'principal') {
      state.principalPaid.push({ day: state.today, seq: row.seq, amount: -over });
    }
    state.suspense += over;
  }
}

/** Takes rows off the schedule: their fees go to the last row left. */
export function dropRows(state: State, dropped: readonly Row[]): void {
  const gone = new Set(dropped);
  state.rows = state.rows.filter((row) => !gone.has(row));
  const last = comingRows(state).at(-1) ?? state.rows.at(-1);
  for (const row of dropped) {
    for (const component of ['fee', 'penalty'] as const) {
      if (last?.isDue) last.asked[component] += open(row, component);
      else if (last) {
        last.asked[component] += row.asked[component];
        last.paid[component] += row.paid[component];
        last.waived[component] += row.waived[component];
      }
      // A charge that was paid stays paid, also where no row is left to show it.
      row.paid[component] = 0n;
    }
    for (const component of COMPONENTS) state.suspense += row.paid[component];
    const met = row.paid.principal + row.waived.principal;
    state.principalPaid.push({ day: state.today, seq: row.seq, amount: -met });
  }
}

/** The payment by the product's rule over what is left, where no payment was laid before. */
function keptPayment(state: State, rows: readonly Row[], change: Change): bigint | null {
  if (change.keep === 'term') return null;
  if (state.payment !== null) return state.payment;
  const balance = rows.reduce((total, row) => total + row.asked.principal, 0n);
  return lay(requestFor(state, rows, { ...change, balance, keep: 'term' }, null)).payment;
}

function requestFor(state: State, rows: readonly Row[], change: Change, payment: bigint | null) {
  const { terms } = state;
  const factors = rows.map((row, index) =>
    index === 0 ? atLeastZero(subtract(row.factor, state.paidPerUnit)) : row.factor,
  );
  const dueCount = state.rows.filter((row) => row.isDue && row.kind === 'period').length;
  return layRequest({
    terms,
    balance: change.balance,
    flatBase: change.flatBase,
    factors,
    annual: annualNow(state, change.day),
    dueCount,
    keptPayment: payment,
  });
}

/** Lays the instalments that are not yet due again, from the current one. */
export function layAgain(state: State, change: Change): void {
  const { terms } = state;
  const rows = comingRows(state);
  const current = rows[0];
  if (!current) return;
  // The straight line runs on from where the old factor has brought it.
  const share = straightLineShare(state, current, change.day);
  for (const row of rows) row.factor = rowFactor(terms.product, row.spans, state.rates);
  const kept = keptPayment(state, rows, change);
  const laid = lay(requestFor(state, rows, change, kept));
  if (laid.payment !== null) state.payment = laid.payment;
  state.flatBase = change.flatBase;
  for (const [index, amounts] of laid.rows.entries()) {
    const row = rows[index]!;
    row.asked.principal = amounts.principal;
    row.asked.interest = amounts.interest;
    settleAhead(state, row);
  }
  dropRows(state, rows.slice(laid.rows.length));
  runBalance(comingRows(state), change.balance);
  const base =
    terms.product.repayment.method === 'flat_interest' ? change.flatBase : whole(change.balance);
  const amount = round(
    multiply(base, atLeastZero(subtract(share, state.paidPerUnit))),
    terms.product.interest.rounding,
  );
  state.line = { night: change.day - current.start, share, amount };
}
