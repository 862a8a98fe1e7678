import { oldestFirst } from './allocate.js';
import type { Component } from './product.js';
import { newRow, open, type Row, sumOf } from './row.js';
import { dueRows, runningRow, type State } from './state.js';

/** Reduces what is due, or the named instalment's; or says why it does not. */
export function waive(
  state: State,
  component: Component,
  seq: number | null,
  amount: bigint,
): 'unknown_seq' | 'waiver_above_due' | null {
  const rows =
    seq === null ? oldestFirst(dueRows(state)) : state.rows.filter((row) => row.seq === seq);
  if (seq !== null && rows.length === 0) return 'unknown_seq';
  if (sumOf(rows, (row) => open(row, component)) < amount) return 'waiver_above_due';
  let left = amount;
  for (const row of rows) {
    const asked = open(row, component);
    const part = asked < left ? asked : left;
    row.waived[component] += part;
    if (component === 'principal') {
      state.principalPaid.push({ day: state.today, seq: row.seq, amount: part });
    }
    left -= part;
  }
  return null;
}

/** A row of its own for a fee that is due after the last instalment. */
function feeRow(state: State, day: number): Row {
  const last = oldestFirst(state.rows).at(-1);
  const start = last ? Math.min(last.due, day) : day;
  const seq = Math.max(0, ...state.rows.map((row) => row.seq)) + 1;
  const row = newRow(seq, 'fee', [{ start, due: day, first: false }], {});
  state.rows.push(row);
  return row;
}

function feeTarget(state: State, seq: number | null, dueOn: number | null): Row | null {
  if (seq !== null) return state.rows.find((row) => row.seq === seq) ?? null;
  const rows = oldestFirst(state.rows);
  if (dueOn !== null) {
    // A down payment is paid at the counter: what falls due that day goes with the first period.
    const periods = rows.filter((row) => row.kind !== 'down_payment');
    return periods.find((row) => row.due >= dueOn) ?? feeRow(state, dueOn);
  }
  return runningRow(state) ?? rows.at(-1) ?? null;
}

/** Adds a fee, or a penalty charge, to an instalment; false where there is none to add it to. */
export function charge(
  state: State,
  component: Component,
  target: { seq: number | null; dueOn: number | null },
  amount: bigint,
): boolean {
  const row = feeTarget(state, target.seq, target.dueOn);
  if (!row) return false;
  row.asked[component] += amount;
  row.isClosed = false;
  return true;
}
