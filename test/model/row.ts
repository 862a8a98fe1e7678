import { COMPONENTS, type Component } from './product.js';
import type { Span } from './schedule/factors.js';
import { type Fraction, ZERO } from './schedule/fraction.js';

export type Amounts = Record<Component, bigint>;

export function noAmounts(): Amounts {
  return { fee: 0n, penalty: 0n, compound: 0n, interest: 0n, principal: 0n };
}

/** One instalment, from when it is laid until it is paid. */
export interface Row {
  seq: number;
  kind: 'down_payment' | 'period' | 'fee';
  start: number;
  due: number;
  /** The periods that it spans: one, but for a bullet. */
  spans: Span[];
  factor: Fraction;
  /** What it asks; penalty and compound grow night by night once it is missed. */
  asked: Amounts;
  paid: Amounts;
  waived: Amounts;
  balanceAfter: bigint;
  isDue: boolean;
  /** The last penalty-free date, fixed when the row becomes due. */
  lastFree: number;
  missed: boolean;
  /** Nothing was open of it at a close: if it comes open again, exact sums begin anew. */
  isClosed: boolean;
  /** Nights before it bear nothing: an instalment that was paid before the book, and bounced. */
  countsFrom: number;
  penaltyExact: Fraction;
  penaltyPosted: bigint;
  compoundExact: Fraction;
  compoundPosted: bigint;
}

export function newRow(
  seq: number,
  kind: Row['kind'],
  spans: Span[],
  amounts: Partial<Amounts>,
): Row {
  return {
    seq,
    kind,
    start: spans[0]!.start,
    due: spans.at(-1)!.due,
    spans,
    factor: ZERO,
    asked: { ...noAmounts(), ...amounts },
    paid: noAmounts(),
    waived: noAmounts(),
    balanceAfter: 0n,
    isDue: false,
    lastFree: 0,
    missed: false,
    isClosed: false,
    countsFrom: 0,
    penaltyExact: ZERO,
    penaltyPosted: 0n,
    compoundExact: ZERO,
    compoundPosted: 0n,
  };
}

export function open(row: Row, component: Component): bigint {
  return row.asked[component] - row.paid[component] - row.waived[component];
}

export function openInAll(row: Row): bigint {
  return COMPONENTS.reduce((total, component) => total + open(row, component), 0n);
}

export function sumOf(rows: readonly Row[], amount: (row: Row) => bigint): bigint {
  return rows.reduce((total, row) => total + amount(row), 0n);
}
