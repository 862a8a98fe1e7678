import type { Row } from './row.js';
import { nightDays, perNight, rateOn } from './schedule/factors.js';
import {
  add,
  type Fraction,
  multiply,
  ratio,
  round,
  smaller,
  subtract,
  whole,
  ZERO,
} from './schedule/fraction.js';
import { borneBy, recalculates } from './schedule/recalculate.js';
import { interestBase, principalNotDue, runningRow, type State } from './state.js';

export function annualNow(state: State, day: number): Fraction {
  return rateOn(state.rates, day);
}

/** What one unit of balance bears in the night from `day`. */
export function nightRate(state: State, day: number): Fraction {
  return perNight(annualNow(state, day), nightDays(state.terms.product, day));
}

/** The night rates so far in the running period, capped at its factor. */
export function nightsSoFar(state: State, running: Row): Fraction {
  return smaller(state.nights, running.factor);
}

/** Interest that is paid up to the due date is ahead of the nights: none of it is owed again. */
export function atLeastZero(unit: Fraction): Fraction {
  return unit.n < 0n ? ZERO : unit;
}

/** The scheduled interest a unit of balance has borne so far, by nights. */
export function straightLineShare(state: State, running: Row, day: number): Fraction {
  const all = running.due - running.start;
  const { night, share } = state.line;
  if (all === night) return running.factor;
  const passed = day - running.start - night;
  const rest = multiply(subtract(running.factor, share), ratio(passed, all - night));
  return add(share, rest);
}

export function startPeriod(state: State): void {
  state.nights = ZERO;
  state.paidPerUnit = ZERO;
  state.accrued = 0n;
  state.borneFrom = 0;
  state.line = { night: 0, share: ZERO, amount: 0n };
}

export function postInterest(state: State, amount: bigint): void {
  state.posted.interest += amount;
}

/** What the running period has borne at the close of `day`. */
function accruedTarget(state: State, running: Row, day: number): bigint {
  const { rounding, accrual } = state.terms.product.interest;
  const scheduled = running.asked.interest;
  if (recalculates(state)) {
    const borne = borneBy(state, running, principalNotDue(state), day + 1, day + 1);
    return round(borne, rounding) + state.carried;
  }
  if (day + 1 >= running.due) return scheduled;
  if (accrual === 'straight_line') {
    const { night, amount } = state.line;
    const passed = day + 1 - running.start - night;
    const left = running.due - running.start - night;
    const rest = multiply(whole(scheduled - amount), ratio(passed, left));
    return round(add(whole(amount), rest), rounding);
  }
  const unit = atLeastZero(subtract(state.nights, state.paidPerUnit));
  const borne = round(multiply(interestBase(state), unit), rounding);
  return borne < scheduled ? borne : scheduled;
}

/** Posts the interest of the night from `day`: what is borne so far less what is accrued. */
export function accrueNight(state: State, day: number): void {
  const running = runningRow(state);
  if (!running) {
    postInterest(state, -state.accrued);
    startPeriod(state);
    return;
  }
  state.nights = add(state.nights, nightRate(state, day));
  const target = accruedTarget(state, running, day);
  postInterest(state, target - state.accrued);
  state.accrued = target;
}
