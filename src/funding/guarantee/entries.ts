import type { Fen } from '../../accounting/money/units.js';
import type { FundingPlan } from '../plan/plan.js';
import { Entry, type EntryLine, entriesOfMove } from '../shares/entries.js';
import { type Amounts, isFault, JointLoan, type MoveKind } from '../shares/joint-loan.js';
import {
  type BoughtBack,
  type EventOutcome,
  type Amounts as Guaranteed,
  type GuaranteeEvent,
  PAID_IN_ORDER,
} from './events.js';

const TRANSIT = 'transit_in';
type Accounts = Readonly<Record<string, string>>;
/** What other accounts the guarantor's money and its buy-back have in place of the customer's. */
const OF_GUARANTOR: Accounts = {
  [TRANSIT]: 'bank',
  interest_income: 'buy_back_difference',
  penalty_income: 'buy_back_difference',
  waiver_loss: 'buy_back_difference',
};
/** The components of a guarantee by the place that they have among those that are shared. */
const SHARED_AT = { principal: 0, interest: 1, penalty: 2 } as const;

/**
 * What the money of a guaranteed loan posts (FUNDING, Entries). The lender's part of it is split by
 * the plan like a repayment; the guarantor's claims stand in the memo, and what reaches it is owed
 * to it and is nobody's income. Falling due and charges post elsewhere, and only bring in here.
 */
export class GuaranteeEntries {
  readonly #plan: FundingPlan;
  readonly #joint: JointLoan;

  constructor(plan: FundingPlan, loanRatePpb: number, principal: Fen) {
    this.#plan = plan;
    this.#joint = new JointLoan(plan, loanRatePpb);
    this.#move('disbursement', [principal, 0, 0, 0, 0]);
  }

  fallDue(interest: Fen): void {
    if (interest > 0) this.#move('accrual', [0, interest, 0, 0, 0]);
  }

  of(event: GuaranteeEvent, outcome: EventOutcome): EntryLine[] {
    if (event.type === 'refusal' || outcome.rejected !== null) return [];
    if (event.type === 'charge') {
      this.#move('charge', [0, 0, event.amount, 0, 0]);
      return [];
    }
    const entry = new Entry();
    if (event.type === 'repayment') this.#repay(entry, outcome);
    else this.#ofGuarantor(entry, outcome);
    return entry.lines;
  }

  #repay(entry: Entry, { allocations, suspense }: EventOutcome): void {
    const lent = [0, 0, 0, 0, 0];
    let [passed, claims] = [0, 0];
    for (const { to, component, amount } of allocations) {
      if (to === 'guarantor') passed += amount;
      else lent[SHARED_AT[component]]! += amount;
      if (to === 'guarantor' && component !== 'all') claims += amount;
    }
    this.#post(entry, 'repayment', lent);
    entry.debit(TRANSIT, passed + suspense).credit('guarantor_payable', passed);
    entry.credit('suspense', suspense);
    entry.credit('memo_claims', claims).debit('memo_contra', claims);
  }

  #ofGuarantor(entry: Entry, { allocations, returns, boughtBack }: EventOutcome): void {
    const lent = [0, 0, 0, 0, 0];
    for (const { component, amount } of allocations) {
      if (component !== 'all') lent[SHARED_AT[component]]! += amount;
    }
    const claims = lent.reduce((sum, amount) => sum + amount, 0);
    this.#post(entry, 'repayment', lent, OF_GUARANTOR);
    entry.debit('bank', returns).credit('guarantor_payable', returns);
    entry.debit('memo_claims', claims).credit('memo_contra', claims);
    if (boughtBack !== null) this.#handOver(entry, boughtBack);
  }

  /** Interest ahead comes in and is paid at once; what the lender gives up is waived. */
  #handOver(entry: Entry, { paidFor, interestAhead, givenUp, claimsClosed }: BoughtBack): void {
    const ahead = [0, interestAhead, 0, 0, 0];
    this.#post(entry, 'accrual', ahead, OF_GUARANTOR);
    this.#post(entry, 'repayment', ahead, OF_GUARANTOR);
    this.#post(entry, 'repayment', sharedOf(paidFor), OF_GUARANTOR);
    this.#post(entry, 'waiver', sharedOf(givenUp), OF_GUARANTOR);
    entry.credit('memo_claims', claimsClosed).debit('memo_contra', claimsClosed);
  }

  #post(entry: Entry, kind: MoveKind, amounts: Amounts, under: Accounts = {}): void {
    for (const line of entriesOfMove(this.#plan, kind, this.#move(kind, amounts))) {
      entry.debit(under[line.account] ?? line.account, line.amount);
    }
  }

  #move(kind: MoveKind, amounts: Amounts) {
    const move = this.#joint.move(kind, amounts);
    if (isFault(move)) throw new RangeError('a guaranteed loan was paid more than there is');
    return move;
  }
}

function sharedOf(amounts: Guaranteed): Fen[] {
  const shared = [0, 0, 0, 0, 0];
  for (const [at, component] of PAID_IN_ORDER.entries())
    shared[SHARED_AT[component]] = amounts[at]!;
  return shared;
}
