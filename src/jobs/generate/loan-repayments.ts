import { mulDivRound } from '../../accounting/money/money.js';
import { type EpochDay, type Fen, RATE_SCALE } from '../../accounting/money/units.js';
import { laySchedule } from '../../accounting/schedule/schedule.js';
import type { Schedule } from '../../accounting/schedule/schedule-rows.js';
import type { DrawnLoan } from './draw-loan.js';
import type { BookWindow } from './options.js';
import type { Random } from './random.js';

/** Takes one event of the loan being drawn; a settlement takes what is owed and has no amount. */
export type Emit = (day: EpochDay, type: 'repayment' | 'settlement', amount: Fen | null) => void;

/** How a customer meets one instalment; of 10,000. */
const HABITS = [
  { weight: 8950, habit: 'exact' },
  { weight: 200, habit: 'more' },
  { weight: 150, habit: 'in_parts' },
  { weight: 450, habit: 'in_grace' },
  { weight: 250, habit: 'not' },
] as const;

/** Of 10,000 loans a day: 5% of a book a month is repaid early. */
const SETTLE_SHARE_A_DAY = 17;
/** Of 10,000 loans still in grace when the book opens. */
const GRACE_PAID_SHARE = 8500;
/** Of 10,000 late loans of each M bucket, how many pay all they owe on a day, or one instalment. */
const CURE_SHARE_A_DAY = [0, 250, 150, 80, 40, 40, 30, 15];
const PART_SHARE_A_DAY = 60;
const GRACE_DAYS = 3;
/** Who catches up pays whole tens of yuan, not knowing the penalty; the rest is suspense. */
const ROUND_UP_FEN = 1000;

/** Draws what one loan pays within the window, in order of days. Settled, it pays no more. */
export function drawRepayments(
  random: Random,
  loan: DrawnLoan,
  window: BookWindow,
  emit: Emit,
): void {
  const days = window.endOn - window.startOn + 1;
  if (loan.standing === 'late') {
    payLate(random, loan, window, emit);
    return;
  }
  if (loan.standing === 'new') {
    payRunning(random, loan, window, emit);
    return;
  }
  const outlives = loan.dueOn[loan.dueOn.length - 1]! > window.endOn;
  // Bounded like a probability: a year of days settles most of what runs that long.
  const settles = random.chance(Math.min(SETTLE_SHARE_A_DAY * days, 6000));
  if (loan.standing === 'current' && outlives && settles) {
    const settledOn = random.between(window.startOn, window.endOn);
    payRunning(random, loan, { ...window, endOn: settledOn - 1 }, emit);
    emit(settledOn, 'settlement', null);
    return;
  }
  if (loan.standing === 'in_grace' && !payGrace(random, loan, window, emit)) return;
  payRunning(random, loan, window, emit);
}

/** A loan disbursed, paid and settled on one day. */
export function repayAtOnce(random: Random, loan: DrawnLoan, emit: Emit): void {
  const { disbursedOn, principal } = loan.contract;
  const part = mulDivRound(principal, random.between(1, 5), 10, 'down');
  emit(disbursedOn, 'repayment', part);
  emit(disbursedOn, 'settlement', null);
}

/** All fall due on the first day; `share` of 10,000 pay it then, exactly, the rest later. */
export function payOneDay(
  random: Random,
  loan: DrawnLoan,
  share: number,
  window: BookWindow,
  emit: Emit,
): void {
  const running = loan.dueOn.indexOf(window.startOn);
  if (running < 0) return;
  const days = window.endOn - window.startOn + 1;
  const amount = totalOf(laySchedule(loan.mix.terms, loan.contract), running);
  if (random.chance(share)) {
    emit(window.startOn, 'repayment', amount);
    return;
  }
  const day = window.startOn + random.between(1, Math.max(GRACE_DAYS, days - 1));
  if (day <= window.endOn) emit(day, 'repayment', amount);
}

/** Instalments that fall due within the window, each met by a habit; one missed ends it. */
function payRunning(random: Random, loan: DrawnLoan, window: BookWindow, emit: Emit): void {
  const { startOn, endOn } = window;
  let schedule: Schedule | null = null;
  // What was paid too much is in suspense and pays first: the customer brings the difference.
  let credit: Fen = 0;
  for (let seq = loan.paidPeriods; seq < loan.dueOn.length; seq += 1) {
    const dueOn = loan.dueOn[seq]!;
    if (dueOn > endOn) return;
    if (dueOn < startOn) continue;
    schedule ??= laySchedule(loan.mix.terms, loan.contract);
    const amount = totalOf(schedule, seq) - credit;
    credit = Math.max(0, -amount);
    if (amount <= 0) continue;
    const paid = payInstallment(random, dueOn, amount, endOn, emit);
    if (paid < amount) return;
    credit = paid - amount;
  }
}

/** Returns what is paid of the instalment until the end; less than its amount: it is missed. */
function payInstallment(
  random: Random,
  dueOn: EpochDay,
  amount: Fen,
  endOn: EpochDay,
  emit: Emit,
): Fen {
  const { habit } = random.pick(HABITS);
  const later = dueOn + random.between(1, GRACE_DAYS);
  const pay = (day: EpochDay, paid: Fen): Fen => {
    if (day > endOn) return 0;
    emit(day, 'repayment', paid);
    return paid;
  };
  switch (habit) {
    case 'exact':
      return pay(dueOn, amount);
    case 'more':
      return pay(dueOn, roundUp(amount + 1, 10_000));
    case 'in_grace':
      return pay(later, amount);
    case 'in_parts': {
      const part = Math.max(1, mulDivRound(amount, random.between(2, 8), 10, 'down'));
      const paysRest = random.chance(6000) && part < amount;
      return pay(dueOn, part) + (paysRest ? pay(later, amount - part) : 0);
    }
    default:
      return 0;
  }
}

/** Pays the instalment that was in grace when the book opened; false when it is missed. */
function payGrace(random: Random, loan: DrawnLoan, window: BookWindow, emit: Emit): boolean {
  const dueOn = loan.dueOn[loan.paidPeriods]!;
  const day = Math.max(window.startOn, dueOn + random.between(1, GRACE_DAYS));
  if (day > window.endOn || !random.chance(GRACE_PAID_SHARE)) return false;
  const schedule = laySchedule(loan.mix.terms, loan.contract);
  emit(day, 'repayment', totalOf(schedule, loan.paidPeriods));
  return true;
}

/** Day by day a late loan may pay one instalment, or all it owes and from then on as agreed. */
function payLate(random: Random, loan: DrawnLoan, window: BookWindow, emit: Emit): void {
  const cureShare = CURE_SHARE_A_DAY[loan.bucket] ?? 0;
  let part: Fen = 0;
  for (let day = window.startOn; day <= window.endOn; day += 1) {
    const drawn = random.below(10_000);
    if (drawn < cureShare) {
      const schedule = laySchedule(loan.mix.terms, loan.contract);
      emit(day, 'repayment', roundUp(owedOn(loan, schedule, day) - part, ROUND_UP_FEN));
      payRunning(random, loan, { startOn: day + 1, endOn: window.endOn }, emit);
      return;
    }
    if (drawn < cureShare + PART_SHARE_A_DAY && part === 0) {
      const schedule = laySchedule(loan.mix.terms, loan.contract);
      part = totalOf(schedule, loan.paidPeriods);
      emit(day, 'repayment', part);
    }
  }
}

/** All that has fallen due by `day` with its penalty, at least. */
function owedOn(loan: DrawnLoan, schedule: Schedule, day: EpochDay): Fen {
  const { rate } = loan.mix.terms.penalty;
  const [times, over] = rate.kind === 'multiple' ? [rate.numerator, rate.denominator] : [1, 1];
  const ratePpb = rate.kind === 'multiple' ? loan.contract.ratePpb : rate.ratePpb;
  let owed = 0;
  for (let seq = loan.paidPeriods; seq < schedule.dueOn.length; seq += 1) {
    const dueOn = schedule.dueOn[seq]!;
    if (dueOn > day) break;
    const total = totalOf(schedule, seq);
    // On the whole instalment and 360 days, so that no product asks for more.
    const units = ratePpb * times * (day - dueOn);
    owed += total + mulDivRound(total, units, 360 * over * RATE_SCALE, 'up');
  }
  return owed;
}

function totalOf(schedule: Schedule, seq: number): Fen {
  return (schedule.principal[seq] ?? 0) + (schedule.interest[seq] ?? 0);
}

function roundUp(amount: Fen, multiple: Fen): Fen {
  return mulDivRound(amount, 1, multiple, 'up') * multiple;
}
