import type { Fen } from '../../../accounting/money/units.js';
import { BALANCE, MOVEMENT } from '../../../accounting/posting/flow.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { type FundingPlan, OWN_ALONE, SHARED } from '../../../funding/plan/plan.js';
import { COMPONENT_OF } from '../../../funding/shares/loan-shares.js';
import { faultOfParts } from '../../../funding/transfer/hands.js';
import { Pool } from '../../../funding/transfer/transfer.js';
import type { Book } from '../../book/book.js';
import type { CheckedAssignment } from '../documents/assignment-document.js';
import type { NewPlan } from './assignment-plan.js';
import { type Offered, ownUnder, type RefusedLoan, type StandingLoan } from './offered-loans.js';

/** A loan of the list, at its price, or why it does not change hands. */
export interface PricedLoan {
  readonly loanNo: string;
  readonly state: 'active' | 'declined';
  readonly rule?: string;
  readonly value?: string;
  /** What leaves the lender, by SHARED; less than 0: what comes back. */
  readonly sold?: readonly Fen[];
  readonly price?: Fen;
  readonly gain?: Fen;
  readonly hand?: HandOver;
}

/** What is kept of it. */
export interface HandOver extends StandingLoan {
  /** By SHARED_BALANCES. */
  readonly soldBalances: readonly Fen[];
}

export interface PricedList {
  readonly loans: readonly PricedLoan[];
  readonly sold: Fen;
  readonly price: Fen;
}

export interface ToPrice {
  readonly book: Book;
  readonly plan: NewPlan;
  readonly offered: ReadonlyMap<string, Offered>;
}

/**
 * Prices a list in its order: of the rounded price of all that changes hands a loan has what it
 * adds (FUNDING, Transfer). Throws LoanbookError `no_posting_rule` (1).
 */
export function priceLoans(
  checked: CheckedAssignment,
  { book, plan, offered }: ToPrice,
): PricedList {
  const after = plan.terms ?? OWN_ALONE;
  const pool = new Pool(after, checked.terms);
  const { buyer, kind } = checked.document;
  const way = kind === 'sale' ? 'out' : 'back';
  const groups = new Set<number>();
  const loans = [...offered].map(([loanNo, loan]): PricedLoan => {
    if ('rule' in loan) return { loanNo, state: 'declined', ...loan };
    const refusal = refusalOf(loan, after, () =>
      faultOfParts(loan.plan ?? OWN_ALONE, after, buyer, way),
    );
    if (refusal !== null) return { loanNo, state: 'declined', ...refusal };
    groups.add(loan.groupId);
    const own = ownUnder(plan.terms, loan);
    const soldBalances = loan.own.map((before, balance) => before - own[balance]!);
    const sold = SHARED.map(() => 0);
    for (const [balance, amount] of soldBalances.entries()) {
      sold[COMPONENT_OF[balance]!]! += amount;
    }
    const price = pool.take(sold);
    const gain = price - sold.reduce((sum, amount) => sum + amount, 0);
    const hand = { ...loan, soldBalances };
    return { loanNo, state: 'active', sold, price, gain, hand };
  });
  for (const groupId of groups) requireRules(book, groupId);
  return { loans, ...pool.total };
}

function refusalOf(
  { plan, ratePpb }: StandingLoan,
  after: FundingPlan,
  faultOf: () => ReturnType<typeof faultOfParts>,
): RefusedLoan | null {
  const name = plan === null ? 'own' : `${plan.code} ${plan.version}`;
  const [before, guarantee] = [plan?.guarantee ?? null, after.guarantee];
  if (before !== guarantee) return { rule: 'guarantee', value: before ?? 'none' };
  const rule = faultOf();
  if (rule !== null) return { rule, value: name };
  const isAbove = after.parties.some((party) => (party.ratePpb ?? 0) > ratePpb);
  return isAbove ? { rule: 'yield_above_rate', value: `of ${after.code}` } : null;
}

/** Without them the next close would stop at the first of these loans. */
function requireRules(book: Book, groupId: number): void {
  const rules = book.postingRulesOf(groupId);
  const { transfer, repayment } = MOVEMENT;
  const asked = [
    { kind: transfer, balance: BALANCE.price, isPartners: false },
    { kind: transfer, balance: BALANCE.principalNormal, isPartners: false },
    { kind: transfer, balance: BALANCE.principalNormal, isPartners: true },
    { kind: repayment, balance: BALANCE.principalNormal, isPartners: true },
  ];
  const missing = asked.find(
    ({ kind, balance, isPartners }) => rules.legs(kind, balance, true, isPartners) === undefined,
  );
  if (missing === undefined) return;
  throw new LoanbookError('no_posting_rule', 'The ledger has no rule for what is sold.', {
    exitCode: EXIT.failed,
    evidence: {
      on: missing.kind === transfer ? 'transfer' : 'repayment',
      balance: missing.balance === BALANCE.price ? 'price' : 'principal_normal',
      share: missing.isPartners ? 'partner' : 'own',
    },
    next: 'Apply a ledger that has it: `loanbook ledger apply FILE`; then assign again.',
  });
}

const SHOWN_MAX = 20;

/** Throws LoanbookError `assignment_refused` (1) where a loan of the list does not change hands. */
export function refuseAny({ loans }: PricedList, source: string): void {
  const declined = loans.filter(({ state }) => state === 'declined');
  const [first] = declined;
  if (first === undefined) return;
  const lines = declined
    .slice(0, SHOWN_MAX)
    .map(({ loanNo, rule, value }) => `  ${loanNo}: ${rule}; got ${value}`);
  if (declined.length > SHOWN_MAX) lines.push(`  and ${declined.length - SHOWN_MAX} more`);
  throw new LoanbookError(
    'assignment_refused',
    ['The list is refused whole:', ...lines].join('\n'),
    {
      exitCode: EXIT.failed,
      evidence: {
        ...{ source, loans: declined.length, loan: first.loanNo },
        ...{ rule: first.rule ?? '', value: first.value ?? '' },
      },
      next: 'Take these loans out of the list; `--dry-run` shows every loan. Nothing was kept.',
    },
  );
}
