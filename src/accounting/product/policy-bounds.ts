import type { EpochDay, Fen, RatePpb } from '../money/units.js';

/** Decimals that a limit may have: those of the finest currency. */
export const LIMIT_DIGITS = 4;

/** Months or weeks that a loan may run for. */
const TERM_MAX = 600;
/** Of a day interval: as many weeks. */
const TERM_DAYS_MAX = TERM_MAX * 7;
/** Days that no term of 600 months and an odd first period exceeds. */
const SPAN_DAYS_MAX = 18_263 + 62;

/** What a policy asks of new rows of a file; what stands in a book is not held to it. */
export interface PolicyBounds {
  /** In 10^-LIMIT_DIGITS of the currency; null: none; undefined: what the currency has. */
  readonly principalLimit: bigint | null | undefined;
  /** What one fee, or all fees of a schedule, may be of the loan's principal; null: any. */
  readonly feeSharePpb: RatePpb | null;
  /** A value date lies at most so many days after today. */
  readonly daysAhead: number;
  /** And at most so many before the open day; null: any. */
  readonly lateDays: number | null;
  /** What the others fund of a joint loan at least. */
  readonly partnerShareFloorPpb: RatePpb;
}

/** 10,000,000.00 yuan. */
const PRINCIPAL_LIMIT_CNY = 10_000_000n * 10n ** BigInt(LIMIT_DIGITS);

/** Whether a new loan is above the limit on principal. */
export function isAbovePrincipalLimit(
  principal: Fen,
  { currency, minorDigits }: { readonly currency: string; readonly minorDigits: number },
  { principalLimit }: PolicyBounds,
): boolean {
  const own = currency === 'CNY' ? PRINCIPAL_LIMIT_CNY : null;
  const limit = principalLimit === undefined ? own : principalLimit;
  return limit !== null && BigInt(principal) * 10n ** BigInt(LIMIT_DIGITS - minorDigits) > limit;
}

/** Whether a fee is above its share of the principal. */
export function isAboveFeeShare(fee: bigint, principal: Fen, { feeSharePpb }: PolicyBounds) {
  return feeSharePpb !== null && fee * 1_000_000_000n > BigInt(principal) * BigInt(feeSharePpb);
}

/** Whether so many periods are more than 600 months or weeks; of days: 600 weeks. */
export function isTermTooLong(
  periods: number,
  { every, unit }: { readonly every: number; readonly unit: 'month' | 'week' | 'day' },
): boolean {
  return periods * every > (unit === 'day' ? TERM_DAYS_MAX : TERM_MAX);
}

/** Whether a last due date is further from the disbursement than any term reaches. */
export function isSpanTooLong(disbursedOn: EpochDay, lastDueOn: EpochDay): boolean {
  return lastDueOn - disbursedOn > SPAN_DAYS_MAX;
}
