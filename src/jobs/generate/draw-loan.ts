import { civilOf, dayInMonth, monthIndex } from '../../accounting/calendar/epoch-day.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { dueDates } from '../../accounting/schedule/due-dates.js';
import type { LoanContract } from '../../accounting/schedule/schedule-rows.js';
import { drawPrincipal } from './draw-principal.js';
import { type BookWindow, DISBURSED_OVER_DAYS, type Profile } from './options.js';
import type { ProductMix, RateChoice } from './product-mix.js';
import type { Random } from './random.js';

/** `in_grace`: its last instalment before the start is unpaid, but not yet late. */
export type Standing = 'current' | 'in_grace' | 'late' | 'new';

/** A loan as the book opens. */
export interface DrawnLoan {
  readonly mix: ProductMix;
  readonly contract: LoanContract;
  readonly rate: RateChoice;
  readonly org: string;
  readonly standing: Standing;
  /** M bucket at the start: 1 to 7 for a late loan, otherwise 0. */
  readonly bucket: number;
  /** Instalments paid in full before the start. */
  readonly paidPeriods: number;
  /** One due date an instalment, in order. */
  readonly dueOn: readonly EpochDay[];
}

/** Of 10,000 loans, how many stand in buckets M1 to M7 as the book opens. */
export const BUCKET_SHARES = [220, 90, 70, 50, 50, 50, 70] as const;

/** A bucket's days past due. M7 ends where lenders of this kind write off. */
const BUCKET_DAYS = [
  [0, 0],
  [4, 30],
  [31, 60],
  [61, 90],
  [91, 120],
  [121, 150],
  [151, 180],
  [181, 420],
];

/** Of 10,000 loans, how many are disbursed on one generated business day. */
const NEW_SHARE_A_DAY = 20;
/** Never more of the book than this is new, however many days are generated. */
const NEW_SHARE_MAX = 2000;
/** Of 10,000 loans that fell due within the last three days, how many are still unpaid. */
const IN_GRACE_SHARE = 500;
const GRACE_DAYS = 3;
/** Of 10,000 loans, how many agreed on a first due date of their own. */
const FIRST_DUE_SHARE = 300;

const ORGS = [
  { weight: 40, org: 'SH01' },
  { weight: 25, org: 'SZ01' },
  { weight: 20, org: 'CD01' },
  { weight: 15, org: 'BJ01' },
];

/** Far above what a draw takes; a profile that needs more can't be met. */
const ATTEMPTS_MAX = 1000;

/** What a draw of dates has found; null sends it back. */
type Dates = Pick<DrawnLoan, 'contract' | 'dueOn' | 'paidPeriods' | 'standing'> | null;

type Terms = Omit<LoanContract, 'disbursedOn' | 'firstDueOn'>;

/** Draws one loan. Its instalments are never all paid, and those paid lie before the start. */
export function drawLoan(
  random: Random,
  mixes: readonly ProductMix[],
  profile: Profile,
  window: BookWindow,
): DrawnLoan {
  const mix = random.pick(mixes);
  const rate = random.pick(mix.rates);
  const { org } = random.pick(ORGS);
  const principal = drawPrincipal(random, mix.principalMin, mix.principalMax);
  const { periods } = random.pick(mix.periods);
  const terms = { principal, ratePpb: rate.ratePpb, periods };
  const newShare = profile === 'book' ? NEW_SHARE_A_DAY * (window.endOn - window.startOn + 1) : 0;
  const isNew = random.chance(Math.min(newShare, NEW_SHARE_MAX));
  const bucket = isNew ? 0 : drawBucket(random);
  const draw = (standing: number): Dates => {
    if (isNew) return drawNew(random, mix, terms, window);
    if (profile === 'bench-one-day') {
      return drawOneDay(random, mix, terms, window.startOn, standing);
    }
    if (standing > 0) return drawLate(random, mix, terms, window.startOn, standing);
    return drawCurrent(random, mix, terms, window.startOn, profile);
  };
  // A fixed due day may never lie as many days back as a bucket asks: the neighbour then serves.
  for (const standing of [bucket, Math.max(bucket - 1, 0), 0]) {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const dates = draw(standing);
      if (dates !== null) return { mix, rate, org, bucket: standing, ...dates };
    }
  }
  throw new InvariantError('no loan could be drawn', { product: mix.text.code, bucket, periods });
}

function drawBucket(random: Random): number {
  let left = random.below(10_000);
  for (let m = 0; m < BUCKET_SHARES.length; m += 1) {
    const share = BUCKET_SHARES[m]!;
    if (left < share) return m + 1;
    left -= share;
  }
  return 0;
}

function drawNew(random: Random, mix: ProductMix, terms: Terms, window: BookWindow): Dates {
  const disbursedOn = random.between(window.startOn, window.endOn);
  const contract = { ...terms, disbursedOn, firstDueOn: null };
  const dueOn = dueDates(mix.terms, contract);
  return { contract, dueOn, paidPeriods: 0, standing: 'new' };
}

/** All instalments before the start are paid, save perhaps one that is in grace. */
function drawCurrent(
  random: Random,
  mix: ProductMix,
  terms: Terms,
  startOn: EpochDay,
  profile: Profile,
): Dates {
  const oldest = Math.min(DISBURSED_OVER_DAYS, mix.periodDays * terms.periods);
  const disbursedOn = startOn - random.between(1, oldest);
  const firstDueOn = profile === 'book' ? drawFirstDue(random, mix, disbursedOn) : null;
  const contract = { ...terms, disbursedOn, firstDueOn };
  const dueOn = dueDates(mix.terms, contract);
  const fallen = countBefore(dueOn, startOn);
  const last = dueOn[fallen - 1];
  if (last !== undefined && startOn - last <= GRACE_DAYS && random.chance(IN_GRACE_SHARE)) {
    return { contract, dueOn, paidPeriods: fallen - 1, standing: 'in_grace' };
  }
  if (fallen >= terms.periods) return null;
  return { contract, dueOn, paidPeriods: fallen, standing: 'current' };
}

/** The oldest unpaid instalment falls into the bucket's days. */
function drawLate(
  random: Random,
  mix: ProductMix,
  terms: Terms,
  startOn: EpochDay,
  bucket: number,
): Dates {
  const [low = 0, high = 0] = BUCKET_DAYS[bucket] ?? [];
  const daysPastDue = random.between(low, high);
  const room = Math.floor((DISBURSED_OVER_DAYS - daysPastDue) / mix.periodDays) - 1;
  const paid = random.between(0, Math.max(0, Math.min(terms.periods - 1, room)));
  // A month is half a day longer than 30 days.
  const age = daysPastDue + mix.periodDays * (paid + 1) + Math.floor((paid + 1) / 2);
  const disbursedOn = startOn - Math.min(age, DISBURSED_OVER_DAYS);
  const contract = { ...terms, disbursedOn, firstDueOn: null };
  const dueOn = dueDates(mix.terms, contract);
  for (let seq = countBefore(dueOn, startOn) - 1; seq >= 0; seq -= 1) {
    const days = startOn - dueOn[seq]!;
    if (days > high) return null;
    if (days >= low) return { contract, dueOn, paidPeriods: seq, standing: 'late' };
  }
  return null;
}

/** An instalment falls due on the start itself; a late loan owes one a bucket before it. */
function drawOneDay(
  random: Random,
  mix: ProductMix,
  terms: Terms,
  startOn: EpochDay,
  bucket: number,
): Dates {
  const unpaid = bucket === 7 ? random.between(7, 11) : bucket;
  const monthsMax = Math.min(terms.periods, 22);
  const before = random.between(Math.min(unpaid + 1, monthsMax), monthsMax);
  const month = monthIndex(civilOf(startOn)) - before;
  const disbursedOn = dayInMonth(month, random.between(1, 31));
  const contract = { ...terms, disbursedOn, firstDueOn: null };
  const dueOn = dueDates(mix.terms, contract);
  const running = dueOn.indexOf(startOn);
  if (running < unpaid) return null;
  const standing = bucket > 0 ? 'late' : 'current';
  return { contract, dueOn, paidPeriods: running - unpaid, standing };
}

/** The customer's pay day, now and then, where the product leaves the day open. */
function drawFirstDue(random: Random, mix: ProductMix, disbursedOn: EpochDay): EpochDay | null {
  const { dueDay, interval } = mix.terms.repayment;
  if (dueDay !== 'anchor' || interval.unit !== 'month') return null;
  return random.chance(FIRST_DUE_SHARE) ? disbursedOn + random.between(20, 45) : null;
}

function countBefore(dueOn: readonly EpochDay[], day: EpochDay): number {
  let count = 0;
  while (count < dueOn.length && dueOn[count]! < day) count += 1;
  return count;
}
