import type { EpochDay } from '../../accounting/money/units.js';

/** `book`: a believable consumer book; the others are shaped for the benchmark's days. */
export const PROFILES = ['book', 'bench-spread', 'bench-one-day'] as const;
export type Profile = (typeof PROFILES)[number];

export interface GenerateOptions {
  readonly loans: number;
  /** A non-negative safe integer: the same seed gives the same bytes. */
  readonly seed: number;
  /** The folder to write into; it is made, and must not hold anything yet. */
  readonly outFolder: string;
  /** The first business day of the book. */
  readonly startOn: EpochDay;
  /** How many business days from `startOn` on have a repayment file. */
  readonly days: number;
  readonly profile: Profile;
  /** `bench-one-day` only: how many of 10,000 loans repay on the first day. */
  readonly repayShare: number;
  /** Aborted: the job stops between two batches, without a manifest. */
  readonly signal?: AbortSignal;
}

/** 2026-03-28: six days from here run over a month's and a quarter's end. */
export const START_DEFAULT = '2026-03-28';
export const DAYS_DEFAULT = 6;
export const DAYS_MAX = 366;
export const LOANS_MAX = 100_000_000;
export const REPAY_SHARE_DEFAULT = 3000;

/** Calendar days before the start over which the book was disbursed: 24 months. */
export const DISBURSED_OVER_DAYS = 730;

/** The days that the book is generated for, both included. */
export interface BookWindow {
  readonly startOn: EpochDay;
  readonly endOn: EpochDay;
}
