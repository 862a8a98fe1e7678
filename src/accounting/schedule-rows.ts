import type { EpochDay, Fen, RatePpb } from './units.js';

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
 * `i + 1`. Principal sums to the loan, `balanceAfter` is the principal not yet due after it.
 */
export interface Schedule {
  readonly dueOn: readonly EpochDay[];
  readonly principal: readonly Fen[];
  readonly interest: readonly Fen[];
  readonly balanceAfter: readonly Fen[];
}
