/**
 * The units that the core computes in. A brand is optional on purpose: a literal or the result of
 * plain arithmetic may be assigned to any of them, but one unit never to another.
 */
declare const unit: unique symbol;

/** An amount in minor units of the book's currency (fen for CNY): a safe integer, any sign. */
export type Fen = number & { readonly [unit]?: 'fen' };

/** Days since 1970-01-01, without a time zone. */
export type EpochDay = number & { readonly [unit]?: 'epoch-day' };

/** A nominal annual rate in parts per billion: 18% is 180_000_000. A non-negative safe integer. */
export type RatePpb = number & { readonly [unit]?: 'rate-ppb' };

/** A loan's number inside the book: bucket * 2^32 + ordinal, below 2^43. */
export type LoanId = number & { readonly [unit]?: 'loan-id' };

export const RATE_SCALE = 1_000_000_000;

export const BUCKET_COUNT = 1024;

/** The ledger's sentinel for "no such day": 9999-12-31. */
export const NO_DAY: EpochDay = 2_932_896;

/** A flat base shrinks in proportion with each prepayment: it is kept in 1 / 10,000 fen. */
export const FLAT_SCALE = 10_000;
