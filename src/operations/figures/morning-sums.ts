import { Total } from '../../accounting/money/total.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { FPD_DAYS } from './first-payment.js';
import {
  type InstalmentOfDay,
  isOnBook,
  type LoanStanding,
  overdueBucketOf,
} from './loan-at-close.js';
import type { FirstPayment, MorningFigures } from './morning-figures.js';
import { MoveSums } from './moves.js';
import type { Ratio } from './ratio.js';

const BUCKETS = 8;
const BAD: readonly string[] = ['substandard', 'doubtful', 'loss'];

export function isBad({ classification }: Pick<LoanStanding, 'classification'>): boolean {
  return BAD.includes(classification);
}

/** On the book, and something is owed. */
export function isOwing({ status, principal }: Pick<LoanStanding, 'status' | 'principal'>) {
  return isOnBook(status) && principal > 0;
}

/** Counts and amounts that go together. */
class Counted {
  loans = 0;
  readonly amount = new Total();

  add(amount: Fen): void {
    this.loans += 1;
    this.amount.add(amount);
  }
}

/**
 * The figures of one day as its loans come by, one after the other: nothing of a loan is kept. What
 * belongs to a loan in the rates alone (`isInRates`) is added for such a loan alone.
 */
export class MorningSums {
  readonly #day: EpochDay;
  readonly #buckets = Array.from({ length: BUCKETS }, () => new Counted());
  readonly #moves = new MoveSums();
  readonly #npl = new Total();
  readonly #overdue = new Total();
  readonly #disbursed = new Counted();
  #repaid = 0n;
  #due = 0n;
  readonly #entry = { due: 0n, open: 0n, instalments: 0, late: 0 };
  readonly #recovery = { before: 0n, collected: 0n };
  readonly #first = FPD_DAYS.map(() => ({ all: new Counted(), bad: new Counted() }));

  constructor(day: EpochDay) {
    this.#day = day;
  }

  /** Every loan. */
  addLoan(loan: LoanStanding): void {
    this.#moves.add(loan);
    if (!isOwing(loan)) return;
    const { principal, daysPastDue } = loan;
    this.#buckets[overdueBucketOf(daysPastDue)]!.add(principal);
    if (isBad(loan)) this.#npl.add(principal);
    if (daysPastDue > 0) this.#overdue.add(principal);
  }

  /** A loan disbursed on the day that was not cancelled. */
  addDisbursed(amount: Fen): void {
    this.#disbursed.add(amount);
  }

  /** Money of the day for a loan that is not cancelled, recoveries included. */
  addRepaid(amount: bigint): void {
    this.#repaid += amount;
  }

  /** An instalment of a loan in the rates. */
  addInstalment(instalment: InstalmentOfDay): void {
    const { dueOn, freeUntil, due, open, openBefore } = instalment;
    if (dueOn === this.#day) this.#due += due;
    if (freeUntil === this.#day) {
      // Of what could be paid without penalty up to today, what is open now.
      this.#entry.due += due;
      this.#entry.open += open;
      this.#entry.instalments += 1;
      if (open > 0n) this.#entry.late += 1;
    } else if (freeUntil < this.#day) {
      this.#recovery.before += openBefore;
      this.#recovery.collected += collectedOf(instalment);
    }
  }

  /** The first instalment of a loan in the rates whose place in `FPD_DAYS` counts today. */
  addFirst(place: number, disbursed: Fen, isOpen: boolean): void {
    this.#first[place]!.all.add(disbursed);
    if (isOpen) this.#first[place]!.bad.add(disbursed);
  }

  figures(allowance: Fen | bigint): MorningFigures {
    const outstanding = this.#buckets.reduce((sum, { amount }) => sum + amount.value, 0n);
    const npl = this.#npl.value;
    const { due, open, instalments, late } = this.#entry;
    const { before, collected } = this.#recovery;
    return {
      loans: this.#buckets.reduce((sum, { loans }) => sum + loans, 0),
      outstanding,
      disbursed: { loans: this.#disbursed.loans, amount: this.#disbursed.amount.value },
      repaid: this.#repaid,
      due: this.#due,
      entry: {
        due,
        open,
        instalments,
        rate: { num: open, den: due },
        countRate: { num: BigInt(late), den: BigInt(instalments) },
      },
      recovery: {
        overdueBefore: before,
        collected,
        rate: { num: collected, den: before },
      },
      fpd: FPD_DAYS.map((days, place) => firstPayment(days, this.#first[place]!)),
      overdueRate: { num: this.#overdue.value, den: outstanding },
      npl,
      nplRate: { num: npl, den: outstanding },
      coverage: { num: BigInt(allowance), den: npl },
      provisionRatio: { num: BigInt(allowance), den: outstanding },
      buckets: this.#buckets.map(({ loans, amount }) => ({ loans, principal: amount.value })),
      moves: this.#moves.moves,
    };
  }
}

/** Of what was overdue last night, what was paid today; money beyond it is none of it. */
export function collectedOf({ openBefore, paid }: InstalmentOfDay): bigint {
  if (paid <= 0n) return 0n;
  return paid < openBefore ? paid : openBefore;
}

function firstPayment(days: number, { all, bad }: { all: Counted; bad: Counted }): FirstPayment {
  const ratio = (num: bigint, den: bigint): Ratio => ({ num, den });
  return {
    days,
    loans: all.loans,
    bad: bad.loans,
    rate: ratio(BigInt(bad.loans), BigInt(all.loans)),
    amountRate: ratio(bad.amount.value, all.amount.value),
  };
}
