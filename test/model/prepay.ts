import { atLeastZero, nightsSoFar, postInterest, straightLineShare } from './accrual.js';
import { addLine } from './allocate.js';
import { open, type Row, sumOf } from './row.js';
import {
  divide,
  type Fraction,
  fromDecimal,
  multiply,
  round,
  subtract,
  whole,
  ZERO,
} from './schedule/fraction.js';
import { layAgain } from './schedule/relay.js';
import {
  comingRows,
  dueRows,
  interestBase,
  principalNotDue,
  runningRow,
  type State,
} from './state.js';
import { minorUnits } from './terms.js';

/** The share of the interest base that a principal stands for: itself, but for flat loans. */
export function shareOfBase(state: State, principal: bigint): Fraction {
  const all = principalNotDue(state);
  return all === 0n ? ZERO : divide(multiply(interestBase(state), whole(principal)), whole(all));
}

/** The accrued part of a principal: never more than all that is accrued. */
export function accruedPart(state: State, principal: bigint): bigint {
  const running = runningRow(state);
  if (!running) return 0n;
  const unit = atLeastZero(subtract(nightsSoFar(state, running), state.paidPerUnit));
  const borne = round(
    multiply(shareOfBase(state, principal), unit),
    state.terms.product.interest.rounding,
  );
  return borne < state.accrued ? borne : state.accrued;
}

interface InterestCharge {
  /** What the customer pays. */
  charged: bigint;
  /** What of it, or of a reversal, leaves the accrued interest. */
  fromAccrued: bigint;
}

function interestCharge(state: State, principal: bigint): InterestCharge {
  const { interest_to: to, partial } = state.terms.product.prepayment;
  const running = runningRow(state);
  if (!running) return { charged: 0n, fromAccrued: 0n };
  if (to === 'none') return { charged: 0n, fromAccrued: accruedPart(state, principal) };
  if (partial.interest_on === 'whole_balance') {
    const charged = to === 'next_due' ? running.asked.interest : state.accrued;
    return { charged, fromAccrued: state.accrued };
  }
  const fromAccrued = accruedPart(state, principal);
  if (to === 'value_date') return { charged: fromAccrued, fromAccrued };
  const unit = subtract(running.factor, state.paidPerUnit);
  const charged = round(
    multiply(shareOfBase(state, principal), unit),
    state.terms.product.interest.rounding,
  );
  return { charged, fromAccrued: fromAccrued < charged ? fromAccrued : charged };
}

/** The fee of a prepayment, on principal not yet due before it. */
export function prepaymentFee(state: State, principal: bigint): bigint {
  const { fee } = state.terms.product.prepayment;
  const remaining = principalNotDue(state);
  if (!fee || remaining === 0n) return 0n;
  const free = fee.free_after_period;
  if (free !== null && free !== undefined && dueRows(state).length >= free) return 0n;
  const base = fee.of === 'prepaid_principal' ? principal : remaining;
  const exact = multiply(whole(base), fromDecimal(String(fee.rate)));
  let amount = round(exact, state.terms.product.interest.rounding);
  const { digits } = state.terms;
  if (fee.min !== null && fee.min !== undefined) {
    const least = minorUnits(fee.min, digits);
    amount = amount < least ? least : amount;
  }
  if (fee.max !== null && fee.max !== undefined) {
    const most = minorUnits(fee.max, digits);
    amount = amount > most ? most : amount;
  }
  return amount;
}

function laterCharges(state: State, component: 'fee' | 'penalty'): bigint {
  const rows = state.rows.filter((row) => !row.isDue);
  return sumOf(rows, (row) => open(row, component));
}

/** What prepaying a principal costs in all. */
export function prepaymentCost(state: State, principal: bigint): bigint {
  const { charged } = interestCharge(state, principal);
  const all = principal === principalNotDue(state);
  const later = all ? laterCharges(state, 'fee') + laterCharges(state, 'penalty') : 0n;
  return principal + charged + prepaymentFee(state, principal) + later;
}

function takeLaterCharges(state: State, ref: string): void {
  for (const component of ['fee', 'penalty'] as const) {
    addLine(state, ref, 0, component, laterCharges(state, component));
    for (const row of comingRows(state)) {
      // Paid in full, ahead or under seq 0: no row is left that shows it.
      row.asked[component] = 0n;
      row.paid[component] = 0n;
      row.waived[component] = 0n;
    }
  }
  state.rows = state.rows.filter((row) => row.isDue || row.kind === 'period');
}

/** What a whole-balance charge has paid per unit of balance. */
function unitPaid(state: State, running: Row, day: number): Fraction {
  const { interest_to: to } = state.terms.product.prepayment;
  if (to === 'next_due') return running.factor;
  return state.terms.product.interest.accrual === 'straight_line'
    ? straightLineShare(state, running, day)
    : nightsSoFar(state, running);
}

/** Prepays a principal that is not yet due, with its interest and fee, under seq 0. */
export function prepay(state: State, ref: string, principal: bigint, day: number): void {
  const running = runningRow(state);
  if (!running) return;
  const { interest_to: to, partial } = state.terms.product.prepayment;
  const { charged, fromAccrued } = interestCharge(state, principal);
  const fee = prepaymentFee(state, principal);
  const left = principalNotDue(state) - principal;
  const flatBase = subtract(state.flatBase, shareOfBase(state, principal));
  addLine(state, ref, 0, 'fee', fee);
  if (left === 0n) takeLaterCharges(state, ref);
  addLine(state, ref, 0, 'interest', charged);
  addLine(state, ref, 0, 'principal', principal);
  // Charged to the due date: what is not yet accrued is posted today. Reversed: negative.
  postInterest(state, charged - fromAccrued);
  if (to !== 'none' && partial.interest_on === 'whole_balance') {
    state.paidPerUnit = unitPaid(state, running, day);
    state.borneFrom = to === 'next_due' ? running.due : day;
    state.carried = 0n;
  }
  state.accrued -= fromAccrued;
  layAgain(state, { day, balance: left, flatBase, keep: partial.keep });
}

/**
 * The principal that a sum prepays: all of it where that fits, else the largest amount whose cost
 * fits. The cost grows with the amount up to the last unit, so halving finds it.
 */
export function prepayable(state: State, money: bigint): bigint {
  const all = principalNotDue(state);
  if (all === 0n || prepaymentCost(state, all) <= money) return all;
  let fits = 0n;
  let tooMuch = all;
  while (tooMuch - fits > 1n) {
    const middle = (fits + tooMuch) / 2n;
    if (prepaymentCost(state, middle) <= money) fits = middle;
    else tooMuch = middle;
  }
  return fits;
}
