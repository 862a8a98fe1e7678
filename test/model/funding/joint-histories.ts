import { expect } from 'vitest';
import { faultsOfPlan } from '../../../src/funding/plan/check-plan.js';
import type { FundingPlan, Shared } from '../../../src/funding/plan/plan.js';
import { type EntryLine, entriesOfMove } from '../../../src/funding/shares/entries.js';
import {
  isFault,
  JointLoan,
  type MoveKind,
  type MoveShares,
} from '../../../src/funding/shares/joint-loan.js';
import { randomOf } from '../operations/random.js';
import {
  bears,
  COMPONENTS,
  INS,
  lastMove,
  type NaiveMove,
  type NaivePlan,
  type NaiveShares,
} from './naive-shares.js';

type Random = (below: number) => number;

/** As `toEqual`, a hundred times as fast where it holds. */
function hold(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

/** How often each thing was met. */
export type Met = Map<string, number>;

const OUTS: readonly MoveKind[] = ['repayment', 'waiver', 'merchant_refund'];
const ACCRUED = COMPONENTS.length;

/** One loan under a random plan, move by move against the naive model. */
export function playJointLoan(seed: number, met: Met): void {
  const random = randomOf(seed);
  const count = (what: string) => met.set(what, (met.get(what) ?? 0) + 1);
  const { naive, plan, loanRate } = randomPlan(random, count);
  hold(faultsOfPlan(plan, { partnerShareFloorPpb: null, loanRatePpb: loanRate }), []);
  const loan = new JointLoan(plan, loanRate);
  const moves: NaiveMove[] = [];
  const booked: Booked[] = [];
  const models: NaiveShares[] = [];
  const steps = 3 + random(9);
  for (let step = 0; step < steps; step += 1) {
    const move = randomMove(random, moves, step === 0);
    const outcome = loan.move(move.what as MoveKind, move.amounts);
    const isBorne = bears([...moves, move]);
    if (isFault(outcome)) {
      count('refused');
      hold({ seed, step, isBorne }, { seed, step, isBorne: false });
      continue;
    }
    moves.push(move);
    hold({ seed, step, isBorne }, { seed, step, isBorne: true });
    booked.push(checked(plan, move, outcome));
    const model = lastMove(naive, loanRate, moves, models);
    models.push(model);
    const { shares, fees, taxes } = model;
    hold(
      { seed, step, ...numbers(outcome) },
      { seed, step, shares: shares.map(texts), fees: texts(fees), taxes: texts(taxes) },
    );
    if (move.amounts.some((amount) => amount < 0)) count('reversed');
    if (move.what === 'waiver') count('waived');
  }
  inAnotherOrder(random, { plan, loanRate }, moves, booked, count);
  backDated(random, { plan, loanRate }, moves, count);
  settle(plan, loan, moves);
}

interface Under {
  readonly plan: FundingPlan;
  readonly loanRate: number;
}

/** What a move did, with signs: in is positive. */
interface Booked {
  readonly what: string;
  readonly outcome: MoveShares;
}

function checked(plan: FundingPlan, { what, amounts }: NaiveMove, outcome: MoveShares): Booked {
  for (const [component, amount] of amounts.entries()) {
    const sum = outcome.shares.reduce((all, shares) => all + shares[component]!, 0);
    hold(sum + 0, amount + 0);
  }
  const lines = entriesOfMove(plan, what as MoveKind, outcome);
  const sumOf = (own: readonly EntryLine[]) => own.reduce((all, { amount }) => all + amount, 0);
  // Both on the balance sheet and beside it.
  hold(sumOf(lines.filter(({ account }) => account.startsWith('memo_'))), 0);
  hold(sumOf(lines.filter(({ account }) => !account.startsWith('memo_'))), 0);
  return { what, outcome };
}

/** The same moves in another order that the loan bears: everybody has had the same of them. */
function inAnotherOrder(
  random: Random,
  { plan, loanRate }: Under,
  moves: readonly NaiveMove[],
  booked: readonly Booked[],
  count: (what: string) => void,
): void {
  const loan = new JointLoan(plan, loanRate);
  const left = [...moves];
  const again: Booked[] = [];
  for (let tries = 0; left.length > 0 && tries < 60; tries += 1) {
    const at = random(left.length);
    const move = left[at]!;
    const outcome = loan.move(move.what as MoveKind, move.amounts);
    if (isFault(outcome)) continue;
    left.splice(at, 1);
    again.push({ what: move.what, outcome });
  }
  if (left.length > 0) return;
  count('other order');
  hold(sumsOf(plan, again), sumsOf(plan, booked));
  // Fees follow what was received: of a total that a waiver shares in, the order decides a fen.
  if (moves.some(({ what }) => what === 'waiver')) return;
  hold(feesOf(plan, again), feesOf(plan, booked));
}

/** In and out by party and component. */
function sumsOf(plan: FundingPlan, booked: readonly Booked[]): number[][] {
  return [true, false].map((isIn) =>
    plan.parties.flatMap((_, party) =>
      COMPONENTS.map((_, component) =>
        booked
          .filter(({ what }) => INS.includes(what) === isIn)
          .reduce((sum, { outcome }) => sum + outcome.shares[party]![component]!, 0),
      ),
    ),
  );
}

function feesOf(plan: FundingPlan, booked: readonly Booked[]): number[][] {
  return plan.parties.map((_, party) =>
    (['fees', 'taxes'] as const).map((key) =>
      booked.reduce((sum, { outcome }) => sum + outcome[key][party]!, 0),
    ),
  );
}

/** A late event moves by what it changes: fold(with) - fold(without). */
function backDated(
  random: Random,
  { plan, loanRate }: Under,
  moves: readonly NaiveMove[],
  count: (what: string) => void,
): void {
  const late = randomMove(random, moves, false);
  if (!bears([...moves, late])) return;
  const at = random(moves.length + 1);
  const fold = (all: readonly NaiveMove[]) => {
    const loan = new JointLoan(plan, loanRate);
    return all.every(({ what, amounts }) => !isFault(loan.move(what as MoveKind, amounts)))
      ? loan
      : null;
  };
  const [without, withLate] = [fold(moves), fold(moves.toSpliced(at, 0, late))];
  if (without === null || withLate === null) return;
  count('back-dated');
  const sign: number = INS.includes(late.what) ? 1 : -1;
  const before = balances(plan, without);
  const onOpenDay = without.move(late.what as MoveKind, late.amounts) as MoveShares;
  const difference = balances(plan, withLate).map((balance, k) => balance - before[k]!);
  hold(
    difference,
    onOpenDay.shares.flat().map((share) => sign * share + 0),
  );
}

function balances(plan: FundingPlan, loan: JointLoan): number[] {
  return plan.parties.flatMap((_, party) =>
    COMPONENTS.map((_, component) => loan.balance(party, component)),
  );
}

/** What is left is paid: nobody has anything any more. */
function settle(plan: FundingPlan, loan: JointLoan, moves: readonly NaiveMove[]): void {
  const left = COMPONENTS.map((_, component) =>
    moves.reduce(
      (sum, { what, amounts }) => sum + (INS.includes(what) ? 1 : -1) * amounts[component]!,
      0,
    ),
  );
  hold(isFault(loan.move('repayment', left)), false);
  hold(
    balances(plan, loan).every((balance) => balance === 0),
    true,
  );
}

function randomMove(random: Random, moves: readonly NaiveMove[], isFirst: boolean): NaiveMove {
  if (isFirst) return { what: 'disbursement', amounts: only(0, 1 + amountOf(random)) };
  if (moves.length > 0 && random(5) === 0) {
    const { what, amounts } = moves[random(moves.length)]!;
    return { what, amounts: amounts.map((amount) => 0 - amount) };
  }
  if (random(2) === 0) {
    if (random(4) === 0) return { what: 'charge', amounts: only(4, amountOf(random)) };
    const amounts = COMPONENTS.map((_, at) =>
      at > 0 && at < ACCRUED - 1 && random(2) === 0 ? random(5_000) : 0,
    );
    return { what: 'accrual', amounts };
  }
  const what = OUTS[random(OUTS.length)]!;
  return { what, amounts: COMPONENTS.map((_, at) => partOfLeft(random, moves, at)) };
}

/** Of what is left: none, all, a part, and rarely more than there is. */
function partOfLeft(random: Random, moves: readonly NaiveMove[], component: number): number {
  const left = moves.reduce(
    (sum, { what, amounts }) => sum + (INS.includes(what) ? 1 : -1) * amounts[component]!,
    0 as number,
  );
  switch (random(12)) {
    case 0:
      return left;
    case 1:
      return left + 1;
    case 2:
    case 3:
      return 0;
    default:
      return left <= 0 ? 0 : random(Math.min(left, 1_000_000) + 1);
  }
}

function amountOf(random: Random): number {
  return random(8) === 0 ? 1_000_000 * random(1_000_000) + random(1_000_000) : random(30_000);
}

function only(component: number, amount: number): number[] {
  return COMPONENTS.map((_, at) => (at === component ? amount : 0));
}

function randomPlan(random: Random, count: (what: string) => void) {
  const size = 2 + random(3);
  count(`${size} parties`);
  const own = random(size);
  const loanRate = random(10) === 0 ? 0 : 1_000_000 * (1 + random(360));
  const codes: string[] = Array.from({ length: size }, (_, at) => (at === own ? 'OWN' : `P${at}`));
  const parts: number[] = codes.map(() => (random(4) === 0 ? random(100) : random(4)));
  if (!parts.some((part) => part > 0)) parts[random(size)] = 1;
  const yields = codes.map((_, at) =>
    at !== own && random(6) === 0 ? random(loanRate + 1) : null,
  );
  if (yields.some((each) => each !== null)) count('yield');
  const components: Record<string, Record<string, number>> = {};
  for (const component of COMPONENTS) {
    if (random(4) > 0) continue;
    count('components');
    const named = codes.filter(() => random(3) > 0).map((code) => [code, random(5)] as const);
    if (named.some(([, part]) => part > 0)) components[component] = Object.fromEntries(named);
  }
  const partners = codes.filter((_, at) => at !== own);
  const fees = Array.from({ length: random(3) }, () => ({
    from: partners[random(partners.length)]!,
    of: COMPONENTS.filter((_, at) => at === 1 || random(2) === 0),
    rate: 1_000_000 * random(400),
    vat: 10_000_000 * random(14),
  }));
  if (fees.length > 0) count('fees');
  const tail = codes[random(size)]!;
  const naive: NaivePlan = {
    parties: codes.map((party, at) => ({
      ...{ party, part: parts[at]! },
      ...(at === own ? { own: true } : {}),
      ...(yields[at] === null ? {} : { yield: yields[at]! }),
    })),
    ...{ components, tail, fees },
  };
  const plan: FundingPlan = {
    ...{ code: 'X', version: 1, effectiveFrom: 0, tail, guarantee: null },
    parties: codes.map((party, at) => ({
      ...{ party, part: parts[at]!, own: at === own, ratePpb: yields[at]! },
    })),
    components: components as Partial<Record<Shared, Record<string, number>>>,
    serviceFees: fees.map(({ from, of, rate, vat }) => ({
      ...{ from, of, ratePpb: rate, vatPpb: vat },
    })),
  };
  return { naive, plan, loanRate };
}

const texts = (amounts: readonly bigint[]) => amounts.map(String);

function numbers({ shares, fees, taxes }: MoveShares) {
  const text = (amount: number) => String(amount + 0);
  return {
    shares: shares.map((own) => own.map(text)),
    fees: fees.map(text),
    taxes: taxes.map(text),
  };
}
