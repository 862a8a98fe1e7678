import { partOfGrowth } from '../money/split.js';
import type { RatePpb } from '../money/units.js';
import { taxWithin } from './vat.js';

/** The account of tax that waits, and the one whose gross amounts wait for their tax point. */
export interface DeferredTax {
  readonly accountId: number;
  readonly whileInAccountId: number;
}

/** The tax in the income of one account. */
export interface TaxRule {
  readonly incomeAccountId: number;
  readonly ratePpb: RatePpb;
  /** Output tax that is owed. */
  readonly outputAccountId: number;
  /** Where tax waits for its tax point; null: it is owed at once. */
  readonly deferred: DeferredTax | null;
}

/** What the tax of one accounting group rests on, in minor units. */
export interface TaxBase {
  /** Gross income since it is taxed: up to yesterday, and today's. */
  readonly grossBefore: bigint;
  readonly gross: bigint;
  /** Balance of the account whose amounts have not reached their tax point. */
  readonly waitingBefore: bigint;
  readonly waiting: bigint;
  /** What entered that account today with a migrated loan, no income of this book. */
  readonly migrated: bigint;
}

export interface TaxParts {
  /** Tax out of today's income. */
  readonly fromIncome: bigint;
  /** Tax that migrated loans brought, against the account that they entered from. */
  readonly fromMigration: bigint;
  readonly toDeferred: bigint;
  readonly toOutput: bigint;
}

/**
 * A day's tax of one group by cumulative difference: the tax of the running totals less that of
 * yesterday's, so that no fen drifts. What waits for its tax point is deferred, the rest is owed.
 * Income that was reversed, as on the way to non-accrual, takes its tax back with it.
 */
export function taxOfDay({ ratePpb, deferred }: TaxRule, base: TaxBase): TaxParts {
  const grown = (before: bigint, now: bigint): bigint =>
    partOfGrowth(before, now, (total) => taxWithin(total, ratePpb));
  const fromIncome = grown(base.grossBefore, base.gross);
  if (deferred === null) {
    return { fromIncome, fromMigration: 0n, toDeferred: 0n, toOutput: fromIncome };
  }
  const fromMigration = grown(base.waitingBefore, base.waitingBefore + base.migrated);
  const toDeferred = grown(base.waitingBefore, base.waiting);
  return {
    fromIncome,
    fromMigration,
    toDeferred,
    toOutput: fromIncome + fromMigration - toDeferred,
  };
}
