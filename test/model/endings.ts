import { postInterest, startPeriod } from './accrual.js';
import { addLine, payDue, payRefund } from './allocate.js';
import { accruedPart, prepaymentFee, shareOfBase } from './prepay.js';
import { newRow, open, openInAll, type Row, sumOf } from './row.js';
import { subtract } from './schedule/fraction.js';
import { layAgain } from './schedule/relay.js';
import { comingRows, dueRows, principalNotDue, runningRow, type State } from './state.js';

function notDue(state: State): Row[] {
  return state.rows.filter((row) => !row.isDue);
}

function ahead(row: Row | null): bigint {
  return row ? row.paid.interest + row.waived.interest : 0n;
}

/** Interest on the whole balance, by `interest_to`. */
function settlementInterest(state: State): bigint {
  const running = runningRow(state);
  const { interest_to: to } = state.terms.product.prepayment;
  if (!running || to === 'none') return 0n;
  return to === 'next_due' ? running.asked.interest : state.accrued;
}

function owedInterest(state: State): bigint {
  const owed = settlementInterest(state) - ahead(runningRow(state));
  return owed > 0n ? owed : 0n;
}

export function settlementCost(state: State): bigint {
  const later = notDue(state);
  return (
    state.refundDue +
    sumOf(dueRows(state), openInAll) +
    sumOf(later, (row) => open(row, 'principal')) +
    owedInterest(state) +
    prepaymentFee(state, principalNotDue(state)) +
    sumOf(later, (row) => open(row, 'fee') + open(row, 'penalty'))
  );
}

/** Interest paid ahead for days that will not come, or that was waived before. */
function unearned(state: State): bigint {
  const running = runningRow(state);
  const rest = settlementInterest(state) - (running ? running.waived.interest : 0n);
  const earned = rest > 0n ? rest : 0n;
  const paid = sumOf(notDue(state), (row) => row.paid.interest);
  const kept = running ? running.paid.interest : 0n;
  return paid - (kept < earned ? kept : earned);
}

/** Pays the refund and all that is due, then all that is not yet due under seq 0; the money covers it. */
export function settle(state: State, ref: string, money: bigint, day: number): void {
  let left = payDue(state, ref, payRefund(state, ref, money), day);
  const later = notDue(state);
  const interest = owedInterest(state);
  const amounts = [
    ['fee', prepaymentFee(state, principalNotDue(state)) + sumOf(later, (r) => open(r, 'fee'))],
    ['penalty', sumOf(later, (row) => open(row, 'penalty'))],
    ['interest', interest],
    ['principal', sumOf(later, (row) => open(row, 'principal'))],
  ] as const;
  for (const [component, amount] of amounts) {
    addLine(state, ref, 0, component, amount);
    left -= amount;
  }
  state.suspense += left + unearned(state);
  postInterest(state, settlementInterest(state) - state.accrued);
  startPeriod(state);
  state.rows = dueRows(state);
}

/** Reverses the disbursement and every accrual; what was paid goes to suspense, but for refunds. */
export function cancel(state: State): void {
  state.status = 'cancelled';
  const { interest, penalty, compound } = state.broughtAlong;
  state.posted = { interest: -interest, penalty: -penalty, compound: -compound };
  startPeriod(state);
  state.suspense = state.received + state.refundDue;
  state.rows = [];
  state.lines = [];
}

/** Reduces the principal, and reverses this period's accrual on that part. */
export function refundPart(state: State, amount: bigint, day: number): void {
  const all = principalNotDue(state);
  const part = amount < all ? amount : all;
  if (amount > part) {
    state.suspense += amount - part;
    state.received += amount - part;
  }
  if (part === 0n) return;
  const reversed = accruedPart(state, part);
  const flatBase = subtract(state.flatBase, shareOfBase(state, part));
  postInterest(state, -reversed);
  state.accrued -= reversed;
  layAgain(state, { day, balance: all - part, flatBase, keep: 'term' });
}

/** Everything goes to the buyer; suspense stays the customer's. */
export function transfer(state: State): void {
  state.status = 'transferred';
  state.rows = dueRows(state);
  startPeriod(state);
}

/** Principal not yet due becomes a claim with its interest, under seq 0; due instalments stay. */
export function writeOff(state: State, day: number): void {
  const interest = state.accrued - ahead(runningRow(state));
  const claim = newRow(0, 'period', [{ start: day, due: day, first: false }], {
    principal: sumOf(comingRows(state), (row) => open(row, 'principal')),
    interest: interest > 0n ? interest : 0n,
  });
  state.claim = claim;
  state.status = 'written_off';
  state.rows = dueRows(state);
  startPeriod(state);
}
