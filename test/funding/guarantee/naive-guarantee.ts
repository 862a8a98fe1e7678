import type { GuaranteeTerms } from '../../../src/funding/terms/guarantee.js';

/**
 * Guaranteed loans once more, from FUNDING, section Guarantee, as plainly as it can be said: a sum
 * for each holder, instalment and component, and every question asked of them anew. It shares
 * nothing with the engine.
 */
export interface NaiveEvent {
  readonly day: number;
  readonly type: 'charge' | 'repayment' | 'compensation' | 'buy_back' | 'refusal';
  readonly seq: number;
  readonly amount: number;
}
export interface NaiveLoan {
  readonly disbursedOn: number;
  readonly schedule: readonly {
    readonly seq: number;
    readonly dueOn: number;
    readonly principal: number;
    readonly interest: number;
  }[];
}
type Component = 'penalty' | 'interest' | 'principal';
type Holder = 'lender' | 'guarantor';
interface Line {
  readonly holder: Holder;
  readonly seq: number;
  readonly component: Component;
  readonly amount: number;
}
export interface NaiveClaim {
  seq: number;
  reason: string | null;
  day: number;
  amount: number;
  paid: number;
  state: string;
}

const ORDER: readonly Component[] = ['penalty', 'interest', 'principal'];
const waits = ({ state }: NaiveClaim) => state === 'claimed' || state === 'part_paid';

export class NaiveGuarantee {
  readonly #sums = new Map<string, number>();
  readonly claims: NaiveClaim[] = [];
  readonly allocations: string[] = [];
  readonly rejected: string[] = [];
  readonly #terms: GuaranteeTerms;
  readonly #loan: NaiveLoan;
  /** What the buy-back asks for, and what the customer has paid the lender since: by cell. */
  #asked: Line[] = [];
  #paidSince: Line[] = [];
  suspense = 0;
  recovery = 0;
  recovered = 0;
  returns = 0;
  sold = false;
  today = 0;

  constructor(terms: GuaranteeTerms, loan: NaiveLoan) {
    this.#terms = terms;
    this.#loan = loan;
    for (const { seq, principal, interest } of loan.schedule) {
      this.#add({ holder: 'lender', seq, component: 'principal', amount: principal });
      this.#add({ holder: 'lender', seq, component: 'interest', amount: interest });
    }
  }

  open(holder: Holder, seq: number, component: Component): number {
    return this.#sums.get(`${holder} ${seq} ${component}`) ?? 0;
  }

  #add({ holder, seq, component, amount }: Line): void {
    const cell = `${holder} ${seq} ${component}`;
    this.#sums.set(cell, (this.#sums.get(cell) ?? 0) + amount);
  }

  get due() {
    return this.#loan.schedule.filter(({ dueOn }) => dueOn <= this.today);
  }

  coveredOpen(seq: number): number {
    return this.#terms.covers.reduce((sum, each) => sum + this.open('lender', seq, each), 0);
  }

  owed(seq: number): number {
    return ORDER.reduce(
      (sum, each) => sum + this.open('lender', seq, each) + this.open('guarantor', seq, each),
      0,
    );
  }

  price(): number {
    return this.#asked.reduce((sum, asked) => {
      const paid = this.#paidSince
        .filter(({ seq, component }) => seq === asked.seq && component === asked.component)
        .reduce((all, { amount }) => all + amount, 0);
      return sum + Math.max(0, asked.amount - paid);
    }, 0);
  }

  day(day: number, events: readonly NaiveEvent[]): void {
    this.today = day;
    for (const event of events) this.#happen(event);
    for (const claim of this.claims) {
      const open = claim.seq === 0 ? this.price() : this.coveredOpen(claim.seq);
      if (waits(claim) && open === 0) claim.state = 'withdrawn';
    }
    if (this.sold) return;
    if (!this.claims.some(({ seq }) => seq === 0)) this.#askBuyBack();
    if (this.claims.some((claim) => claim.seq === 0 && waits(claim))) return;
    for (const { seq, dueOn } of this.due) {
      const { afterDays } = this.#terms;
      if (afterDays === null || day < dueOn + afterDays) continue;
      if (this.claims.some((claim) => claim.seq === seq)) continue;
      const amount = Math.min(this.coveredOpen(seq), this.coverLeft());
      if (amount <= 0) continue;
      this.claims.push({ seq, reason: null, day, amount, paid: 0, state: 'claimed' });
    }
  }

  coverLeft(): number {
    const { cap } = this.#terms;
    if (cap === null) return Number.POSITIVE_INFINITY;
    let left = Math.floor(((cap.disbursedFen ?? 0) * cap.ratePpb) / 1e9 + 0.5) - cap.usedFen;
    for (const claim of this.claims) {
      if (claim.seq !== 0) left -= waits(claim) ? claim.amount : claim.paid;
    }
    if (cap.restoredByRecovery) left += this.recovered;
    return Math.max(0, left);
  }

  #askBuyBack(): void {
    const { afterDays, inRow, inAll, interestTo } = this.#terms.buyBack;
    const unpaid = this.due.filter(({ seq }) => this.owed(seq) > 0);
    let row = 0;
    for (const { seq } of this.due) row = this.owed(seq) > 0 ? row + 1 : 0;
    const all = this.claims.filter(({ state }) => state !== 'withdrawn').length;
    const [oldest] = unpaid;
    let reason: string | null = null;
    if (inAll !== null && all >= inAll) reason = 'in_all';
    if (inRow !== null && row >= inRow) reason = 'in_row';
    if (afterDays !== null && oldest !== undefined && this.today - oldest.dueOn >= afterDays) {
      reason = 'after_days';
    }
    if (reason === null) return;
    const asked: Line[] = [];
    const ask = (seq: number, component: Component, amount: number) =>
      asked.push({ holder: 'lender', seq, component, amount });
    for (const { seq } of this.due) {
      for (const component of this.#terms.covers) {
        ask(seq, component, this.open('lender', seq, component));
      }
    }
    const ahead = this.#loan.schedule.filter(({ dueOn }) => dueOn > this.today);
    for (const { seq, principal } of ahead) ask(seq, 'principal', principal);
    const [running] = ahead;
    if (interestTo === 'value_date' && running !== undefined) {
      const from = this.due.at(-1)?.dueOn ?? this.#loan.disbursedOn;
      const nights = this.today + 1 - from;
      const part = (running.interest * nights) / (running.dueOn - from);
      ask(running.seq, 'interest', Math.floor(part + 0.5));
    }
    const amount = asked.reduce((sum, each) => sum + each.amount, 0);
    if (amount === 0) return;
    for (const claim of this.claims) if (waits(claim)) claim.state = 'withdrawn';
    this.#asked = asked;
    this.claims.push({ seq: 0, reason, day: this.today, amount, paid: 0, state: 'claimed' });
  }

  #happen({ type, seq, amount }: NaiveEvent): void {
    if (type === 'charge') {
      const holder = this.sold ? 'guarantor' : 'lender';
      this.#add({ holder, seq, component: 'penalty', amount });
    } else if (type === 'repayment') this.#repay(amount);
    else this.#answer(type, type === 'buy_back' ? 0 : seq, amount);
  }

  #repay(amount: number): void {
    if (this.sold) {
      this.allocations.push(`0 guarantor all ${amount}`);
      this.recovery += amount;
      return;
    }
    const seqs = this.due.map(({ seq }) => seq);
    const steps: [Holder, number][] =
      this.#terms.recoveryOrder === 'lender_first'
        ? (['lender', 'guarantor'] as const).flatMap((holder) =>
            seqs.map((seq): [Holder, number] => [holder, seq]),
          )
        : seqs.flatMap((seq): [Holder, number][] => [
            ['lender', seq],
            ['guarantor', seq],
          ]);
    let left = amount;
    for (const [holder, seq] of steps) {
      for (const component of ORDER) {
        const paid = Math.min(left, this.open(holder, seq, component));
        if (paid === 0) continue;
        left -= paid;
        this.#add({ holder, seq, component, amount: -paid });
        this.allocations.push(`${seq} ${holder} ${component} ${paid}`);
        const line = { holder, seq, component, amount: paid };
        if (holder === 'lender' && this.#asked.length > 0) this.#paidSince.push(line);
        if (holder === 'guarantor') this.recovery += paid;
        if (holder === 'guarantor') this.recovered += paid;
      }
    }
    this.suspense += left;
  }

  #answer(type: 'compensation' | 'buy_back' | 'refusal', seq: number, amount: number): void {
    const claim = this.claims.find((each) => each.seq === seq);
    if (claim === undefined || (type === 'compensation' && seq === 0)) {
      this.rejected.push('no_claim');
    } else if (claim.state === 'paid') this.rejected.push('claim_paid');
    else if (type === 'refusal') {
      if (waits(claim)) claim.state = 'refused';
    } else if (claim.state === 'refused') this.rejected.push('claim_refused');
    else if (claim.state === 'withdrawn') this.returns += amount;
    else if (type === 'buy_back') this.#sell(claim, amount);
    else this.#compensate(claim, amount);
  }

  #compensate(claim: NaiveClaim, amount: number): void {
    let left = amount;
    for (const component of ORDER) {
      if (!this.#terms.covers.includes(component)) continue;
      const open = this.open('lender', claim.seq, component);
      const paid = Math.min(left, open, claim.amount - claim.paid);
      if (paid === 0) continue;
      left -= paid;
      claim.paid += paid;
      this.#add({ holder: 'lender', seq: claim.seq, component, amount: -paid });
      this.#add({ holder: 'guarantor', seq: claim.seq, component, amount: paid });
      this.allocations.push(`${claim.seq} lender ${component} ${paid}`);
    }
    this.returns += left;
    if (left === amount) return;
    const isDone = claim.paid === claim.amount || this.coveredOpen(claim.seq) === 0;
    claim.state = isDone ? 'paid' : 'part_paid';
  }

  #sell(claim: NaiveClaim, amount: number): void {
    const price = this.price();
    if (price === 0) this.returns += amount;
    else if (amount < price) this.rejected.push('buy_back_short');
    else {
      this.returns += amount - price;
      claim.paid = price;
      claim.state = 'paid';
      this.sold = true;
      for (const { seq } of this.#loan.schedule) {
        for (const component of ORDER) {
          const open = this.open('lender', seq, component);
          this.#add({ holder: 'lender', seq, component, amount: -open });
          this.#add({ holder: 'guarantor', seq, component, amount: open });
        }
      }
    }
  }
}
