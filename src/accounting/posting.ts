import { BALANCES, MOVEMENTS } from './flow.js';

/** One side of an entry: a positive movement posts amount * sign on the account, debit positive. */
export interface PostingLeg {
  readonly accountId: number;
  readonly sign: 1 | -1;
}

/** What a movement of one balance posts in one state, as pairs of a debit and a credit account. */
export interface PostingRule {
  /** Index into MOVEMENTS. */
  readonly kind: number;
  /** Index into BALANCES. */
  readonly balance: number;
  readonly accruing: boolean;
  readonly pairs: readonly PostingPair[];
}

export interface PostingPair {
  readonly debitAccountId: number;
  readonly creditAccountId: number;
}

/** Sums over the positions that an account may be named the ledger of (`subledger`). */
export const SUBLEDGER_MEASURES = [
  'principal_normal',
  'principal_overdue',
  'interest_accrued',
  'interest_due',
  'penalty',
  'compound',
  'fee',
  'suspense',
  'off_balance_interest',
] as const;
export type SubledgerMeasure = (typeof SUBLEDGER_MEASURES)[number];

/**
 * Posting rules as a flat array, looked up once a movement. An entry balances by construction:
 * each pair is one debit and one credit of the same amount.
 */
export class PostingRules {
  readonly #legs: (readonly PostingLeg[] | undefined)[];

  constructor(rules: Iterable<PostingRule>) {
    const size = MOVEMENTS.length * BALANCES.length * 2;
    this.#legs = new Array<readonly PostingLeg[] | undefined>(size).fill(undefined);
    for (const rule of rules) {
      this.#legs[slot(rule.kind, rule.balance, rule.accruing)] = rule.pairs.flatMap(legsOfPair);
    }
  }

  /** Undefined: no rule covers the movement. An empty list: it is covered, and posts nothing. */
  legs(kind: number, balance: number, accruing: boolean): readonly PostingLeg[] | undefined {
    return this.#legs[slot(kind, balance, accruing)];
  }
}

function slot(kind: number, balance: number, accruing: boolean): number {
  return (kind * BALANCES.length + balance) * 2 + (accruing ? 1 : 0);
}

function legsOfPair(pair: PostingPair): PostingLeg[] {
  return [
    { accountId: pair.debitAccountId, sign: 1 },
    { accountId: pair.creditAccountId, sign: -1 },
  ];
}
