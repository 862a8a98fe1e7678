import { type Row, sumOf } from '../row.js';
import { comingRows, dueRows, type State } from '../state.js';
import { dayOf } from './days.js';
import { type Fraction, multiply, ratio, round, whole } from './fraction.js';

/**
 * `interest.recalculation`: interest follows what is actually owed, night by night. Unpaid
 * principal of past instalments bears on, up to the calculation date; money paid ahead lowers the
 * balance from its date; the payment stays and the last unpaid instalment takes the difference.
 */
export function recalculates(state: State): boolean {
  return state.terms.product.interest.recalculation !== null;
}

const LEVEL = new Set([
  'level_payment',
  'level_payment_solved',
  'level_payment_actuarial',
  'balloon',
]);

/** Principal that rows had been paid, or that was waived of them, at the close of a day. */
function paidBy(state: State, day: number, counts: (seq: number) => boolean): bigint {
  return state.principalPaid.reduce(
    (total, paid) => (paid.day <= day && counts(paid.seq) ? total + paid.amount : total),
    0n,
  );
}

function overdueOn(state: State, day: number): bigint {
  const due = dueRows(state);
  const seqs = new Set(due.map((row) => row.seq));
  const asked = sumOf(due, (row) => row.asked.principal);
  return asked - paidBy(state, day, (seq) => seqs.has(seq));
}

/** What a row's nights up to `until` bear; overdue principal bears before `overdueTo` only. */
export function borneBy(
  state: State,
  row: Row,
  scheduled: bigint,
  until: number,
  overdueTo: number,
): Fraction {
  let nights = 0n;
  const from = state.borneFrom > row.start ? state.borneFrom : row.start;
  for (let day = from; day < until; day += 1) {
    const ahead = paidBy(state, day, (seq) => seq >= row.seq);
    const overdue = day < overdueTo ? overdueOn(state, day) : 0n;
    nights += scheduled - ahead + overdue;
  }
  // Prepaid principal that had been paid ahead before leaves nights that owed less than nothing.
  if (nights < 0n) nights = 0n;
  return multiply(multiply(whole(nights), row.factor), ratio(1, row.due - row.start));
}

function met(row: Row, component: 'principal' | 'interest'): bigint {
  return row.paid[component] + row.waived[component];
}

function isClosed(row: Row): boolean {
  return row.asked.principal > 0n && met(row, 'principal') >= row.asked.principal;
}

/** Sets principal and interest of the instalments that are not yet due, as of a day. */
export function recalculate(state: State, day: number): void {
  if (!recalculates(state) || state.status !== 'live') return;
  const rows = comingRows(state);
  const mode = state.terms.product.interest.rounding;
  const level = LEVEL.has(state.terms.product.repayment.method);
  const lastOpen = rows.findLastIndex((row) => !isClosed(row));
  let left = sumOf(rows, (row) => row.asked.principal);
  let carried = state.carried;
  for (const [index, row] of rows.entries()) {
    const overdueTo = index === 0 ? day : row.start;
    const borne = round(borneBy(state, row, left, row.due, overdueTo), mode) + carried;
    if (isClosed(row)) {
      carried = borne - row.asked.interest;
      if (level) row.asked.principal = met(row, 'principal');
    } else {
      const takesRest = !level || index === lastOpen;
      row.asked.interest = takesRest ? atLeastMet(row, borne) : interestBeside(state, row, borne);
      // What the row does not ask, or was met beyond what it bears, goes on to the next one.
      carried = borne - row.asked.interest;
      if (level) row.asked.principal = levelPrincipal(state, rows, index, lastOpen, left);
    }
    left -= row.asked.principal;
    row.balanceAfter = left;
  }
}

function levelPrincipal(
  state: State,
  rows: readonly Row[],
  index: number,
  lastOpen: number,
  left: bigint,
): bigint {
  const row = rows[index]!;
  const most = left - sumOf(rows.slice(index + 1), (later) => met(later, 'principal'));
  if (index === lastOpen) return most;
  if (index < freeRows(state, rows)) return 0n;
  return principalOf(state, row, most);
}

/** The payment less the interest: at least what was met of it, at most what is left for it. */
function principalOf(state: State, row: Row, most: bigint): bigint {
  const asked = larger((state.payment ?? 0n) - row.asked.interest, met(row, 'principal'));
  return asked > most ? most : asked;
}

function atLeastMet(row: Row, borne: bigint): bigint {
  return larger(borne, larger(met(row, 'interest'), 0n));
}

/** Where more principal was met than the payment leaves room for, interest gives way to it. */
function interestBeside(state: State, row: Row, borne: bigint): bigint {
  const room = (state.payment ?? 0n) - atLeastMet(row, borne);
  return met(row, 'principal') > larger(room, 0n) ? met(row, 'interest') : atLeastMet(row, borne);
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function freeRows(state: State, rows: readonly Row[]): number {
  const { principal_free_periods: free } = state.terms.product.repayment;
  const laid = state.rows.filter((row) => row.kind === 'period').length;
  return free - (laid - rows.length);
}

/**
 * What a coming instalment asks of money that is paid today: interest of the nights that have
 * passed, and the rest of the payment as principal.
 */
export function askToday(state: State, row: Row, day: number): void {
  const rows = comingRows(state);
  const index = rows.indexOf(row);
  if (index < 0 || isClosed(row)) return;
  const total = sumOf(rows, (item) => item.asked.principal);
  const isFirst = index === rows.findIndex((item) => !isClosed(item));
  row.asked.interest = larger(isFirst ? passed(state, day) : 0n, met(row, 'interest'));
  if (index < freeRows(state, rows)) return;
  if (!LEVEL.has(state.terms.product.repayment.method)) return;
  const others = rows.filter((item) => item !== row);
  const open = others.filter((item) => !isClosed(item));
  const most = total - sumOf(others, (item) => met(item, 'principal'));
  row.asked.principal = open.length === 0 ? most : principalOf(state, row, most);
  // What the row takes more of leaves the last open one.
  const other = open.at(-1);
  if (other)
    other.asked.principal =
      total - sumOf(rows, (item) => item.asked.principal) + other.asked.principal;
}

/** Before the first night behind a position, what is accrued is the amount given. */
export function isAsGiven({ terms: { opening } }: State, day: number): boolean {
  return !!opening && !opening.history && day === dayOf(opening.cut_over_on) + 1;
}

/** Interest of the nights that have passed and that no closed row has taken. */
function passed(state: State, day: number): bigint {
  const running = comingRows(state)[0]!;
  const scheduled = sumOf(comingRows(state), (row) => row.asked.principal);
  const mode = state.terms.product.interest.rounding;
  const borne = isAsGiven(state, day)
    ? state.accrued
    : round(borneBy(state, running, scheduled, day, day), mode) + state.carried;
  const taken = sumOf(comingRows(state).filter(isClosed), (row) => row.asked.interest);
  return borne > taken ? borne - taken : 0n;
}
