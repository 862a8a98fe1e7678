import { START } from '../../jobs/eod/joint/joint-book.js';
import type { SnapshotRow } from '../../jobs/funding/check/falsified-rows.js';

/**
 * Joint loans as a partner has them, worked out from the page by hand: a loan pays its first
 * instalment on the day, late, back-dated, or not at all, and some payments bounce.
 */
/** Working days: who pays on the next one after a day of rest is not late. */
const FIRST_DUE = [10, 11, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 28, 29];
const SECOND_DUE = 60;
const WAYS = 10;

/** Parts of P1 by plan: 70 of 100 as the tail, a third that is rounded. */
export const PLANS = [
  {
    ...{ code: 'JL-THIRD', version: 1, effective_from: START, tail: 'OWN' },
    parties: [
      { party: 'OWN', part: 2, own: true },
      { party: 'P1', part: 1 },
    ],
  },
  {
    ...{ code: 'JL-3070', version: 1, effective_from: START },
    service_fee: [{ from: 'P1', of: ['interest'], rate: '0.25', vat: '0' }],
    parties: [
      { party: 'OWN', part: 30, own: true },
      { party: 'P1', part: 70 },
    ],
  },
] as const;

/** Principal and interest of an instalment. */
type Due = readonly [number, number];

export interface PlantedLoan {
  readonly loanNo: string;
  readonly plan: 0 | 1;
  readonly principal: number;
  readonly dueAfter: number;
  readonly dueAmounts: readonly [Due, Due];
  /** Days after the first one: the payment is booked, has its value, is reversed. */
  readonly paidAfter: number;
  readonly valueAfter: number;
  readonly reversedAfter: number;
}

const NEVER = 999;

export function plantedLoan(at: number): PlantedLoan {
  const principal = 20_000 + (at % 977) * 100;
  const dueAfter = FIRST_DUE[Math.floor(at / WAYS) % FIRST_DUE.length]!;
  const first = Math.floor(principal / 2);
  const way = at % WAYS;
  // Six of ten pay on the day, one is told of four days later, one bounces, one never pays, and one
  // is two days late.
  const delay = way === 6 ? 4 : way === 9 ? 2 : 0;
  const paidAfter = way === 8 ? NEVER : dueAfter + delay;
  return {
    ...{ loanNo: `L${at}`, plan: at % 3 === 0 ? 0 : 1, principal, dueAfter, paidAfter },
    dueAmounts: [
      [first, half(principal * 18 * dueAfter, 36_000)],
      [principal - first, half((principal - first) * 18 * (SECOND_DUE - dueAfter), 36_000)],
    ],
    valueAfter: way === 6 ? dueAfter : paidAfter,
    reversedAfter: way === 7 ? paidAfter + 3 : NEVER,
  };
}

/** What P1 has of a total. */
export function shareOf(plan: 0 | 1, total: number): number {
  return plan === 0 ? half(total, 3) : total - half(total * 30, 100);
}

/** What P1 has of a loan at the close of a day, as it would send it. */
export function rowOf(loan: PlantedLoan, after: number): SnapshotRow {
  const before = principalOf(loan, after - 1);
  const principal = principalOf(loan, after);
  const late = after - loan.dueAfter;
  const isOverdue = late > 0 && !isPaid(loan, after);
  return {
    ...{ loanNo: loan.loanNo, principal, before, flow: principal - before },
    status: isOverdue ? 'overdue' : 'normal',
    class: isOverdue ? 'special_mention' : 'normal',
    interest: interestOf(loan, after, isPaid(loan, after)),
  };
}

/** The same by somebody whose day ended before the money came. */
export function rowBeforeMoney(loan: PlantedLoan, after: number): SnapshotRow {
  const principal = principalOf(loan, after - 1);
  const interest = interestOf(loan, after, isPaid(loan, after - 1));
  return { ...rowOf(loan, after), principal, interest, before: principal, flow: 0 };
}

/** What the lender owes P1 of the payment: its share less the service fee. */
export function owedOf({ plan, dueAmounts: [[principal, interest]] }: PlantedLoan): number {
  const received = shareOf(plan, interest);
  const fee = plan === 1 ? half(received * 25, 100) : 0;
  return shareOf(plan, principal) + received - fee;
}

export function isPaid({ paidAfter, reversedAfter }: PlantedLoan, after: number): boolean {
  return paidAfter <= after && after < reversedAfter;
}

function principalOf(loan: PlantedLoan, after: number): number {
  if (after < 0) return 0;
  const { plan, principal, dueAmounts } = loan;
  return shareOf(plan, principal) - (isPaid(loan, after) ? shareOf(plan, dueAmounts[0][0]) : 0);
}

/** A night of 0.18 / 360 on what is not due yet, rounded once a period. */
function interestOf(loan: PlantedLoan, after: number, hasPaid: boolean): number {
  const { plan, principal, dueAfter, dueAmounts } = loan;
  const [[, due], [second]] = dueAmounts;
  const nights = after + 1;
  const accrued =
    nights <= dueAfter
      ? half(principal * 18 * nights, 36_000)
      : due + half(second * 18 * (nights - dueAfter), 36_000);
  return shareOf(plan, accrued) - (hasPaid ? shareOf(plan, due) : 0);
}

function half(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator));
}
