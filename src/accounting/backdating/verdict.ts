import type { Fen } from '../money/units.js';
import type { EventOutcome } from '../posting/flow.js';

/** The rule of an event that a reversal undid. */
export const REVERSED = 'reversed';
/** The rule of an event of before the book that the opening position of its loan has in it. */
export const IN_OPENING = 'in_opening';
/** Before the rule of an event that a later one made impossible: it is rejected from then on. */
export const VOIDED = 'voided: ';
/** The type under which such an event keeps its place: its money is kept, and nothing else. */
export const VOIDED_EVENT = 0;

/** What became of an event that was judged. */
export interface Verdict {
  /** Empty: posted. */
  readonly rule: string;
  /** What it has moved in all since, money in positive: the same for ever, once it was posted. */
  readonly cash: Fen;
}

/** By event; one that is not in it has not been judged yet. */
export type Verdicts = ReadonlyMap<number, Verdict>;

export function isVoided(verdict: Verdict | undefined): boolean {
  return verdict?.rule.startsWith(VOIDED) === true;
}

/** What a fold that met the event makes of its verdict; undefined: it stays as it is. */
export function verdictAfter(
  known: Verdict | undefined,
  { rule, allocated, toSuspense }: EventOutcome,
): Verdict | undefined {
  if (known === undefined) return { rule, cash: allocated + toSuspense };
  return known.rule === '' && rule !== '' ? { rule: VOIDED + rule, cash: known.cash } : undefined;
}
