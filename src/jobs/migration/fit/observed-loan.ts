import type { EpochDay, Fen } from '../../../accounting/money/units.js';

/** What is known of a loan of another system, by which product parameters are judged. */
export interface ObservedLoan {
  readonly loanNo: string;
  readonly principal: Fen;
  /** Billionths, in a rate unit that is looked for. */
  readonly rateUnitPpb: number;
  readonly periods: number;
  readonly disbursedOn: EpochDay;
  readonly firstDueOn: EpochDay | null;
  /** The regular instalment; null: not known. */
  readonly installment: Fen | null;
  /** The principal left, and behind how many instalments; null: behind any of them. */
  readonly balance: { readonly left: Fen; readonly paidPeriods: number | null } | null;
  /** Its own schedule; null: not known. */
  readonly rows: ObservedRows | null;
}

export interface ObservedRows {
  readonly dueOn: readonly EpochDay[];
  readonly principal: readonly Fen[];
  readonly interest: readonly Fen[];
}
