import { nightRate } from './accrual.js';
import { lastPenaltyFree } from './penalty.js';
import { COMPONENTS } from './product.js';
import { newRow, type Row, sumOf } from './row.js';
import { dayOf } from './schedule/days.js';
import { rowFactor } from './schedule/factors.js';
import { add, multiply, ratio, whole, ZERO } from './schedule/fraction.js';
import { layAgain } from './schedule/relay.js';
import { runBalance } from './schedule/schedule.js';
import { birth, comingRows, principalNotDue, receive, runningRow, type State } from './state.js';
import { minorUnits, type OpeningDocument, type Terms } from './terms.js';

/** The first day that is closed: the disbursement day, or the one behind the cut-over day. */
export function firstDay(terms: Terms): number {
  return terms.opening && !terms.opening.history
    ? dayOf(terms.opening.cut_over_on) + 1
    : terms.disbursedOn;
}

/** The loan before its first close: about to be disbursed, or as its position says. */
export function startOf(terms: Terms): State {
  const state = birth(terms);
  const { opening } = terms;
  if (opening && !opening.history) takeOver(state, opening);
  return state;
}

/** CONVENTIONS, Opening, sentence by sentence. */
function takeOver(state: State, opening: OpeningDocument): void {
  const { terms } = state;
  const units = (text: string | undefined) => minorUnits(text ?? '0', terms.digits);
  const cutOver = dayOf(opening.cut_over_on);
  const firstComing = opening.schedule?.[0];
  const dues = firstComing
    ? state.rows.filter((row) => row.seq < firstComing.seq)
    : state.rows.filter((row) => row.due <= cutOver);
  const scheduled = sumOf(
    state.rows.filter((row) => row.due > cutOver),
    (row) => row.asked.principal,
  );
  for (const row of dues) becameDue(state, row, opening, cutOver);
  const balance = units(opening.principal_not_due);
  if (scheduled > 0n) state.flatBase = multiply(state.flatBase, ratio(balance, scheduled));
  state.paidBefore = dues.filter((row) => !opening.installments?.some((i) => i.seq === row.seq));
  state.today = cutOver;
  if (opening.written_off) {
    state.rows = dues;
    state.claim = newRow(0, 'period', [{ start: cutOver, due: cutOver, first: false }], {
      principal: balance,
      interest: units(opening.interest_accrued),
    });
    state.status = 'written_off';
  } else layComing(state, opening, dues, balance, units);
  for (const row of comingRows(state)) {
    if (!opening.schedule) continue;
    row.asked.fee = units(opening.schedule.find(({ seq }) => seq === row.seq)?.fee);
  }
  state.suspense = units(opening.suspense);
  state.accruing = opening.accruing ?? true;
  // What had come by then: for the loan, and what is held.
  receive(state, state.suspense + sumOf(dues, (row) => row.paid.principal + row.paid.interest));
  const open = sumOf(dues, (row) => row.asked.principal - row.paid.principal);
  const met = terms.principal - balance - open;
  receive(state, met - sumOf(dues, (row) => row.paid.principal));
  state.cash = 0n;
  if (opening.written_off) return;
  const running = runningRow(state);
  for (let night = running?.start ?? cutOver + 1; night <= cutOver; night += 1) {
    state.nights = add(state.nights, nightRate(state, night));
  }
  state.accrued = units(opening.interest_accrued);
  state.broughtAlong = {
    interest: state.accrued + sumOf(dues, (row) => row.asked.interest),
    penalty: sumOf(dues, (row) => row.asked.penalty),
    compound: sumOf(dues, (row) => row.asked.compound),
  };
}

/** A row that became due: what the position has as open of it is open, the rest was paid. */
function becameDue(state: State, row: Row, opening: OpeningDocument, cutOver: number): void {
  const { terms } = state;
  const item = opening.installments?.find(({ seq }) => seq === row.seq);
  row.isDue = true;
  if (item) row.due = dayOf(item.due_on);
  row.lastFree = item?.free_until ? dayOf(item.free_until) : lastPenaltyFree(terms, row.due);
  row.missed = cutOver >= row.lastFree;
  for (const component of COMPONENTS) {
    const open = minorUnits(item?.[component] ?? '0', terms.digits);
    const { asked } = row;
    // A fee of the contract that is not open was paid with its row; nothing else is known of it.
    if (component === 'fee' || asked[component] < open) asked[component] = open;
    row.paid[component] = asked[component] - open;
  }
  row.isClosed = item === undefined;
  state.principalPaid.push({ day: 0, seq: row.seq, amount: row.paid.principal });
  row.penaltyPosted = row.asked.penalty;
  row.penaltyExact = whole(row.asked.penalty);
  row.compoundPosted = row.asked.compound;
  row.compoundExact = whole(row.asked.compound);
}

function layComing(
  state: State,
  opening: OpeningDocument,
  dues: readonly Row[],
  balance: bigint,
  units: (text: string | undefined) => bigint,
): void {
  const { terms } = state;
  const start = dues.at(-1)?.due ?? terms.disbursedOn;
  if (opening.schedule) {
    let from = start;
    const agreed = state.rows.find((row) => row.kind === 'period');
    const rows = opening.schedule.map((written) => {
      const due = dayOf(written.due_on);
      const isFirst = written.seq === agreed?.seq;
      // The one row of a bullet spans all of its periods.
      const isWhole = isFirst && due === agreed.due;
      const spans = isWhole ? agreed.spans : [{ start: from, due, first: isFirst }];
      const row = newRow(written.seq, 'period', spans, {
        principal: units(written.principal),
        interest: units(written.interest),
      });
      row.factor = rowFactor(terms.product, spans, state.rates);
      from = due;
      return row;
    });
    state.rows = [...dues, ...rows];
  } else if (balance === 0n) state.rows = [...dues];
  else {
    const running = runningRow(state);
    if (running && dues.length > 0) {
      running.start = start;
      if (running.spans.length === 1) running.spans = [{ ...running.spans[0]!, start }];
    }
    if (balance !== principalNotDue(state)) {
      layAgain(state, { day: start, balance, flatBase: state.flatBase, keep: 'term' });
      state.line = { night: 0, share: ZERO, amount: 0n };
    }
  }
  const last = dues.at(-1);
  if (last) last.balanceAfter = balance;
  runBalance(comingRows(state), balance);
}
