import type { EpochDay, Fen, RatePpb } from '../money/units.js';

/** What a schedule is laid for: one loan's own figures beside its product's terms. */
export interface LoanContract {
  readonly principal: Fen;
  readonly ratePpb: RatePpb;
  readonly periods: number;
  readonly disbursedOn: EpochDay;
  /** Overrides the first due date; null: the product's rule decides. */
  readonly firstDueOn: EpochDay | null;
}

/**
 * A repayment schedule as columns, one entry an instalment in due order; instalment `i` has seq
 * `i + 1`. A product with a down payment starts with that row: seq 1, due at disbursement, without
 * interest, one row more than there are periods. Principal sums to the loan, `balanceAfter` is the
 * principal not yet due after it. The rows end where the balance is zero.
 */
export interface Schedule {
  readonly dueOn: readonly EpochDay[];
  readonly principal: readonly Fen[];
  readonly interest: readonly Fen[];
  readonly balanceAfter: readonly Fen[];
  /** Agreed fees that an imported schedule brings, an entry a row; absent: none. */
  readonly fee?: readonly Fen[];
}

/** What an instalment with principal asks: what `keep: payment` keeps when it is laid again. */
export interface PaymentInForce {
  /** The equal payment; null for the methods without one. */
  readonly payment: Fen | null;
  /** The principal of each instalment of `equal_principal`; 0 for every other method. */
  readonly principalPart: Fen;
}

/** A schedule with the payment that it was laid with. */
export interface LaidSchedule extends PaymentInForce {
  readonly schedule: Schedule;
}

/** Whether two schedules ask the same on the same days. */
export function sameSchedule(one: Schedule, other: Schedule): boolean {
  if (one === other) return true;
  const columns = ['dueOn', 'principal', 'interest'] as const;
  return columns.every(
    (column) =>
      one[column].length === other[column].length &&
      one[column].every((value, k) => value === other[column][k]),
  );
}
