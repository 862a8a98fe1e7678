import type { Fen } from '../../accounting/money/units.js';
import type { TermFault } from './fault.js';

/** What a word of a result says of an order. */
export const RESULT_STATES = ['success', 'failed', 'unknown'] as const;
export type ResultState = (typeof RESULT_STATES)[number];

/** Why an order failed, or was returned; a code that the channel does not name is `other`. */
export const FAILURE_CLASSES = [
  'insufficient',
  'limit',
  'card',
  'risk',
  'system',
  'other',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** The largest order, and what a card may pay a day; null: no such limit. */
export interface CardLimits {
  readonly singleFen: Fen | null;
  readonly dailyFen: Fen | null;
}

/** Limits of a bank, and how its accounts begin. */
export interface BankLimits extends CardLimits {
  readonly prefixes: readonly string[];
}

/** How a channel collects from cards (FUNDING, Deduction). */
export interface DeductionTerms extends CardLimits {
  readonly code: string;
  /** Limits of a bank's cards; null there: those of the channel. */
  readonly banks: ReadonlyMap<string, BankLimits>;
  readonly minimumFen: Fen;
  /** Less than asked may be collected. */
  readonly partial: boolean;
  readonly maxAttempts: number;
  /** Orders a file; null: any number. */
  readonly batchMax: number | null;
  readonly words: ReadonlyMap<string, ResultState>;
  readonly codes: ReadonlyMap<string, FailureClass>;
}

/** The limits of a card of a bank. */
export function cardLimits(
  { banks, singleFen, dailyFen }: DeductionTerms,
  bank: string,
): CardLimits {
  const own = banks.get(bank);
  return { singleFen: own?.singleFen ?? singleFen, dailyFen: own?.dailyFen ?? dailyFen };
}

/** A last part below the minimum takes from the part before, which must have so much. */
export function faultsOfDeduction({ singleFen, minimumFen, banks }: DeductionTerms): TermFault[] {
  const rule = 'must not be below the minimum';
  const faultAt = (path: string, single: Fen | null): TermFault[] =>
    single !== null && single < minimumFen ? [{ path, rule }] : [];
  const ofBanks = [...banks].flatMap(([bank, own]) =>
    faultAt(`banks.${bank}.single`, own.singleFen),
  );
  return [...faultAt('single', singleFen), ...ofBanks];
}
