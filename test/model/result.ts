import { isSettled } from './events.js';
import type { History } from './history.js';
import { firstDay } from './opening.js';
import { COMPONENTS, type Component } from './product.js';
import { open, openInAll, type Row, sumOf } from './row.js';
import type { Cost } from './schedule/cost.js';
import { dateText } from './schedule/days.js';
import { dueRows, runningRow, type State } from './state.js';

export interface ScheduleRow {
  seq: number;
  due_on: string;
  days: number;
  principal: string;
  interest: string;
  fee: string;
  total: string;
  balance_after: string;
}

export interface Part {
  due: string;
  paid: string;
  waived: string;
}

export type Installment = { seq: number; due_on: string; status: string } & Record<Component, Part>;

export interface Position {
  business_date: string;
  status: string;
  principal: string;
  principal_overdue: string;
  interest_accrued: string;
  interest_due: string;
  penalty_due: string;
  compound_due: string;
  fee_due: string;
  suspense: string;
  refund_due: string;
  days_past_due: number;
  classification: string;
  accruing: boolean;
}

export interface ModelResult {
  schedule: ScheduleRow[];
  installments: Installment[];
  position: Position;
  daily: { business_date: string; interest: string; penalty: string; compound: string }[];
  allocations: { ref: string; seq: number; component: Component | 'refund'; amount: string }[];
  rejected: { ref: string; rule: string }[];
  /** The net debit of the account of receipts in transit. */
  cash: string;
  /** What each business date moved on it, where it moved. */
  cash_daily: { business_date: string; amount: string }[];
  cost: Cost;
}

const CLASSES = ['normal', 'special_mention', 'substandard', 'doubtful', 'loss'];

/** An amount in minor units as a decimal string. */
export function amountText(units: bigint, digits: number): string {
  const sign = units < 0n ? '-' : '';
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  if (digits === 0) return `${sign}${text}`;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function scheduleRow(row: Row, text: (units: bigint) => string): ScheduleRow {
  const { principal, interest, fee } = row.asked;
  return {
    seq: row.seq,
    due_on: dateText(row.due),
    days: row.due - row.start,
    principal: text(principal),
    interest: text(interest),
    fee: text(fee),
    total: text(principal + interest + fee),
    balance_after: text(row.balanceAfter),
  };
}

function isOverdue(row: Row, day: number): boolean {
  return row.isDue && day > row.lastFree && openInAll(row) > 0n;
}

function installmentStatus(row: Row, day: number, isSold: boolean): string {
  if (openInAll(row) === 0n) return 'paid';
  if (isSold) return 'transferred';
  if (!row.isDue) return 'pending';
  return isOverdue(row, day) ? 'overdue' : 'due';
}

function installment(
  row: Row,
  day: number,
  isSold: boolean,
  text: (units: bigint) => string,
): Installment {
  const part = (component: Component): Part => ({
    due: text(row.asked[component]),
    paid: text(row.paid[component]),
    waived: text(row.waived[component]),
  });
  const status = installmentStatus(row, day, isSold);
  const head = { seq: row.seq, due_on: dateText(row.due), status };
  const parts = COMPONENTS.map((component) => [component, part(component)]);
  return { ...head, ...(Object.fromEntries(parts) as Record<Component, Part>) };
}

function loanStatus(state: State, day: number): string {
  if (state.status !== 'live') return state.status;
  if (isSettled(state)) return 'settled';
  return state.rows.some((row) => isOverdue(row, day)) ? 'overdue' : 'normal';
}

function classOf(state: State): string {
  if (state.status === 'written_off') return 'loss';
  const passed = state.terms.classLimits.filter((limit) => state.daysPastDue > limit).length;
  return CLASSES[Math.min(passed, CLASSES.length - 1)]!;
}

function interestAccrued(state: State): bigint {
  const running = runningRow(state);
  const ahead = running ? running.paid.interest + running.waived.interest : 0n;
  return state.accrued > ahead ? state.accrued - ahead : 0n;
}

function position(state: State, day: number, text: (units: bigint) => string): Position {
  const live = state.status === 'live' ? state.rows : [];
  const due = state.status === 'live' ? dueRows(state) : [];
  const openIn = (rows: readonly Row[], component: Component): string =>
    text(sumOf(rows, (row) => open(row, component)));
  return {
    business_date: dateText(day),
    status: loanStatus(state, day),
    principal: openIn(live, 'principal'),
    principal_overdue: openIn(
      due.filter((row) => day > row.lastFree),
      'principal',
    ),
    interest_accrued: text(interestAccrued(state)),
    interest_due: openIn(due, 'interest'),
    penalty_due: openIn(due, 'penalty'),
    compound_due: openIn(due, 'compound'),
    fee_due: openIn(due, 'fee'),
    suspense: text(state.suspense),
    refund_due: text(state.refundDue),
    days_past_due: state.daysPastDue,
    classification: classOf(state),
    accruing: state.status === 'written_off' ? false : state.accruing,
  };
}

function cashDaily(
  { daily }: History,
  first: number,
  text: (units: bigint) => string,
): ModelResult['cash_daily'] {
  return daily.flatMap(({ cash }, index) =>
    cash === 0n ? [] : [{ business_date: dateText(first + index), amount: text(cash) }],
  );
}

export function resultOf(history: History, through: number, cost: Cost): ModelResult {
  const { state } = history.last;
  const { digits } = state.terms;
  const first = firstDay(state.terms);
  const text = (units: bigint): string => amountText(units, digits);
  const lines = state.status === 'cancelled' ? [] : state.lines;
  return {
    schedule: state.rows.map((row) => scheduleRow(row, text)),
    installments: state.rows.map((row) =>
      installment(row, through, state.status === 'transferred', text),
    ),
    position: position(state, through, text),
    daily: history.daily.map(({ interest, penalty, compound }, index) => ({
      business_date: dateText(first + index),
      interest: text(interest),
      penalty: text(penalty),
      compound: text(compound),
    })),
    allocations: lines.map((line) => ({ ...line, amount: text(line.amount) })),
    rejected: history.rejected.map(({ ref, rule }) => ({ ref, rule })),
    cash: text(state.cash),
    cash_daily: cashDaily(history, first, text),
    cost,
  };
}
