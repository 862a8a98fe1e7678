import type { EpochDay, Fen } from '../../accounting/money/units.js';
import type { GuaranteeTerms } from '../terms/guarantee.js';
import { BuyBackPrice, buyBackReason } from './buy-back.js';
import { type Claim, isOpen } from './claim.js';
import { coverLeft } from './cover.js';
import {
  type Amounts,
  type EventOutcome,
  type GuaranteeEvent,
  type GuaranteeRule,
  type Holder,
  type LentUnderGuarantee,
  PAID_IN_ORDER,
  type PaidComponent,
} from './events.js';
import {
  amountOf,
  daysSinceOldest,
  INTEREST,
  instalmentsOf,
  isUnpaid,
  type OpenInstalment,
  PENALTY,
  payHolder,
  sumOf,
} from './instalments.js';

const NOTHING: EventOutcome = {
  ...{ rejected: null, allocations: [], suspense: 0, returns: 0, boughtBack: null },
};

/**
 * One guaranteed loan, day by day (FUNDING, Guarantee): `begin` lets the day's instalments fall
 * due, `take` its events in order, `close` withdraws and makes claims.
 */
export class GuaranteedLoan {
  readonly #terms: GuaranteeTerms;
  readonly #covered: readonly number[];
  readonly #instalments: readonly OpenInstalment[];
  readonly #claims: Claim[] = [];
  #price: BuyBackPrice | null = null;
  #isBoughtBack = false;
  #recovered: Fen = 0;
  #today: EpochDay;

  constructor(terms: GuaranteeTerms, loan: LentUnderGuarantee) {
    this.#terms = terms;
    this.#covered = [...PAID_IN_ORDER.entries()]
      .filter(([, component]) => terms.covers.includes(component))
      .map(([at]) => at);
    this.#instalments = instalmentsOf(loan);
    this.#today = loan.disbursedOn;
  }

  /** In the order in which they were made. */
  get claims(): readonly Readonly<Claim>[] {
    return this.#claims;
  }

  /** Interest that falls due on the day. */
  begin(day: EpochDay): Fen {
    this.#today = day;
    let interest = 0;
    for (const instalment of this.#instalments) {
      if (instalment.isDue || instalment.dueOn > day) continue;
      instalment.isDue = true;
      interest += instalment.scheduledInterest;
    }
    return interest;
  }

  take(event: GuaranteeEvent): EventOutcome {
    switch (event.type) {
      case 'charge':
        this.#instalment(event.seq)[this.#isBoughtBack ? 'guarantor' : 'lender'][PENALTY]! +=
          event.amount;
        return NOTHING;
      case 'repayment':
        return this.#repay(event.amount);
      case 'compensation':
        return this.#compensate(this.#claim('compensation', event.seq), event.amount);
      case 'buy_back':
        return this.#buyBack(this.#claim('buy_back', 0), event.amount);
      case 'refusal':
        return this.#refuse(this.#claim(event.seq === 0 ? 'buy_back' : 'compensation', event.seq));
    }
  }

  close(): void {
    const day = this.#today;
    for (const claim of this.#claims) {
      if (isOpen(claim) && this.#openOf(claim) === 0) claim.state = 'withdrawn';
    }
    if (this.#isBoughtBack) return;
    if (this.#price === null) this.#claimBuyBack(day);
    const buyBack = this.#claim('buy_back', 0);
    if (buyBack === undefined || !isOpen(buyBack)) this.#claimCompensations(day);
  }

  /** What the customer owes each of penalty, of interest that is due, and of principal. */
  balance(holder: Holder): Amounts {
    return PAID_IN_ORDER.map((_, component) =>
      this.#instalments.reduce((sum, { isDue, [holder]: open }) => {
        const isAhead = holder === 'lender' && component === INTEREST && !isDue;
        return isAhead ? sum : sum + open[component]!;
      }, 0),
    );
  }

  /** What is open of each instalment that is due. */
  get due(): readonly Pick<OpenInstalment, 'seq' | 'lender' | 'guarantor'>[] {
    return this.#instalments.filter(({ isDue }) => isDue);
  }

  /** The lender's, and with what the guarantor has paid for, the customer's. */
  daysPastDue(of: 'lender' | 'customer'): number {
    const isStillOpen =
      of === 'customer' ? isUnpaid : ({ lender }: OpenInstalment) => sumOf(lender) > 0;
    return daysSinceOldest(this.#instalments, this.#today, isStillOpen);
  }

  /** Null: the cover has no cap. */
  get coverLeft(): Fen | null {
    const { cap } = this.#terms;
    return cap === null
      ? null
      : coverLeft(cap, cap.disbursedFen ?? 0, this.#claims, this.#recovered);
  }

  #instalment(seq: number): OpenInstalment {
    const found = this.#instalments.find((each) => each.seq === seq);
    if (found === undefined) throw new RangeError(`the loan has no instalment ${seq}`);
    return found;
  }

  #claim(kind: Claim['kind'], seq: number): Claim | undefined {
    return this.#claims.find((claim) => claim.kind === kind && claim.seq === seq);
  }

  /** What is still open of what a claim covers. */
  #openOf({ kind, seq }: Claim): Fen {
    if (kind === 'buy_back') return this.#price!.left;
    return this.#coveredOpen(this.#instalment(seq));
  }

  #coveredOpen({ lender }: OpenInstalment): Fen {
    return this.#covered.reduce((sum, component) => sum + lender[component]!, 0);
  }

  #repay(amount: Fen): EventOutcome {
    if (this.#isBoughtBack) {
      return { ...NOTHING, allocations: [{ seq: 0, to: 'guarantor', component: 'all', amount }] };
    }
    const allocations: PaidComponent[] = [];
    let left = amount;
    for (const [instalment, holder] of this.#inOrder()) {
      const paid = payHolder(instalment, holder, left);
      left -= amountOf(paid);
      allocations.push(...paid);
    }
    for (const each of allocations) {
      this.#price?.lessen(each);
      if (each.to === 'guarantor') this.#recovered += each.amount;
    }
    return { ...NOTHING, allocations, suspense: left };
  }

  /** Where the customer's money goes; within an instalment the lender's rest is first. */
  #inOrder(): [OpenInstalment, Holder][] {
    const due = this.#instalments.filter(({ isDue }) => isDue);
    const of =
      (holder: Holder) =>
      (each: OpenInstalment): [OpenInstalment, Holder] => [each, holder];
    if (this.#terms.recoveryOrder === 'lender_first') {
      return [...due.map(of('lender')), ...due.map(of('guarantor'))];
    }
    return due.flatMap((each) => [of('lender')(each), of('guarantor')(each)]);
  }

  #compensate(claim: Claim | undefined, amount: Fen): EventOutcome {
    const settled = answerFor(claim, amount);
    if (settled !== null || claim === undefined) return settled ?? NOTHING;
    const instalment = this.#instalment(claim.seq);
    const most = Math.min(amount, claim.amount - claim.paid);
    const allocations = payHolder(instalment, 'lender', most, this.#covered);
    const taken = amountOf(allocations);
    for (const { component, amount: paid } of allocations) {
      instalment.guarantor[PAID_IN_ORDER.indexOf(component)]! += paid;
    }
    claim.paid += taken;
    const isWhole = claim.paid === claim.amount || this.#coveredOpen(instalment) === 0;
    // Where the customer was faster there is nothing to pay: the close withdraws the claim.
    if (taken > 0) claim.state = isWhole ? 'paid' : 'part_paid';
    return { ...NOTHING, allocations, returns: amount - taken };
  }

  #buyBack(claim: Claim | undefined, amount: Fen): EventOutcome {
    const settled = answerFor(claim, amount);
    if (settled !== null || claim === undefined) return settled ?? NOTHING;
    const price = this.#price!.left;
    if (price === 0) return { ...NOTHING, returns: amount };
    if (amount < price) return rejection('buy_back_short');
    claim.paid = price;
    claim.state = 'paid';
    this.#isBoughtBack = true;
    const boughtBack = this.#price!.handOver(this.#instalments);
    return { ...NOTHING, returns: amount - price, boughtBack };
  }

  #refuse(claim: Claim | undefined): EventOutcome {
    if (claim === undefined) return rejection('no_claim');
    if (claim.state === 'paid') return rejection('claim_paid');
    if (isOpen(claim)) claim.state = 'refused';
    return NOTHING;
  }

  #claimBuyBack(day: EpochDay): void {
    const { buyBack } = this.#terms;
    const reason = buyBackReason(buyBack, this.#instalments, this.#claims, day);
    if (reason === null) return;
    const price = new BuyBackPrice(this.#instalments, this.#covered, buyBack.interestTo, day);
    if (price.left === 0) return;
    for (const claim of this.#claims) if (isOpen(claim)) claim.state = 'withdrawn';
    this.#price = price;
    this.#make({ kind: 'buy_back', seq: 0, reason, day, amount: price.left });
  }

  #claimCompensations(day: EpochDay): void {
    const { afterDays } = this.#terms;
    if (afterDays === null) return;
    for (const instalment of this.#instalments) {
      const { seq, dueOn, isDue } = instalment;
      if (!isDue || day - dueOn < afterDays) continue;
      if (this.#claim('compensation', seq) !== undefined) continue;
      const amount = Math.min(this.#coveredOpen(instalment), this.coverLeft ?? Infinity);
      if (amount > 0) this.#make({ kind: 'compensation', seq, reason: null, day, amount });
    }
  }

  #make(claim: Omit<Claim, 'paid' | 'state'>): void {
    this.#claims.push({ ...claim, paid: 0, state: 'claimed' });
  }
}

/** What becomes of money for a claim that waits for none; null: it waits for some. */
function answerFor(claim: Claim | undefined, amount: Fen): EventOutcome | null {
  if (claim === undefined) return rejection('no_claim');
  if (claim.state === 'paid') return rejection('claim_paid');
  if (claim.state === 'refused') return rejection('claim_refused');
  if (claim.state === 'withdrawn') return { ...NOTHING, returns: amount };
  return null;
}

function rejection(rejected: GuaranteeRule): EventOutcome {
  return { ...NOTHING, rejected };
}
