import type { EpochDay, Fen, RatePpb } from '../../accounting/money/units.js';

declare const unit: unique symbol;

/** Seconds since 1970-01-01T00:00 on the wall clock of the lender. */
export type WallSecond = number & { readonly [unit]?: 'wall-second' };

export const DAY_SECONDS = 86_400;

/** From a second on, and before another. */
export interface WallSpan {
  readonly from: WallSecond;
  readonly to: WallSecond;
}

/** Seconds since midnight: from one on, and before the other; over midnight where that is less. */
export interface OpenHours {
  readonly from: number;
  readonly to: number;
}

/** What a plan takes; null: no such bound. Amounts but those of the loan are a partner's share. */
export interface RouteLimits {
  readonly loanMinFen: Fen | null;
  readonly loanMaxFen: Fen | null;
  readonly terms: ReadonlySet<number> | null;
  readonly rateMaxPpb: RatePpb | null;
  /** Of a day. */
  readonly dailyFen: Fen | null;
  /** Of all days. */
  readonly totalFen: Fen | null;
  /** Of a customer, over all plans of the party. */
  readonly customerFen: Fen | null;
  /** What the partner has paid in, and loans use up. */
  readonly depositFen: Fen | null;
  readonly weight: number;
  readonly hours: OpenHours | null;
  readonly dark: readonly WallSpan[];
  /** Plans of a smaller number come first; those without one last. */
  readonly priority: number | null;
}

export function isOpen({ hours, dark }: RouteLimits, at: WallSecond): boolean {
  return isWithin(hours, at) && !dark.some(({ from, to }) => from <= at && at < to);
}

function isWithin(hours: OpenHours | null, at: WallSecond): boolean {
  if (hours === null) return true;
  const { from, to } = hours;
  const second = at - Math.floor(at / DAY_SECONDS) * DAY_SECONDS;
  return from < to ? from <= second && second < to : from <= second || second < to;
}

/** The second of a day's time. */
export function wallSecond(day: EpochDay, secondOfDay: number): WallSecond {
  return day * DAY_SECONDS + secondOfDay;
}
