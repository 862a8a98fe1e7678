import { type EpochDay, type Fen, type LoanId, NO_DAY, type RatePpb } from '../money/units.js';

/** Loan status; the codes are stored. */
export const STATUS = {
  normal: 0,
  overdue: 1,
  settled: 2,
  writtenOff: 3,
  cancelled: 4,
  transferred: 5,
} as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];
export const STATUS_NAMES = [
  'normal',
  'overdue',
  'settled',
  'written_off',
  'cancelled',
  'transferred',
] as const;

export const CLASS_NAMES = [
  'normal',
  'special_mention',
  'substandard',
  'doubtful',
  'loss',
] as const;

/** A charge that grows by the night: its exact sum is rounded once and never restarted. */
export interface ExactCharge {
  /** Charged so far: the exact sum, rounded. */
  due: Fen;
  /** What of it is unpaid. */
  open: Fen;
  /** The exact sum is `whole + rest / denominator`, 0 <= rest < denominator. */
  whole: Fen;
  rest: number;
}

/** A billed instalment with something open, or one still counting penalty. */
export interface OpenInstallment {
  seq: number;
  dueOn: EpochDay;
  /** The last day on which it can be paid without penalty; fixed when it becomes due. */
  lastFreeOn: EpochDay;
  /** Its grace has been missed: penalty counts. */
  missed: boolean;
  /** Its principal stands in the overdue account. */
  overdue: boolean;
  principalDue: Fen;
  principalOpen: Fen;
  interestDue: Fen;
  interestOpen: Fen;
  feeDue: Fen;
  feeOpen: Fen;
  penalty: ExactCharge;
  compound: ExactCharge;
  /** Penalty charged by an event, beside what the nights add up to; part of `penalty.open`. */
  penaltyCharged: Fen;
  /** Nights before it bear no penalty though its grace is missed: those before the book; else 0. */
  countsFrom: EpochDay;
}

/** An instalment not yet due on which something has been paid, waived or charged ahead. */
export interface AheadInstallment {
  seq: number;
  principalPaid: Fen;
  principalWaived: Fen;
  interestPaid: Fen;
  interestWaived: Fen;
  /** Charges that fall due with the instalment; paid and waived are what is met of them so far. */
  feeDue: Fen;
  feeMet: Fen;
  penaltyDue: Fen;
  penaltyMet: Fen;
}

/** A rate of the loan and the first night that bears it. */
export interface RateStep {
  on: EpochDay;
  ratePpb: RatePpb;
}

/** What only a loan with an extraordinary past carries; null on all others. */
export interface Special {
  /** Ascending by seq. */
  ahead: AheadInstallment[];
  /**
   * What whole-balance prepayments of the running period have paid per unit (q): in night units,
   * rounded up; exactly it is the scheduled share up to `settledOn` under the first `settledRates`
   * rates, where that day is set.
   */
  settledUnits: number;
  settledOn: EpochDay;
  settledRates: number;
  /** The rates since the disbursement once one has changed, ascending; otherwise empty. */
  rates: RateStep[];
  /** straight_line since the last change: the day from which the rest is spread, and its start. */
  lineFrom: EpochDay;
  lineBase: Fen;
  /** flat_interest: what the interest counts on; 0 for every other method. */
  flatBase: Fen;
  /** The level payment and the principal part in force, once they were needed; before that 0. */
  payment: Fen;
  principalPart: Fen;
  /** Recalculation: principal owed, summed over the nights of the running period so far. */
  owedNights: number;
  /** Nights before this day are not among them: a prepayment has paid what they bore; else 0. */
  owedFrom: EpochDay;
  /** Recalculation: interest of instalments before, asked by none of them; may be negative. */
  carried: Fen;
  /** Recalculation: rows made for a charge alone, behind those of the contract. */
  chargeRows: number;
  /** What instalments not yet due still ask, charges included; -1 before an event needed it. */
  askedLater: Fen;
  /** Money of before the book that has bounced (charge_back). */
  chargedBack: Fen;
}

export function blankSpecial(): Special {
  return {
    ahead: [],
    settledUnits: 0,
    settledOn: NO_DAY,
    settledRates: 0,
    rates: [],
    lineFrom: NO_DAY,
    lineBase: 0,
    flatBase: 0,
    payment: 0,
    principalPart: 0,
    owedNights: 0,
    owedFrom: 0,
    carried: 0,
    chargeRows: 0,
    askedLater: -1,
    chargedBack: 0,
  };
}

/**
 * The state of one loan at the end of one business day, as the fold advances it. Money is in minor
 * units. `principalNotDue` is what the schedule has not billed yet, money paid ahead included;
 * `principal = principalNotDue - principal met ahead + sum of principalOpen`. `principalOverdue` is
 * the part of instalments past their last penalty-free day; the `*Due` amounts are billed and
 * unpaid. `interestAccrued` is what the running period has accrued, less all interest that was paid
 * or waived ahead: it may be negative.
 */
export interface Position {
  bucket: number;
  loanId: LoanId;
  businessDate: EpochDay;
  /** The last day that was really folded; earlier than `businessDate` while the loan is held. */
  foldedOn: EpochDay;
  engineVersion: number;
  /** The accounting group (product version, org, funding plan) that it is booked under. */
  groupId: number;
  scheduleVersion: number;
  status: Status;
  accruing: boolean;
  /** Index into CLASS_NAMES. */
  classification: number;
  /** M bucket, 0 to 7. */
  overdueBucket: number;
  daysPastDue: number;
  /** Seq of the running instalment; 0 when none is left. */
  nextSeq: number;
  periodStartOn: EpochDay;
  /** Due date of the running instalment; NO_DAY when none is left. */
  nextDueOn: EpochDay;
  nextPrincipal: Fen;
  nextInterest: Fen;
  ratePpb: RatePpb;
  /** Sum of the night units of the running period, see `nightUnits`. */
  periodUnits: number;
  principal: Fen;
  principalNotDue: Fen;
  principalOverdue: Fen;
  interestAccrued: Fen;
  interestDue: Fen;
  penaltyDue: Fen;
  compoundDue: Fen;
  feeDue: Fen;
  suspense: Fen;
  /**
   * What the customer owes for money that was paid out to them and is not theirs any more; beside
   * the loan. Suspense pays it at once, so that one of the two is 0 at every close.
   */
  refundDue: Fen;
  /** Interest accrued over the life of the loan. */
  interestAccruedTotal: Fen;
  /** Due date and last penalty-free day of the oldest open instalment; NO_DAY when none is open. */
  oldestDueOn: EpochDay;
  oldestFreeOn: EpochDay;
  open: OpenInstallment[];
  special: Special | null;
}

/** A position with nothing in it: a loan about to be disbursed, or a buffer to decode into. */
export function blankPosition(): Position {
  return {
    bucket: 0,
    loanId: 0,
    businessDate: 0,
    foldedOn: 0,
    engineVersion: 0,
    groupId: 0,
    scheduleVersion: 1,
    status: STATUS.normal,
    accruing: true,
    classification: 0,
    overdueBucket: 0,
    daysPastDue: 0,
    nextSeq: 0,
    periodStartOn: NO_DAY,
    nextDueOn: NO_DAY,
    nextPrincipal: 0,
    nextInterest: 0,
    ratePpb: 0,
    periodUnits: 0,
    principal: 0,
    principalNotDue: 0,
    principalOverdue: 0,
    interestAccrued: 0,
    interestDue: 0,
    penaltyDue: 0,
    compoundDue: 0,
    feeDue: 0,
    suspense: 0,
    refundDue: 0,
    interestAccruedTotal: 0,
    oldestDueOn: NO_DAY,
    oldestFreeOn: NO_DAY,
    open: [],
    special: null,
  };
}
