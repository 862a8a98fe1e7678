import { nightRate } from './accrual.js';
import { open, openInAll, type Row } from './row.js';
import { nightDays, perNight } from './schedule/factors.js';
import {
  add,
  type Fraction,
  fromDecimal,
  multiply,
  round,
  whole,
  ZERO,
} from './schedule/fraction.js';
import { dueRows, type State } from './state.js';
import type { Terms } from './terms.js';

/** The last penalty-free date of an instalment due on `due`. */
export function lastPenaltyFree(terms: Terms, due: number): number {
  const { grace_days: grace, postpone } = terms.product.penalty;
  const working = terms.nextWorkingDay;
  switch (postpone) {
    case 'grace_then_holiday':
      return working(due + grace);
    case 'holiday_then_grace':
      return working(due) + grace;
    case 'max':
      return Math.max(working(due), due + grace);
    case 'min':
      return Math.min(working(due), due + grace);
    case 'any':
      return Math.max(working(due + grace), working(due) + grace);
  }
}

function penaltyRate(state: State, day: number): Fraction {
  const { product } = state.terms;
  const { multiple, annual } = product.penalty.rate;
  if (annual !== undefined) {
    return perNight(fromDecimal(String(annual)), nightDays(product, day));
  }
  return multiply(nightRate(state, day), fromDecimal(String(multiple ?? '1')));
}

/** The nights that this close adds: all of them at the close that misses the last free date. */
function penaltyNights(state: State, row: Row, day: number): Fraction {
  if (row.missed) return penaltyRate(state, day);
  row.missed = true;
  const retroactive = state.terms.product.penalty.grace_missed === 'retroactive';
  let rates = ZERO;
  const from = retroactive ? Math.max(row.due, row.countsFrom) : row.lastFree;
  for (let night = from; night <= day; night += 1) {
    rates = add(rates, penaltyRate(state, night));
  }
  return rates;
}

/** Penalty and compound interest of the night from `day`, on what the day's events left unpaid. */
export function penaltyNight(state: State, day: number): void {
  const { product } = state.terms;
  const mode = product.interest.rounding;
  for (const row of dueRows(state)) {
    if (day < row.lastFree || openInAll(row) === 0n) continue;
    const rates = penaltyNights(state, row, day);
    const interest = open(row, 'interest');
    const withInterest = product.penalty.base === 'principal_and_interest';
    const base = open(row, 'principal') + (withInterest ? interest : 0n);
    row.penaltyExact = add(row.penaltyExact, multiply(rates, whole(base)));
    const penalty = round(row.penaltyExact, mode) - row.penaltyPosted;
    row.penaltyPosted += penalty;
    row.asked.penalty += penalty;
    state.posted.penalty += penalty;
    if (!product.penalty.compound_interest) continue;
    row.compoundExact = add(row.compoundExact, multiply(rates, whole(interest)));
    const compound = round(row.compoundExact, mode) - row.compoundPosted;
    row.compoundPosted += compound;
    row.asked.compound += compound;
    state.posted.compound += compound;
  }
}
