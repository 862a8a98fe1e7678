import type { EpochDay, Fen } from '../../accounting/money/units.js';

/** In the order in which money pays them (FUNDING, Guarantee). */
export const PAID_IN_ORDER = ['penalty', 'interest', 'principal'] as const;
export type Paid = (typeof PAID_IN_ORDER)[number];

/** Amounts by the index of PAID_IN_ORDER. */
export type Amounts = readonly Fen[];

export interface GuaranteedInstalment {
  readonly seq: number;
  readonly dueOn: EpochDay;
  readonly principal: Fen;
  readonly interest: Fen;
}

/** A loan whose instalments ascend by `seq` and by `dueOn`, all after `disbursedOn`. */
export interface LentUnderGuarantee {
  readonly disbursedOn: EpochDay;
  readonly schedule: readonly GuaranteedInstalment[];
}

/** What happens to a guaranteed loan between two closes. */
export type GuaranteeEvent =
  /** Penalty of an instalment. */
  | { readonly type: 'charge'; readonly seq: number; readonly amount: Fen }
  /** Money of the customer. */
  | { readonly type: 'repayment'; readonly amount: Fen }
  /** Money of the guarantor for the claim of an instalment, and for the whole loan. */
  | { readonly type: 'compensation'; readonly seq: number; readonly amount: Fen }
  | { readonly type: 'buy_back'; readonly amount: Fen }
  /** The guarantor refuses the claim of an instalment; of seq 0: the buy-back. */
  | { readonly type: 'refusal'; readonly seq: number };

/** Whose claim on the customer money pays. */
export type Holder = 'lender' | 'guarantor';

/** What money paid of an instalment. */
export interface PaidComponent {
  readonly seq: number;
  readonly to: Holder;
  readonly component: Paid;
  readonly amount: Fen;
}

/** After a buy-back money is the guarantor's as a whole: seq 0. */
interface PaidThrough {
  readonly seq: 0;
  readonly to: 'guarantor';
  readonly component: 'all';
  readonly amount: Fen;
}

export type Allocation = PaidComponent | PaidThrough;

/** Why something of the guarantor is not taken. */
export type GuaranteeRule = 'no_claim' | 'claim_paid' | 'claim_refused' | 'buy_back_short';

/** What became of an event. Of money: the allocations, returns and suspense sum to it. */
export interface EventOutcome {
  readonly rejected: GuaranteeRule | null;
  readonly allocations: readonly Allocation[];
  /** Of the customer's money: what nothing due was open for. */
  readonly suspense: Fen;
  /** Of the guarantor's money: what goes back to it. */
  readonly returns: Fen;
  /** Of a buy-back that was paid: what each side gets and gives up. */
  readonly boughtBack: BoughtBack | null;
}

/** What a paid buy-back moves, by component. */
export interface BoughtBack {
  /** Due, or principal: paid for. */
  readonly paidFor: Amounts;
  /** Interest that is not due yet and was paid for. */
  readonly interestAhead: Fen;
  /** Due and not paid for: the lender gives it up. */
  readonly givenUp: Amounts;
  /** What was still to recover of compensations, which are no claims of the memo any more. */
  readonly claimsClosed: Fen;
}
