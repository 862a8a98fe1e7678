import { accruedAndOwed } from '../../accounting/fold/ahead.js';
import type { LoanFile } from '../../accounting/fold/loan-terms-at-hand.js';
import {
  blankPosition,
  blankSpecial,
  type OpenInstallment,
  type Position,
  STATUS,
  type Status,
} from '../../accounting/fold/position.js';
import { Refusal } from '../../accounting/money/refusal.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { openLoan } from '../../accounting/opening/open-loan.js';
import { openingFault } from '../../accounting/opening/opening-fault.js';
import type { OpeningPosition } from '../../accounting/opening/opening-position.js';
import { TOTALS_COUNT } from '../../accounting/posting/totals.js';
import type { DayTerms } from '../day/day-terms.js';
import type { StandingLoan } from './standing-loans.js';

/** How a loan leaves the book for another one. */
export type Carried =
  /** It has not been disbursed by the day: its contract says all. */
  | { readonly way: 'contract' }
  /** With the position that it goes on from; `history`: with its events, folded from birth. */
  | {
      readonly way: 'position' | 'history';
      readonly opening: OpeningPosition;
      /** A fraction of a minor unit of penalty or compound interest stays behind. */
      readonly isRounded: boolean;
    }
  /** Not at all; what of it no position can say. */
  | { readonly way: 'left'; readonly reason: string };

/**
 * How a loan that stands so at the close of `day` is given to another book. What would open it
 * there is opened here and held against it: a loan that would not stand the same brings its
 * history, and where that is not known it is left out.
 */
export function carriedLoan(loan: StandingLoan, day: EpochDay, days: DayTerms): Carried {
  const { position } = loan;
  if (loan.held !== null) return { way: 'left', reason: 'held' };
  if (position === null) {
    const isNew = loan.contract.disbursedOn > day;
    return isNew ? { way: 'contract' } : { way: 'left', reason: 'not_folded' };
  }
  if (isOver(position)) return { way: 'left', reason: 'closed' };
  const opening = openingOf(loan, position, day);
  const difference = differenceOf(loan, position, opening, days);
  if (difference === undefined) {
    const isRounded = position.open.some(
      ({ penalty, compound }) => penalty.rest + compound.rest > 0,
    );
    if (!isRounded || loan.isOpened) return { way: 'position', opening, isRounded };
  }
  if (loan.isOpened) return { way: 'left', reason: difference ?? 'unknown' };
  // Folded from birth it lays its own rows: those that cannot be said need not be.
  const said = [opening, { ...opening, coming: null }].find(
    (one) => openingFault(one, loan.contract, loan.agreed) === undefined,
  );
  if (said === undefined) return { way: 'left', reason: difference ?? 'unknown' };
  return { way: 'history', opening: { ...said, fromBirth: true }, isRounded: false };
}

const OVER: readonly Status[] = [STATUS.settled, STATUS.cancelled, STATUS.transferred];

/** Settled, cancelled or sold, and nothing of the customer's is held or owed. */
function isOver({ status, suspense, refundDue }: Position): boolean {
  return OVER.includes(status) && suspense + refundDue === 0;
}

function openingOf(loan: StandingLoan, position: Position, day: EpochDay): OpeningPosition {
  const isWrittenOff = position.status === STATUS.writtenOff;
  const claim = position.open.find(({ seq }) => seq === 0);
  const open = position.open.filter((item) => item.seq !== 0 && openOf(item) > 0);
  return {
    cutOverOn: day,
    principalNotDue: isWrittenOff ? (claim?.principalOpen ?? 0) : position.principalNotDue,
    interestAccrued: isWrittenOff ? (claim?.interestOpen ?? 0) : accruedAndOwed(position),
    suspense: position.suspense,
    accruing: position.accruing,
    writtenOff: isWrittenOff,
    fromBirth: false,
    periodsPaid: null,
    daysPastDue: isWrittenOff ? null : position.daysPastDue,
    classification: position.classification,
    open: open.map((item) => ({
      seq: item.seq,
      dueOn: item.dueOn,
      freeUntil: item.lastFreeOn,
      principal: item.principalOpen,
      interest: item.interestOpen,
      penalty: item.penalty.open,
      compound: item.compound.open,
      fee: item.feeOpen,
    })),
    coming: isWrittenOff ? null : comingOf(loan, position),
  };
}

function openOf(item: OpenInstallment): Fen {
  const { principalOpen, interestOpen, feeOpen, penalty, compound } = item;
  return principalOpen + interestOpen + feeOpen + penalty.open + compound.open;
}

/** Rows that the loan goes on by, where they are not those that the contract has. */
function comingOf(
  { agreed, schedule }: StandingLoan,
  { nextSeq, special }: Position,
): OpeningPosition['coming'] {
  if (nextSeq === 0) return null;
  const fees = new Map(special?.ahead.map(({ seq, feeDue }) => [seq, feeDue]));
  const hasFees = [...fees.values()].some((fee) => fee > 0);
  if (schedule === agreed && !hasFees) return null;
  const isAgreed = schedule.dueOn.every(
    (dueOn, k) =>
      dueOn === agreed.dueOn[k] &&
      schedule.principal[k] === agreed.principal[k] &&
      schedule.interest[k] === agreed.interest[k],
  );
  if (isAgreed && !hasFees && agreed.dueOn.length === schedule.dueOn.length) return null;
  return schedule.dueOn.slice(nextSeq - 1).map((dueOn, k) => ({
    seq: nextSeq + k,
    dueOn,
    principal: schedule.principal[nextSeq - 1 + k]!,
    interest: schedule.interest[nextSeq - 1 + k]!,
    fee: fees.get(nextSeq + k) ?? 0,
  }));
}

/** What of a position another book would have otherwise; undefined: nothing. */
function differenceOf(
  { contract, agreed }: StandingLoan,
  position: Position,
  opening: OpeningPosition,
  days: DayTerms,
): string | undefined {
  const fault = openingFault(opening, contract, agreed);
  if (fault !== undefined) return `${fault.key}: ${fault.rule}`;
  const totals = new Array<Fen>(TOTALS_COUNT).fill(0);
  const file: LoanFile = { contract, schedule: agreed, changed: false, totals: () => totals };
  const opened = blankPosition();
  const { cutOverOn } = opening;
  try {
    const terms = days.fold(position.groupId, cutOverOn);
    openLoan({ position: opened, file, totals }, opening, terms, days.book(cutOverOn));
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return firstDifference(comparable(position), comparable(opened));
}

/** Where the loan is kept, and what it does not go on from. */
const PLACE: ReadonlySet<string> = new Set([
  ...['bucket', 'loanId', 'businessDate', 'foldedOn', 'engineVersion', 'groupId'],
  ...['scheduleVersion', 'interestAccruedTotal'],
]);

/** What the loan goes on from, as texts by name. */
function comparable(position: Position): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const [key, value] of Object.entries(position)) {
    if (typeof value !== 'object' && !PLACE.has(key)) named.set(key, String(value));
  }
  for (const item of position.open) {
    for (const [key, value] of Object.entries(item)) {
      if (typeof value !== 'object') named.set(`${item.seq}.${key}`, String(value));
    }
    for (const key of ['penaltyCharged', 'countsFrom', 'feeDue'])
      named.delete(`${item.seq}.${key}`);
    named.set(`${item.seq}.penalty`, String(item.penalty.open));
    named.set(`${item.seq}.compound`, String(item.compound.open));
  }
  const special = { ...(position.special ?? blankSpecial()), askedLater: -1, chargedBack: 0 };
  special.ahead = special.ahead.filter((item) =>
    Object.values(item).some((n, k) => k > 0 && n > 0),
  );
  for (const [key, value] of Object.entries(special)) named.set(key, JSON.stringify(value));
  return named;
}

function firstDifference(
  here: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): string | undefined {
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    if (here.get(key) !== there.get(key)) return key;
  }
  return undefined;
}
