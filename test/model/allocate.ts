import type { AllocationRule, Component, EarlyPayment } from './product.js';
import { open, openInAll, type Row } from './row.js';
import { ratio, round } from './schedule/fraction.js';
import { askToday, recalculates } from './schedule/recalculate.js';
import { dueRows, type State } from './state.js';

export function addLine(
  state: State,
  ref: string,
  seq: number,
  component: Component | 'refund',
  amount: bigint,
): void {
  if (amount === 0n) return;
  const same = state.lines.find(
    (line) => line.ref === ref && line.seq === seq && line.component === component,
  );
  if (same) same.amount += amount;
  else state.lines.push({ ref, seq, component, amount });
}

/** Pays one component of one row; returns what is left of the money. */
function pay(state: State, ref: string, row: Row, component: Component, money: bigint): bigint {
  const asked = open(row, component);
  const amount = asked < money ? asked : money;
  if (amount <= 0n) return money;
  row.paid[component] += amount;
  if (component === 'principal') {
    state.principalPaid.push({ day: state.today, seq: row.seq, amount });
  }
  addLine(state, ref, row.seq, component, amount);
  return money - amount;
}

/** Pays what the customer owes of a refund, before anything else; returns what is left. */
export function payRefund(state: State, ref: string, money: bigint): bigint {
  const amount = state.refundDue < money ? state.refundDue : money;
  state.refundDue -= amount;
  addLine(state, ref, 0, 'refund', amount);
  return money - amount;
}

export function ruleInForce(state: State): AllocationRule {
  const { accruing, non_accruing: nonAccruing } = state.terms.product.allocation;
  return state.accruing && state.status === 'live' ? accruing : nonAccruing;
}

export function payRows(
  state: State,
  ref: string,
  rows: readonly Row[],
  rule: AllocationRule,
  money: bigint,
): bigint {
  let left = money;
  if (rule.direction === 'by_installment') {
    for (const row of rows) {
      for (const component of rule.order) left = pay(state, ref, row, component, left);
    }
    return left;
  }
  for (const component of rule.order) {
    for (const row of rows) left = pay(state, ref, row, component, left);
  }
  return left;
}

export function oldestFirst(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.due - b.due || a.seq - b.seq);
}

/** Pays what is due, by the allocation in force; returns what is left of the money. */
export function payDue(state: State, ref: string, money: bigint, day: number): bigint {
  const rule = ruleInForce(state);
  const rows = oldestFirst(dueRows(state));
  const splits = state.terms.product.allocation.past_due_first && rule.direction === 'by_component';
  const groups = splits
    ? [rows.filter((row) => row.due < day), rows.filter((row) => row.due >= day)]
    : [rows];
  let left = money;
  // The claim of a write-off is the last instalment of all.
  if (state.claim) groups.at(-1)?.push(state.claim);
  for (const group of groups) left = payRows(state, ref, group, rule, left);
  return left;
}

/**
 * One component over all open rows, every one an equal share, the rounding left to the last; then
 * the next component, and again until the money or the rows are gone.
 */
function payEvenly(
  state: State,
  ref: string,
  rows: readonly Row[],
  order: readonly Component[],
  money: bigint,
): bigint {
  const mode = state.terms.product.interest.rounding;
  let left = money;
  for (let before = -1n; left > 0n && left !== before; ) {
    before = left;
    for (const component of order) {
      const takers = rows.filter((row) => openInAll(row) > 0n);
      if (takers.length === 0) return left;
      const count = BigInt(takers.length);
      const share = round(ratio(left, count), mode);
      const lastShare = left - share * (count - 1n);
      for (const [index, row] of takers.entries()) {
        const part = index === takers.length - 1 ? lastShare : share;
        const offered = part < left ? part : left;
        left -= offered - pay(state, ref, row, component, offered);
      }
    }
  }
  return left;
}

/** Row by row, each asking what it asks today; the rest of its interest follows the balance. */
function payRecalculated(
  state: State,
  ref: string,
  rows: readonly Row[],
  rule: AllocationRule,
  money: bigint,
): bigint {
  let left = money;
  for (const row of rows) {
    if (left === 0n) break;
    askToday(state, row, state.today);
    left = payRows(state, ref, [row], rule, left);
  }
  return left;
}

/** Pays instalments that are not yet due, as scheduled; returns what is left of the money. */
export function payAhead(state: State, ref: string, mode: EarlyPayment, money: bigint): bigint {
  const inForce = ruleInForce(state);
  const order = state.terms.product.allocation.in_advance?.order ?? inForce.order;
  const rule = { direction: inForce.direction, order };
  const rows = oldestFirst(state.rows.filter((row) => !row.isDue && openInAll(row) > 0n));
  if (mode === 'pay_last') rows.reverse();
  if (mode !== 'pay_evenly') {
    if (recalculates(state)) return payRecalculated(state, ref, rows, rule, money);
    return payRows(state, ref, rows, rule, money);
  }
  return payEvenly(state, ref, rows, order, money);
}
