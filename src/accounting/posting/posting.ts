import type { Fen } from '../money/units.js';
import { BALANCES, MOVEMENT, MOVEMENTS } from './flow.js';

/** One side of an entry: a positive movement posts amount * sign on the account, debit positive. */
export interface PostingLeg {
  readonly accountId: number;
  readonly sign: 1 | -1;
}

/** A line of a voucher in the making; debit positive. */
export interface VoucherLine {
  readonly accountId: number;
  amount: Fen;
}

/**
 * Adds what a leg posts to the lines of a voucher: one line an account and side, debits and credits
 * of an account are not netted. Only a transfer nets them, since its gain or loss is the difference
 * between the price and what the books had.
 */
export function addLine(lines: VoucherLine[], kind: number, accountId: number, amount: Fen): void {
  const nets = kind === MOVEMENT.transfer;
  const at = lines.findIndex(
    (line) => line.accountId === accountId && (nets || line.amount > 0 === amount > 0),
  );
  const line = lines[at];
  const sum = (line?.amount ?? 0) + amount;
  // The parts of what no line can hold stay apart.
  if (line === undefined || !Number.isSafeInteger(sum)) lines.push({ accountId, amount });
  else if (sum === 0) lines.splice(at, 1);
  else line.amount = sum;
}

/** The loans that a rule is for; null: any. */
export interface RuleScope {
  /** Product code. */
  readonly product: string | null;
  readonly org: string | null;
  readonly fundingPlan: string | null;
}

export const EVERY_LOAN: RuleScope = { product: null, org: null, fundingPlan: null };

/** What a movement of one balance posts in one state, as pairs of a debit and a credit account. */
export interface PostingRule {
  readonly scope: RuleScope;
  /** Index into MOVEMENTS. */
  readonly kind: number;
  /** Index into BALANCES. */
  readonly balance: number;
  readonly accruing: boolean;
  /** Posts what the partners of a joint loan have of the movement, not the lender's share. */
  readonly isPartners: boolean;
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
  'refund_due',
  'off_balance_interest',
  'partner_principal',
  'partner_interest',
] as const;
export type SubledgerMeasure = (typeof SUBLEDGER_MEASURES)[number];

/**
 * Posting rules of one kind of loans as a flat array, looked up once a movement. Of the rules that
 * cover a movement the most specific one posts it: product before org before funding plan. An entry
 * balances by construction: each pair is one debit and one credit of the same amount.
 */
export class PostingRules {
  readonly #legs: (readonly PostingLeg[] | undefined)[];

  /** `of`: the product, org and funding plan of the loans; without it only rules for any loan. */
  constructor(rules: Iterable<PostingRule>, of: RuleScope = EVERY_LOAN) {
    const size = MOVEMENTS.length * BALANCES.length * 4;
    this.#legs = new Array<readonly PostingLeg[] | undefined>(size).fill(undefined);
    const specific = new Array<number>(size).fill(-1);
    for (const rule of rules) {
      if (!covers(rule.scope, of)) continue;
      const at = slot(rule.kind, rule.balance, rule.accruing, rule.isPartners);
      if (specificity(rule.scope) < specific[at]!) continue;
      specific[at] = specificity(rule.scope);
      this.#legs[at] = rule.pairs.flatMap(legsOfPair);
    }
  }

  /** Undefined: no rule covers the movement. An empty list: it is covered, and posts nothing. */
  legs(
    kind: number,
    balance: number,
    accruing: boolean,
    isPartners = false,
  ): readonly PostingLeg[] | undefined {
    return this.#legs[slot(kind, balance, accruing, isPartners)];
  }
}

function slot(kind: number, balance: number, accruing: boolean, isPartners: boolean): number {
  return (kind * BALANCES.length + balance) * 4 + (accruing ? 1 : 0) + (isPartners ? 2 : 0);
}

/** Whether a rule of this scope is for such loans. */
export function covers(scope: RuleScope, of: RuleScope): boolean {
  return (
    (scope.product === null || scope.product === of.product) &&
    (scope.org === null || scope.org === of.org) &&
    (scope.fundingPlan === null || scope.fundingPlan === of.fundingPlan)
  );
}

/** More is more specific; two rules for the same loans are as specific only with equal scopes. */
export function specificity({ product, org, fundingPlan }: RuleScope): number {
  return (product === null ? 0 : 4) + (org === null ? 0 : 2) + (fundingPlan === null ? 0 : 1);
}

function legsOfPair(pair: PostingPair): PostingLeg[] {
  return [
    { accountId: pair.debitAccountId, sign: 1 },
    { accountId: pair.creditAccountId, sign: -1 },
  ];
}
