import type { EpochDay, Fen } from '../../accounting/money/units.js';
import {
  type DueInstalment,
  isInRates,
  isOnBook,
  type LoanAtClose,
  openAt,
  overdueBucketOf,
  paidThrough,
  sumOf,
} from './loan-at-close.js';
import { type Moves, movesOf } from './moves.js';
import type { Ratio } from './ratio.js';

/** Days after the due date at which a first instalment is looked at. */
export const FPD_DAYS = [1, 7, 30] as const;
const FPD_WINDOW_DAYS = 30;
const BUCKETS = 8;

export interface FirstPayment {
  readonly days: number;
  readonly loans: number;
  readonly bad: number;
  readonly rate: Ratio;
  readonly amountRate: Ratio;
}

/** The figures of the morning page (OPERATIONS section 6), exact; amounts in minor units. */
export interface MorningFigures {
  readonly loans: number;
  readonly outstanding: bigint;
  readonly disbursed: { readonly loans: number; readonly amount: bigint };
  readonly repaid: bigint;
  readonly due: bigint;
  readonly entry: {
    readonly due: bigint;
    readonly open: bigint;
    readonly instalments: number;
    readonly rate: Ratio;
    readonly countRate: Ratio;
  };
  readonly recovery: {
    readonly overdueBefore: bigint;
    readonly collected: bigint;
    readonly rate: Ratio;
  };
  readonly fpd: readonly FirstPayment[];
  readonly overdueRate: Ratio;
  readonly npl: bigint;
  readonly nplRate: Ratio;
  readonly coverage: Ratio;
  readonly provisionRatio: Ratio;
  readonly buckets: readonly { readonly loans: number; readonly principal: bigint }[];
  readonly moves: Moves;
}

export function morningFigures(
  day: EpochDay,
  loans: readonly LoanAtClose[],
  allowance: Fen | bigint,
): MorningFigures {
  const owing = loans.filter(({ status, principal }) => isOnBook(status) && principal > 0);
  const outstanding = principalOf(owing);
  const npl = principalOf(owing.filter(isBad));
  const overdue = principalOf(owing.filter(({ daysPastDue }) => daysPastDue > 0));
  const valid = loans.filter(({ status }) => status !== 'cancelled');
  const disbursed = valid.filter(({ disbursedOn }) => disbursedOn === day);
  const rated = loans.filter(isInRates);
  const due = instalmentsOf(rated).filter(({ dueOn }) => dueOn === day);
  return {
    loans: owing.length,
    outstanding,
    disbursed: { loans: disbursed.length, amount: sumOf(disbursed.map((loan) => loan.disbursed)) },
    repaid: sumOf(instalmentsOf(valid).map((each) => paidOn(each, day))),
    due: sumOf(due.map((each) => each.due)),
    entry: entryOf(day, instalmentsOf(rated)),
    recovery: recoveryOf(day, instalmentsOf(rated)),
    fpd: FPD_DAYS.map((days) => firstPayment(day, days, rated)),
    overdueRate: { num: overdue, den: outstanding },
    npl,
    nplRate: { num: npl, den: outstanding },
    coverage: { num: BigInt(allowance), den: npl },
    provisionRatio: { num: BigInt(allowance), den: outstanding },
    buckets: Array.from({ length: BUCKETS }, (_, bucket) => {
      const own = owing.filter(({ daysPastDue }) => overdueBucketOf(daysPastDue) === bucket);
      return { loans: own.length, principal: principalOf(own) };
    }),
    moves: movesOf(loans),
  };
}

const BAD = ['substandard', 'doubtful', 'loss'];

function isBad({ classification }: LoanAtClose): boolean {
  return BAD.includes(classification);
}

function principalOf(loans: readonly LoanAtClose[]): bigint {
  return sumOf(loans.map(({ principal }) => principal));
}

function instalmentsOf(loans: readonly LoanAtClose[]): DueInstalment[] {
  return loans.flatMap(({ instalments }) => instalments);
}

function paidOn(instalment: DueInstalment, day: EpochDay): bigint {
  return paidThrough(instalment, day) - paidThrough(instalment, day - 1);
}

/** Of what could be paid without penalty up to today, what is open now. */
function entryOf(day: EpochDay, instalments: readonly DueInstalment[]): MorningFigures['entry'] {
  const last = instalments.filter(({ freeUntil }) => freeUntil === day);
  const due = sumOf(last.map((each) => each.due));
  const open = last.map((each) => openAt(each, day));
  const late = open.filter((amount) => amount > 0n).length;
  return {
    due,
    open: sumOf(open),
    instalments: last.length,
    rate: { num: sumOf(open), den: due },
    countRate: { num: BigInt(late), den: BigInt(last.length) },
  };
}

/** Of what was overdue last night, what was collected today; money beyond it is none of it. */
function recoveryOf(
  day: EpochDay,
  instalments: readonly DueInstalment[],
): MorningFigures['recovery'] {
  const past = instalments.filter(({ freeUntil }) => freeUntil < day);
  const overdueBefore = sumOf(past.map((each) => openAt(each, day - 1)));
  const collected = overdueBefore - sumOf(past.map((each) => openAt(each, day)));
  return { overdueBefore, collected, rate: { num: collected, den: overdueBefore } };
}

/** First instalments that were decided in the 30 days up to today, and those open at that close. */
function firstPayment(day: EpochDay, days: number, loans: readonly LoanAtClose[]): FirstPayment {
  const decided = loans.flatMap(({ disbursed, instalments }) => {
    const first = instalments.find(({ seq }) => seq === 1);
    if (first === undefined) return [];
    const on = Math.max(first.dueOn + days, first.freeUntil);
    if (on > day || on <= day - FPD_WINDOW_DAYS) return [];
    return [{ disbursed, isBad: openAt(first, on) > 0n }];
  });
  const bad = decided.filter((each) => each.isBad);
  const amount = (of: typeof decided) => sumOf(of.map(({ disbursed }) => disbursed));
  return {
    days,
    loans: decided.length,
    bad: bad.length,
    rate: { num: BigInt(bad.length), den: BigInt(decided.length) },
    amountRate: { num: amount(bad), den: amount(decided) },
  };
}
