import type { PostponeMode } from '../calendar/calendar.js';
import type { RoundingMode } from '../money/money.js';
import type { Fen, RatePpb } from '../money/units.js';

export type Component = 'principal' | 'interest' | 'penalty' | 'compound' | 'fee';

export type RepaymentMethod =
  | 'level_payment'
  | 'level_payment_solved'
  | 'level_payment_actuarial'
  | 'equal_principal'
  | 'flat_interest'
  | 'interest_only'
  | 'bullet'
  | 'daily_interest'
  | 'balloon';

/** What is done with money beyond what is due; an event stores the place, counted from 1. */
export const EARLY_PAYMENTS = ['hold', 'pay_next', 'pay_last', 'pay_evenly', 'prepay'] as const;
export type EarlyPayment = (typeof EARLY_PAYMENTS)[number];

export type KeptByPrepayment = 'term' | 'payment';

/** Due at disbursement, its own row, seq 1. */
export interface DownPayment {
  /** Share of the principal in parts per billion: 25% is 250_000_000. */
  readonly percentPpb: number;
  /** Paid when the loan is disbursed, ref `down_payment`. */
  readonly automatic: boolean;
}

export interface AllocationRule {
  readonly direction: 'by_installment' | 'by_component';
  /** Every component once, in the order in which money pays them. */
  readonly order: readonly Component[];
}

export interface PrepaymentFee {
  readonly ratePpb: RatePpb;
  readonly of: 'remaining_principal' | 'prepaid_principal';
  /** The fee is free once so many instalments have become due; null: never. */
  readonly freeAfterPeriod: number | null;
  readonly minFen: Fen | null;
  readonly maxFen: Fen | null;
}

/**
 * By which text of the conventions a product version is read: that of the day it was applied on, so
 * that no release changes a loan that runs. What reading 2 changed: `year_cut` in every method,
 * `flat_total` with a down payment or a payment multiple, the smoothing of an actuarial payment
 * whose rows end early, the last payment of `carry_fraction`, and keys that had had an effect by
 * accident (`compileProduct`).
 */
export const READINGS = [1, 2] as const;
export type Reading = (typeof READINGS)[number];
export const CURRENT_READING: Reading = 2;

/**
 * What a product version means, ready to compute with: amounts in minor units, rates in parts per
 * billion, every default filled in. Made by `compileProduct` from a validated product document;
 * the meaning of each field is in docs/conventions.md.
 */
export interface ProductTerms {
  readonly code: string;
  readonly version: number;
  readonly reading: Reading;
  readonly currency: string;
  /** Decimals of the currency's minor unit: 2 for CNY and USD, 0 for JPY. */
  readonly minorDigits: number;
  readonly repayment: {
    readonly method: RepaymentMethod;
    readonly periods: number | null;
    readonly interval: { readonly every: number; readonly unit: 'month' | 'week' | 'day' };
    readonly dueDay: 'anchor' | number;
    readonly fixedDayFirstDue: 'next_month' | 'same_month';
    /** Balloon: the payment is the one of so many periods, the balance falls due in the last. */
    readonly amortizationPeriods: number | null;
    readonly principalFreePeriods: number;
    readonly paymentRounding: RoundingMode;
    readonly paymentMultipleFen: Fen;
    /** Interest is carried unrounded; only payments and shown figures round. */
    readonly carryFraction: boolean;
    readonly downPayment: DownPayment | null;
    /** Flat: interest rounded once in total and spread, on the amount before the down payment. */
    readonly flatTotal: boolean;
  };
  readonly interest: {
    readonly rateUnit: 'year' | 'month' | 'day';
    readonly basis: 360 | 364 | 365 | 'actual';
    readonly periodInterest: 'monthly' | 'actual_days' | 'thirty_360';
    readonly monthlyRateDecimals: number | null;
    readonly rounding: RoundingMode;
    readonly firstPeriod: 'actual_days' | 'whole_period' | 'months_plus_days';
    readonly oddDays: 'daily' | 'proportion_of_month';
    readonly accrual: 'daily_capped' | 'straight_line';
    /** Days of a period over `actual`: 366 for a leap year's, or for the period of 29 February. */
    readonly leapYear: 'year' | 'feb_29_period';
    /** Days of a period over `actual`: the day that a period over New Year is cut at. */
    readonly yearCut: 'dec_31' | 'jan_1';
    /** Interest follows the actual payments, recalculated so often; null: as scheduled. */
    readonly recalculation: { readonly rest: 'daily' | 'same_as_repayment_period' } | null;
  };
  readonly penalty: {
    /** The penalty rate is loan rate * numerator / denominator (lowest terms), or its own. */
    readonly rate:
      | { readonly kind: 'multiple'; readonly numerator: number; readonly denominator: number }
      | { readonly kind: 'annual'; readonly ratePpb: RatePpb };
    readonly base: 'principal' | 'principal_and_interest';
    readonly compoundInterest: boolean;
    readonly graceDays: number;
    readonly graceMissed: 'retroactive' | 'from_grace_end';
    readonly postpone: PostponeMode;
  };
  readonly allocation: {
    readonly accruing: AllocationRule;
    readonly nonAccruing: AllocationRule;
    /** By component: what is past due is paid before what is due today. */
    readonly pastDueFirst: boolean;
    /** The order for money paid ahead; null: the order in force. */
    readonly inAdvanceOrder: readonly Component[] | null;
    readonly earlyPayment: EarlyPayment;
  };
  readonly prepayment: {
    readonly interestTo: 'value_date' | 'next_due' | 'none';
    readonly partial: {
      /** What a prepayment leaves as it is: the number of instalments, or their payment. */
      readonly keep: KeptByPrepayment;
      readonly interestOn: 'prepaid' | 'whole_balance';
    };
    readonly fee: PrepaymentFee | null;
  };
}

/** The dated book policy: what a regulator may change for running loans. */
export interface BookPolicy {
  /** Upper bounds, in days past due, of normal, special mention, substandard and doubtful. */
  readonly classDays: readonly [number, number, number, number];
  /** Interest leaves the balance sheet when days past due exceed this. */
  readonly nonAccrualAfter: number;
  /** Parts per billion a year that a loan's whole cost may reach; null: no cap. */
  readonly costCapPpb: RatePpb | null;
  readonly vatPpb: RatePpb;
  readonly vatAccrualDays: number;
}
