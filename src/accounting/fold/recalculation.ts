import { type EventScene, fileOf } from '../events/event-scene.js';
import { inForce } from '../events/lay-again.js';
import { type Factor, interestOn, shareOfFactor } from '../money/fraction.js';
import type { Fen } from '../money/units.js';
import { laterFactors } from '../schedule/period-factor.js';
import {
  accruedInterest,
  interestMet,
  interestMetAhead,
  principalMet,
  specialOf,
} from './ahead.js';
import { runningFactor } from './running-period.js';

/**
 * `interest.recalculation`: interest follows what is actually owed, night by night. Unpaid
 * principal of past instalments bears on, in the running period up to the day that is closed; money
 * paid ahead lowers the balance from its date. The payment stays, principal is the rest of it, and
 * the last unpaid instalment takes the difference (Fineract's rules of allocation).
 */

/** The instalments of the contract that are not yet due, the running one first. */
interface ComingRows {
  readonly firstSeq: number;
  readonly principal: Fen[];
  readonly interest: Fen[];
  readonly principalMet: readonly Fen[];
  readonly interestMet: readonly Fen[];
  /** The level payment that is kept; null where the principal of a row is. */
  readonly payment: Fen | null;
  /** How many of them ask no principal yet. */
  readonly free: number;
}

/** Sets what the instalments not yet due ask, as of the day that is being closed. */
export function recalculate(scene: EventScene): void {
  const rows = comingRows(scene);
  if (rows === null) return;
  const { position, fold } = scene;
  const { principal, interest } = rows;
  const mode = fold.terms.interest.rounding;
  const factors = factorsOf(scene, rows);
  const metFrom = sumsFromEnd(rows.principalMet);
  const last = lastOpen(rows);
  let left = position.principalNotDue;
  let carried = specialOf(position).carried;
  for (let k = 0; k < principal.length; k += 1) {
    const owed = Math.max(0, left - metFrom[k]!);
    const own = k === 0 ? borneByRunning(scene, factors[k]!) : interestOn(owed, factors[k]!, mode);
    const borne = own + carried;
    if (isClosed(rows, k)) {
      if (rows.payment !== null) principal[k] = rows.principalMet[k]!;
    } else {
      interest[k] = interestAsked(rows, k, borne, last);
      principal[k] = principalAsked(rows, k, left - metFrom[k + 1]!, last);
    }
    // What the row does not ask, or was met beyond what it bears, goes on to the next one.
    carried = borne - interest[k]!;
    left -= principal[k]!;
  }
  keepRows(scene, rows);
}

/**
 * The morning's figures: they change where principal is overdue, and are final on a due date. Rows
 * that a loan came with may say what the earlier system had borne in them: the first morning sets
 * them by what is owed.
 */
export function recalculateToday(scene: EventScene): void {
  const { position, book } = scene;
  const isOverdue = position.open.some((item) => item.principalOpen > 0);
  const isFirst = position.engineVersion === 0;
  if (isFirst || isOverdue || position.nextDueOn <= book.date) recalculate(scene);
}

/** Interest of the night: the exact sum of what was owed in the period so far, rounded. */
export function accrueRecalculated(scene: EventScene): void {
  const { position, book, fold, flow } = scene;
  const special = specialOf(position);
  const rows = comingRows(scene);
  let sum = 0;
  if (rows === null) special.carried = 0;
  else {
    position.periodUnits += position.ratePpb * fold.nightScale;
    if (book.date >= special.owedFrom) special.owedNights += position.principal;
    const factor = runningFactor(position, fold, fileOf(scene));
    sum = borneInNights(scene, factor, special.owedNights) + special.carried;
  }
  const night = sum - interestMetAhead(position) - position.interestAccrued;
  position.interestAccrued += night;
  position.interestAccruedTotal += night;
  flow.interestAccrued += night;
}

/**
 * What an instalment not yet due asks of money that is paid today: interest of the nights that have
 * passed, of the first open one, and the rest of the payment as principal.
 */
export function askToday(scene: EventScene, seq: number): void {
  const rows = comingRows(scene);
  if (rows === null) return;
  const { principal, interest, principalMet: met } = rows;
  const at = seq - rows.firstSeq;
  if (at >= principal.length || isClosed(rows, at)) return;
  const open = principal.flatMap((_, k) => (isClosed(rows, k) ? [] : [k]));
  const taken = interest.reduce((sum, amount, k) => sum + (isClosed(rows, k) ? amount : 0), 0);
  const passed = open[0] === at ? Math.max(0, accruedInterest(scene.position) - taken) : 0;
  interest[at] = Math.max(passed, rows.interestMet[at]!);
  if (rows.payment !== null && at >= rows.free) {
    const others = open.filter((k) => k !== at);
    const metBeside = met.reduce((sum, amount) => sum + amount, 0) - met[at]!;
    const most = scene.position.principalNotDue - metBeside;
    const wanted = Math.max(rows.payment - interest[at]!, met[at]!);
    const asked = others.length === 0 ? most : Math.min(wanted, most);
    // What the row takes more of leaves the last open one.
    const other = others[others.length - 1];
    if (other !== undefined) principal[other]! -= asked - principal[at]!;
    principal[at] = asked;
  }
  keepRows(scene, rows);
}

function comingRows(scene: EventScene): ComingRows | null {
  const { position, fold } = scene;
  const { nextSeq } = position;
  // A down payment has no nights of its own.
  if (nextSeq === 0 || position.nextDueOn === position.periodStartOn) return null;
  const { schedule } = fileOf(scene);
  const special = specialOf(position);
  const from = nextSeq - 1;
  const end = schedule.dueOn.length - special.chargeRows;
  if (end <= from) return null;
  const met = new Array<Fen>(end - from).fill(0);
  const metInterest = new Array<Fen>(end - from).fill(0);
  for (const item of special.ahead) {
    if (item.seq > end) break;
    met[item.seq - nextSeq] = principalMet(item);
    metInterest[item.seq - nextSeq] = interestMet(item);
  }
  const { downPayment, principalFreePeriods } = fold.terms.repayment;
  const past = from - (downPayment === null ? 0 : 1);
  return {
    firstSeq: nextSeq,
    principal: schedule.principal.slice(from, end),
    interest: schedule.interest.slice(from, end),
    principalMet: met,
    interestMet: metInterest,
    payment: keptPayment(scene),
    free: Math.max(0, principalFreePeriods - past),
  };
}

const LEVEL: ReadonlySet<string> = new Set([
  'level_payment',
  'level_payment_solved',
  'level_payment_actuarial',
  'balloon',
]);

function keptPayment(scene: EventScene): Fen | null {
  const { position, fold } = scene;
  if (!LEVEL.has(fold.terms.repayment.method)) return null;
  const special = specialOf(position);
  if (special.payment === 0) special.payment = inForce(scene).payment ?? 0;
  return special.payment;
}

/** Its principal has been met in full: it asks what it asked then. */
function isClosed({ principal, principalMet: met }: ComingRows, k: number): boolean {
  return principal[k]! > 0 && met[k]! >= principal[k]!;
}

function lastOpen(rows: ComingRows): number {
  let last = rows.principal.length - 1;
  while (last >= 0 && isClosed(rows, last)) last -= 1;
  return last;
}

/** Where more principal was met than the payment leaves room for, interest gives way to it. */
function interestAsked(rows: ComingRows, k: number, borne: Fen, last: number): Fen {
  const met = rows.interestMet[k]!;
  const asked = Math.max(borne, met);
  if (rows.payment === null || k === last) return asked;
  return rows.principalMet[k]! > Math.max(rows.payment - asked, 0) ? met : asked;
}

/** The payment less the interest: at least what was met of it, at most what is left for it. */
function principalAsked(rows: ComingRows, k: number, most: Fen, last: number): Fen {
  if (rows.payment === null) return rows.principal[k]!;
  if (k === last) return most;
  if (k < rows.free) return 0;
  const wanted = Math.max(rows.payment - rows.interest[k]!, rows.principalMet[k]!);
  return Math.min(wanted, most);
}

function factorsOf(scene: EventScene, rows: ComingRows): Factor[] {
  const { position, fold } = scene;
  const file = fileOf(scene);
  const from = rows.firstSeq - 1;
  const dues = file.schedule.dueOn.slice(from, from + rows.principal.length);
  const later = laterFactors(fold.terms, position.ratePpb, dues);
  return [runningFactor(position, fold, file), ...later];
}

/** Interest of the whole running period: the nights behind it, and those left as it stands now. */
function borneByRunning(scene: EventScene, factor: Factor): Fen {
  const { position, book } = scene;
  let owed = position.principal;
  for (const item of position.open) owed -= item.principalOpen;
  const { owedNights, owedFrom } = specialOf(position);
  const nightsLeft = position.nextDueOn - Math.max(book.date, owedFrom);
  return borneInNights(scene, factor, owedNights + nightsLeft * owed);
}

function borneInNights({ position, fold }: EventScene, factor: Factor, owedNights: number): Fen {
  const nights = position.nextDueOn - position.periodStartOn;
  return interestOn(owedNights, shareOfFactor(factor, 1, nights), fold.terms.interest.rounding);
}

function sumsFromEnd(amounts: readonly Fen[]): Fen[] {
  const sums = [...amounts, 0];
  for (let k = amounts.length - 1; k >= 0; k -= 1) sums[k]! += sums[k + 1]!;
  return sums;
}

function keepRows(scene: EventScene, rows: ComingRows): void {
  const { position } = scene;
  const file = fileOf(scene);
  const { schedule } = file;
  const from = rows.firstSeq - 1;
  const end = from + rows.principal.length;
  const isSame = rows.principal.every(
    (amount, k) =>
      amount === schedule.principal[from + k] && rows.interest[k] === schedule.interest[from + k],
  );
  if (isSame) return;
  let left = position.principalNotDue;
  const balances = rows.principal.map((amount) => {
    left -= amount;
    return left;
  });
  const spliced = (amounts: readonly Fen[], part: readonly Fen[]): Fen[] => [
    ...amounts.slice(0, from),
    ...part,
    ...amounts.slice(end),
  ];
  file.schedule = {
    ...schedule,
    principal: spliced(schedule.principal, rows.principal),
    interest: spliced(schedule.interest, rows.interest),
    balanceAfter: spliced(schedule.balanceAfter, balances),
  };
  file.changed = true;
  position.nextPrincipal = rows.principal[0]!;
  position.nextInterest = rows.interest[0]!;
}
