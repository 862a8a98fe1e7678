import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { cardLimits, type DeductionTerms, type FailureClass } from '../terms/deduction.js';

/** Why a due loan is not asked: the first that holds. */
export const SKIPS = [
  'in_flight',
  'stopped',
  'held',
  'attempts',
  'wait',
  'no_card',
  'limit',
] as const;
export type Skip = (typeof SKIPS)[number];

/** What is known of a loan before a run. */
export interface LoanFacts {
  /** An order of it, of whatever instalment, is in flight. */
  readonly inFlight: boolean;
  /** One of its orders failed by `risk`. */
  readonly stopped: boolean;
  /** A payment or a waiver is registered. */
  readonly held: boolean;
  /** Attempts at this instalment that count: see `countsAsAttempt`. */
  readonly attempts: number;
  readonly lastFailure: { readonly class: FailureClass; readonly day: EpochDay } | null;
}

export interface CardFacts {
  readonly card: string;
  readonly bank: string;
  /** One of its orders failed by `card`. */
  readonly isDead: boolean;
  /** What its orders of the day ask for that have not failed. */
  readonly askedToday: Fen;
}

export interface Asked {
  readonly card: string;
  /** One order each. */
  readonly parts: readonly Fen[];
}

/**
 * What a run asks a due loan for, `open` above 0, or why it does not. Cards are in the order in
 * which they are tried.
 */
export function askFor(
  channel: DeductionTerms,
  day: EpochDay,
  open: Fen,
  loan: LoanFacts,
  cards: readonly CardFacts[],
): Asked | Skip {
  if (loan.inFlight) return 'in_flight';
  if (loan.stopped) return 'stopped';
  if (loan.held) return 'held';
  if (loan.attempts >= channel.maxAttempts) return 'attempts';
  if (loan.lastFailure?.class === 'limit' && loan.lastFailure.day === day) return 'wait';
  const card = cards.find(({ isDead }) => !isDead);
  if (card === undefined) return 'no_card';
  const { singleFen, dailyFen } = cardLimits(channel, card.bank);
  const left = dailyFen === null ? open : Math.max(0, dailyFen - card.askedToday);
  if (open > left && !channel.partial) return 'limit';
  const asked = Math.min(open, left);
  if (asked < Math.max(1, channel.minimumFen)) return 'limit';
  return { card: card.card, parts: partsOf(asked, singleFen, channel.minimumFen) };
}

/** Orders of at most `single`, the rest last; one below the minimum takes from the part before. */
export function partsOf(amount: Fen, single: Fen | null, minimum: Fen): Fen[] {
  if (single === null || amount <= single) return [amount];
  const rest = amount % single;
  const whole = (amount - rest) / single;
  const parts: Fen[] = Array.from({ length: whole }, () => single);
  if (rest === 0) return parts;
  const last = Math.max(rest, minimum);
  parts[whole - 1] = single - (last - rest);
  return [...parts, last];
}

/** Whether the orders of one attempt use it up: not where all of them failed by `system`. */
export function countsAsAttempt(
  parts: readonly { readonly class: FailureClass | null }[],
): boolean {
  return parts.some((part) => part.class !== 'system');
}
