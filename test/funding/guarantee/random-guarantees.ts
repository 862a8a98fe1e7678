import assert from 'node:assert/strict';
import { GuaranteeEntries } from '../../../src/funding/guarantee/entries.js';
import type { EventOutcome, GuaranteeEvent } from '../../../src/funding/guarantee/events.js';
import { GuaranteedLoan } from '../../../src/funding/guarantee/guaranteed-loan.js';
import type { FundingPlan } from '../../../src/funding/plan/plan.js';
import type { EntryLine } from '../../../src/funding/shares/entries.js';
import type { GuaranteeTerms } from '../../../src/funding/terms/guarantee.js';
import { type NaiveEvent, NaiveGuarantee, type NaiveLoan } from './naive-guarantee.js';

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
type Roll = ReturnType<typeof dice>;

function randomTerms(roll: Roll): GuaranteeTerms {
  const covers = (['penalty', 'interest', 'principal'] as const).filter(() => roll(4) > 0);
  const sometimes = (value: number) => (roll(3) === 0 ? value : null);
  return {
    guarantor: 'G1',
    covers: covers.length === 0 ? ['principal'] : covers,
    afterDays: roll(8) === 0 ? null : roll(6),
    recoveryOrder: roll(2) === 0 ? 'oldest_first' : 'lender_first',
    buyBack: {
      afterDays: sometimes(4 + roll(20)),
      inRow: sometimes(1 + roll(4)),
      inAll: sometimes(1 + roll(4)),
      interestTo: roll(2) === 0 ? 'none' : 'value_date',
    },
    cap:
      roll(2) === 0
        ? null
        : {
            ratePpb: 1 + roll(700_000_000),
            disbursedFen: 1000 + roll(4000),
            usedFen: roll(50),
            restoredByRecovery: roll(2) === 0,
          },
    fee: null,
  };
}

function randomLoan(roll: Roll): NaiveLoan {
  let dueOn = 0;
  const schedule = Array.from({ length: 1 + roll(6) }, (_, at) => {
    dueOn += 1 + roll(9);
    return { seq: at + 1, dueOn, principal: roll(900), interest: roll(120) };
  });
  return { disbursedOn: 0, schedule };
}

function randomPlan(roll: Roll): FundingPlan {
  const partners = roll(3);
  const parties = ['OWN', 'P1', 'P2'].slice(0, 1 + partners).map((party, at) => ({
    ...{ party, part: 1 + roll(9), own: at === 0, ratePpb: null },
  }));
  const fee = { from: 'P1', of: ['interest' as const], ratePpb: 250_000_000, vatPpb: 60_000_000 };
  return {
    ...{ code: 'X', version: 1, effectiveFrom: 0, parties, components: {} },
    tail: parties.at(-1)!.party,
    serviceFees: partners > 0 && roll(2) === 0 ? [fee] : [],
    guarantee: 'G',
  };
}

/** Money is asked of the model as often as not, so that claims are met, missed by a fen, and met twice. */
function randomEvent(roll: Roll, day: number, naive: NaiveGuarantee, loan: NaiveLoan): NaiveEvent {
  const seq = 1 + roll(loan.schedule.length);
  const claim = naive.claims[roll(Math.max(1, naive.claims.length))];
  const asked = claim === undefined ? seq : claim.seq;
  const nearly = (amount: number) => Math.max(1, amount + roll(3) - 1);
  switch (roll(10)) {
    case 0:
    case 1:
      return { day, type: 'charge', seq, amount: 1 + roll(30) };
    case 2:
    case 3:
      return { day, type: 'repayment', seq: 0, amount: 1 + roll(1500) };
    case 4:
      return { day, type: 'repayment', seq: 0, amount: nearly(naive.owed(seq)) };
    case 5:
      return { day, type: 'refusal', seq: roll(3) === 0 ? asked : seq, amount: 0 };
    case 6:
      return { day, type: 'buy_back', seq: 0, amount: nearly(naive.price()) };
    case 7:
      return { day, type: 'compensation', seq, amount: 1 + roll(900) };
    default:
      return { day, type: 'compensation', seq: asked, amount: nearly(claim?.amount ?? 5) };
  }
}

/** What histories came to, so that a test can say that they went everywhere. */
export type Seen = Map<string, number>;

/** One random guaranteed loan: the engine against the naive model, and what must always hold. */
export function playGuarantee(seed: number, seen: Seen): void {
  const roll = dice(seed);
  const [terms, loan, plan] = [randomTerms(roll), randomLoan(roll), randomPlan(roll)];
  const naive = new NaiveGuarantee(terms, loan);
  const engine = new GuaranteedLoan(terms, loan);
  const lent = loan.schedule.reduce((sum, { principal }) => sum + principal, 0);
  const books = new GuaranteeEntries(plan, 0, lent);
  const told = new Told(loan);
  const last = loan.schedule.at(-1)!.dueOn + 12;
  for (let day = 0; day <= last; day += 1) {
    const events = Array.from({ length: roll(6) < 4 ? 0 : 1 + roll(2) }, () =>
      randomEvent(roll, day, naive, loan),
    );
    naive.day(day, events);
    books.fallDue(engine.begin(day));
    for (const each of events) {
      const outcome = engine.take(each as GuaranteeEvent);
      told.add(each, outcome, books.of(each as GuaranteeEvent, outcome));
    }
    engine.close();
    told.hold(engine, naive, day);
  }
  assert.deepEqual(told.allocations, naive.allocations);
  assert.deepEqual(told.rejected, naive.rejected);
  for (const { state, reason } of engine.claims) {
    for (const word of [state, reason ?? 'compensation']) seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  for (const word of told.rejected) seen.set(word, (seen.get(word) ?? 0) + 1);
}

/** What the engine has told so far. */
class Told {
  readonly allocations: string[] = [];
  readonly rejected: string[] = [];
  readonly #loan: NaiveLoan;
  readonly #accounts = new Map<string, number>();
  #charged = 0;
  #repaid = 0;
  #suspense = 0;
  #recovery = 0;
  #returns = 0;

  constructor(loan: NaiveLoan) {
    this.#loan = loan;
  }

  add(event: NaiveEvent, outcome: EventOutcome, lines: readonly EntryLine[]): void {
    const { rejected, allocations, suspense, returns, boughtBack } = outcome;
    if (rejected !== null) this.rejected.push(rejected);
    if (event.type === 'charge') this.#charged += event.amount;
    let taken = suspense + returns;
    for (const { seq, to, component, amount } of allocations) {
      this.allocations.push(`${seq} ${to} ${component} ${amount}`);
      taken += amount;
      if (to === 'guarantor') this.#recovery += amount;
      if (event.type === 'repayment' && component !== 'all') this.#repaid += amount;
    }
    this.#suspense += suspense;
    this.#returns += returns;
    if (boughtBack !== null) {
      taken += boughtBack.interestAhead + sum(boughtBack.paidFor);
    }
    // Money in is money out, and entries balance, on the balance sheet and in the memo.
    const isMoney = event.type !== 'charge' && event.type !== 'refusal';
    assert.equal(taken, isMoney && rejected === null ? event.amount : 0);
    const memo = lines.filter(({ account }) => account.startsWith('memo'));
    assert.equal(sum(memo.map(({ amount }) => amount)), 0);
    assert.equal(sum(lines.map(({ amount }) => amount)), 0);
    const cash = lines.filter(({ account }) => account === 'bank' || account === 'transit_in');
    assert.equal(sum(cash.map(({ amount }) => amount)), taken);
    for (const { account, amount } of lines) {
      this.#accounts.set(account, (this.#accounts.get(account) ?? 0) + amount);
    }
  }

  hold(engine: GuaranteedLoan, naive: NaiveGuarantee, day: number): void {
    assert.deepEqual(
      engine.claims.map(({ kind, ...claim }) => claim),
      naive.claims,
      `day ${day}`,
    );
    assert.equal(this.allocations.length, naive.allocations.length);
    assert.equal(this.rejected.length, naive.rejected.length);
    assert.deepEqual(
      [this.#suspense, this.#recovery, this.#returns],
      [...[naive.suspense, naive.recovery, naive.returns]],
    );
    const due = naive.due.map(({ seq }) => seq);
    const whole = (holder: 'lender' | 'guarantor') =>
      (['penalty', 'interest', 'principal'] as const).map((component) =>
        sum(
          this.#loan.schedule.map(({ seq }) =>
            component === 'interest' && holder === 'lender' && !due.includes(seq)
              ? 0
              : naive.open(holder, seq, component),
          ),
        ),
      );
    assert.deepEqual(
      [engine.balance('lender'), engine.balance('guarantor')],
      [...[whole('lender'), whole('guarantor')]],
    );
    this.#holdPromises(engine, naive, day);
  }

  /** What FUNDING promises whatever happens. */
  #holdPromises(engine: GuaranteedLoan, naive: NaiveGuarantee, day: number): void {
    const oldest = (open: (seq: number) => number) =>
      naive.due.find(({ seq }) => open(seq) > 0)?.dueOn ?? day;
    const lender = (seq: number) =>
      naive.open('lender', seq, 'penalty') +
      naive.open('lender', seq, 'interest') +
      naive.open('lender', seq, 'principal');
    assert.equal(engine.daysPastDue('lender'), day - oldest(lender));
    assert.equal(engine.daysPastDue('customer'), day - oldest((seq) => naive.owed(seq)));
    assert.equal(engine.coverLeft ?? Number.POSITIVE_INFINITY, naive.coverLeft());
    // Lender and guarantor have together what the customer owes.
    const ahead = naive.sold ? [] : this.#loan.schedule.filter(({ dueOn }) => dueOn > day);
    const owed =
      sum(this.#loan.schedule.map(({ principal, interest }) => principal + interest)) +
      (this.#charged - this.#repaid - sum(ahead.map(({ interest }) => interest)));
    assert.equal(sum(engine.balance('lender')) + sum(engine.balance('guarantor')), owed);
    // What is owed to the guarantor is what it was promised; its claims are the memo.
    assert.equal(
      0 - (this.#accounts.get('guarantor_payable') ?? 0),
      this.#recovery + this.#returns,
    );
    const claims = naive.sold ? 0 : sum(engine.balance('guarantor'));
    assert.equal(this.#accounts.get('memo_claims') ?? 0, claims);
    // Nothing is paid twice: never more than asked for.
    for (const { paid, amount } of engine.claims) assert.ok(paid <= amount);
    const asked = engine.claims.map(({ kind, seq }) => `${kind} ${seq}`);
    assert.equal(new Set(asked).size, asked.length);
  }
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}
