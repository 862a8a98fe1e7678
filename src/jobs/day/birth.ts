import type { DatedEvent } from '../../accounting/backdating/dated-event.js';
import { knownQueue } from '../../accounting/backdating/known-queue.js';
import { EVENT_TYPE } from '../../accounting/events/loan-event.js';
import { beginLoan } from '../../accounting/fold/begin-loan.js';
import { installmentAt, startPeriod } from '../../accounting/fold/billing.js';
import { foldRange, type LoanRun } from '../../accounting/fold/fold-range.js';
import type { LoanFile, OpenedLoan } from '../../accounting/fold/loan-terms-at-hand.js';
import type { Position } from '../../accounting/fold/position.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { openLoan } from '../../accounting/opening/open-loan.js';
import { openedBy, openingMovements } from '../../accounting/opening/opening-entries.js';
import { openingDifference } from '../../accounting/opening/opening-met.js';
import type { OpeningPosition } from '../../accounting/opening/opening-position.js';
import {
  BALANCE,
  type DayFlow,
  INTEREST,
  MOVEMENT,
  PRINCIPAL,
} from '../../accounting/posting/flow.js';
import type { Schedule } from '../../accounting/schedule/schedule-rows.js';
import { damagedDate } from './damage/damaged-row.js';
import type { DayTerms } from './day-terms.js';
import type { PositionRow } from './position-row.js';
import type { Birth } from './task-input.js';

/** A loan that was born, with its file as it goes on. */
export interface Born {
  readonly file: LoanFile;
  /** The first version of its schedule. */
  readonly agreed: Schedule;
  /** Events of before the book are in the position that it came with. */
  readonly hasHistory: boolean;
}

/**
 * Makes `row` the loan as it stood on the evening before `bornOn`, and leaves in `flow` what enters
 * the book with it. A disbursed loan enters with its principal. An opened one (migrated) stands as
 * the position says that it came with; without one, or where its history came along (`history`:
 * events valued before it was born), it is folded from its disbursement, or from the last
 * instalment paid before the book began. It enters with every balance that gives.
 */
export function bear(
  row: PositionRow,
  birth: Birth,
  bornOn: EpochDay,
  days: DayTerms,
  flow: DayFlow,
  history: readonly DatedEvent[] = [],
): Born {
  row.blank();
  const { position } = row;
  const schedule = birth.schedule();
  if (bornOn < birth.contract.disbursedOn) {
    throw damagedDate('loan', 'disbursed_on', birth.contract.disbursedOn);
  }
  const opening = birth.opening();
  if (opening !== null && opening.cutOverOn !== bornOn - 1) {
    throw damagedDate('opening_position', 'cut_over_on', opening.cutOverOn);
  }
  position.loanId = birth.loanId;
  position.bucket = birth.bucket;
  position.groupId = birth.groupId;
  const totals = row.openTotals();
  const opened = openedOf(birth, opening, schedule);
  const file = { contract: birth.contract, schedule, changed: false, opened, totals: () => totals };
  const run = { position, file, totals };
  if (opening !== null && !opening.fromBirth) {
    const terms = days.fold(birth.groupId, opening.cutOverOn);
    openLoan(run, opening, terms, days.book(opening.cutOverOn));
  } else foldToBirth(run, birth, bornOn, days, flow, opening === null ? [] : history);
  if (opening?.fromBirth === true) requireMet(position, opening);
  flow.reset();
  flow.accruing = position.accruing;
  enter(position, birth, flow);
  return { file, agreed: schedule, hasHistory: opening?.fromBirth === true };
}

/** A loan of the book with its file, as the newest version of its schedule has it. */
export function fileOfBirth(birth: Birth, totals: () => readonly Fen[]): Omit<Born, 'hasHistory'> {
  const agreed = birth.schedule();
  const opened = openedOf(birth, birth.opening(), agreed);
  const { contract } = birth;
  return { file: { contract, schedule: agreed, changed: false, opened, totals }, agreed };
}

/** Of a loan that was opened: what had been paid before the book. */
export function openedOf(
  birth: Pick<Birth, 'type' | 'paidPeriods' | 'bornOn'>,
  opening: OpeningPosition | null,
  agreed: Schedule,
): OpenedLoan | undefined {
  if (opening !== null) return openedBy(opening, agreed);
  if (birth.type !== EVENT_TYPE.opening) return undefined;
  const paidSeqs = () => Array.from({ length: birth.paidPeriods }, (_, k) => k + 1);
  return { cutOverOn: birth.bornOn - 1, paidSeqs };
}

/** The events of a loan's history: valued before it was born, and not undone on that day. */
export function historyOf(events: readonly DatedEvent[], bornOn: EpochDay): DatedEvent[] {
  if (events.length === 0) return [];
  const undone = new Set<number>();
  for (const { type, businessDate, ofEventId } of events) {
    if (type === EVENT_TYPE.reversal && businessDate === bornOn) undone.add(ofEventId);
  }
  return events.filter(
    ({ eventId, valueDate, type }) =>
      valueDate < bornOn && type !== EVENT_TYPE.reversal && !undone.has(eventId),
  );
}

function foldToBirth(
  run: LoanRun,
  birth: Birth,
  bornOn: EpochDay,
  days: DayTerms,
  flow: DayFlow,
  history: readonly DatedEvent[],
): void {
  const { position, file } = run;
  const { contract } = birth;
  beginLoan(position, days.fold(birth.groupId, contract.disbursedOn).terms, file);
  const isPaid = birth.paidPeriods !== 0 && birth.opening() === null;
  const from = isPaid ? startPaid(run, birth) : contract.disbursedOn;
  const foldDays = { book: days.book, terms: (date: EpochDay) => days.fold(birth.groupId, date) };
  const none = { verdicts: new Map(), undone: new Set<number>() };
  const queue = knownQueue(history, { ...none, baseOn: from - 1 });
  foldRange(run, { from, to: bornOn - 1 }, queue, foldDays, flow, () => undefined);
  position.businessDate = bornOn - 1;
  position.foldedOn = bornOn - 1;
}

/** Puts the loan behind its last instalment paid before the book; returns the first day to fold. */
function startPaid({ position, file, totals }: LoanRun, birth: Birth): EpochDay {
  const { schedule } = file;
  const paid = birth.paidPeriods;
  let principal = 0;
  let interest = 0;
  for (let i = 0; i < paid; i += 1) {
    principal += schedule.principal[i]!;
    interest += schedule.interest[i]!;
  }
  position.principal = birth.contract.principal - principal;
  position.principalNotDue = position.principal;
  if (schedule.balanceAfter[paid - 1] !== position.principal) {
    throw new InvariantError('the schedule does not sum to the loan', { paidPeriods: paid });
  }
  position.interestAccruedTotal = interest;
  for (const [component, amount] of [
    [PRINCIPAL, principal],
    [INTEREST, interest],
  ] as const) {
    totals[4 * component] = amount;
    totals[4 * component + 1] = amount;
  }
  const start = schedule.dueOn[paid - 1]!;
  startPeriod(position, start, installmentAt(schedule, paid));
  return start;
}

function requireMet(position: Position, opening: OpeningPosition): void {
  const difference = openingDifference(position, opening);
  if (difference === undefined) return;
  const message = 'the loan folded from birth does not stand as its opening position says';
  throw new InvariantError(message, { ...difference });
}

function enter(position: Position, birth: Birth, flow: DayFlow): void {
  const id = birth.eventId;
  if (birth.type === EVENT_TYPE.disbursement) {
    flow.move(MOVEMENT.disbursement, BALANCE.principalNormal, true, position.principal, id);
  } else {
    openingMovements(position, id, flow);
  }
  flow.settle(id, '', 0, 0);
}
