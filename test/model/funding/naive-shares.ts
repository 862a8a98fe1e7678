/**
 * Shares of a joint loan, written from the page: BigInt fractions, the lifetime totals added up
 * anew from the list of moves. Nothing of the engine.
 */

export interface NaivePlan {
  readonly parties: readonly {
    readonly party: string;
    readonly part: number;
    readonly own?: boolean;
    /** A fixed yield in billionths. */
    readonly yield?: number;
  }[];
  readonly components: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly tail: string;
  readonly fees: readonly {
    readonly from: string;
    readonly of: readonly string[];
    readonly rate: number;
    readonly vat: number;
  }[];
}

export const COMPONENTS = ['principal', 'interest', 'penalty', 'compound', 'fee'] as const;
export const INS: readonly string[] = ['disbursement', 'accrual', 'charge'];
const MONEY: readonly string[] = ['repayment', 'merchant_refund'];
const BILLION = 1_000_000_000n;

export interface NaiveMove {
  readonly what: string;
  readonly amounts: readonly number[];
}

/** By party, then by component; and the fees by party. */
export interface NaiveShares {
  readonly shares: bigint[][];
  readonly fees: bigint[];
  readonly taxes: bigint[];
}

/** Halves away from zero. */
function rounded(num: bigint, den: bigint): bigint {
  const size = num < 0n ? -num : num;
  const whole = (2n * size + den) / (2n * den);
  return num < 0n ? -whole : whole;
}

/** What every party has of a total of a component. */
export function sharesOfTotal(
  plan: NaivePlan,
  loanRate: number,
  component: string,
  total: bigint,
): bigint[] {
  const lender = plan.parties.findIndex(({ own }) => own === true);
  const named = plan.components[component];
  const parts = plan.parties.map(({ party, part }, at) => {
    if (named !== undefined) return BigInt(named[party] ?? 0);
    // A fee is the lender's alone.
    if (component === 'fee') return at === lender ? 1n : 0n;
    return BigInt(part);
  });
  const sum = parts.reduce((all, part) => all + part, 0n);
  const yields = plan.parties.map((each, at) =>
    component === 'interest' && parts[at]! > 0n ? each.yield : undefined,
  );
  // The tail; where it has no part of the component, the last that has one.
  let tail = plan.parties.findIndex(({ party }) => party === plan.tail);
  if (parts[tail] === 0n) for (const [at, part] of parts.entries()) if (part > 0n) tail = at;
  if (yields.some((each) => each !== undefined)) tail = lender;
  const shares = parts.map((part, at) => {
    if (at === tail) return 0n;
    const own = yields[at];
    if (own === undefined) return rounded(total * part, sum);
    return loanRate === 0 ? 0n : rounded(total * part * BigInt(own), sum * BigInt(loanRate));
  });
  shares[tail] = total - shares.reduce((all, share) => all + share, 0n);
  return shares;
}

/** In, or out: what the moves so far come to, by component. */
export function lifetime(moves: readonly NaiveMove[], isIn: boolean): bigint[] {
  const own = moves.filter(({ what }) => INS.includes(what) === isIn);
  return COMPONENTS.map((_, at) =>
    own.reduce((sum, { amounts }) => sum + BigInt(amounts[at]!), 0n),
  );
}

/** Whether a loan bears its moves: no more goes out than came in, none is below nothing. */
export function bears(moves: readonly NaiveMove[]): boolean {
  const [came, went] = [lifetime(moves, true), lifetime(moves, false)];
  return came.every((sum, at) => went[at]! >= 0n && sum >= went[at]!);
}

/** What the last of the moves is for everybody; `earlier`: the same of those before it. */
export function lastMove(
  plan: NaivePlan,
  loanRate: number,
  moves: readonly NaiveMove[],
  earlier: readonly NaiveShares[],
): NaiveShares {
  const last = moves.at(-1)!;
  const shares = sharesOfLast(plan, loanRate, moves);
  const fees = plan.parties.map(() => 0n);
  const taxes = plan.parties.map(() => 0n);
  if (!MONEY.includes(last.what)) return { shares, fees, taxes };
  for (const { from, of, rate, vat } of plan.fees) {
    const party = plan.parties.findIndex((each) => each.party === from);
    const got = moves.map(({ what }, at) => {
      if (!MONEY.includes(what)) return 0n;
      const own = (earlier[at]?.shares ?? shares)[party]!;
      return of.reduce((sum, each) => sum + own[COMPONENTS.indexOf(each as 'fee')]!, 0n);
    });
    const received = (until: number) => got.slice(0, until).reduce((sum, each) => sum + each, 0n);
    const fee = (sum: bigint) => rounded(sum * BigInt(rate), BILLION);
    const tax = (sum: bigint) => sum - rounded(sum * BILLION, BILLION + BigInt(vat));
    const [before, after] = [fee(received(moves.length - 1)), fee(received(moves.length))];
    fees[party]! += after - before;
    taxes[party]! += tax(after) - tax(before);
  }
  return { shares, fees, taxes };
}

function sharesOfLast(plan: NaivePlan, loanRate: number, moves: readonly NaiveMove[]): bigint[][] {
  const isIn = INS.includes(moves.at(-1)!.what);
  const [before, after] = [lifetime(moves.slice(0, -1), isIn), lifetime(moves, isIn)];
  const byComponent = COMPONENTS.map((component, at) => {
    const [had, has] = [before, after].map((sums) =>
      sharesOfTotal(plan, loanRate, component, sums[at]!),
    );
    return has!.map((share, party) => share - had![party]!);
  });
  return plan.parties.map((_, party) => byComponent.map((shares) => shares[party]!));
}
