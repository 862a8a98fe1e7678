import { type EventScene, fileOf } from '../events/event-scene.js';
import { applyEvent, EVENT_TYPE, type LoanEvent, noteAskedLater } from '../events/loan-event.js';
import type { DayFlow } from '../posting/flow.js';
import { accrueInterest, accruePenalty } from './accrual.js';
import { ageLoan } from './ageing.js';
import { billInstallment, installmentAt, type NextInstallment } from './billing.js';
import type { BookDay, FoldTerms } from './fold-terms.js';
import type { LoanFile } from './loan-terms-at-hand.js';
import type { Position } from './position.js';
import { accrueRecalculated, recalculateToday } from './recalculation.js';

/** Goes up when the same input may give another position. */
export const ENGINE_VERSION = 4;

/**
 * Closes one business day for one loan: `position` enters as of the day before and leaves as of
 * `book.date`; all else that the day did is left in `flow`. The order is that of CONVENTIONS
 * (Closing day D): due, suspense, events in order of arrival, the night, ageing. Nothing is read
 * but the arguments. `next` is the instalment after the running one and is asked for only when the
 * running one falls due; `file` is asked for by events that `needsFile` names, which may lay its
 * schedule again, and by every close of a product with recalculation. Throws InvariantError when
 * the loan can't be folded; the caller then holds the loan and drops position, flow and file.
 */
export function closeDay(
  position: Position,
  book: BookDay,
  fold: FoldTerms,
  events: readonly LoanEvent[],
  next: NextInstallment | null,
  flow: DayFlow,
  file: LoanFile | null = null,
): void {
  const { date } = book;
  flow.reset();
  flow.accruing = position.accruing;
  let following = next;
  if (fold.recalculates) {
    following = openRecalculated({ position, book, fold, file, flow });
  }
  if (position.nextDueOn <= date) {
    billInstallment(position, book, fold, following, flow);
  }
  if (events.length > 0) {
    const scene: EventScene = { position, book, fold, file, flow };
    for (const event of inOrder(events)) applyEvent(scene, event);
  }
  if (fold.recalculates) accrueRecalculated({ position, book, fold, file, flow });
  else if (position.nextSeq !== 0) accrueInterest(position, fold, date, flow);
  if (position.open.length > 0) {
    accruePenalty(position, fold, date, flow);
    dropPaid(position);
  }
  ageLoan(position, book, flow);
  position.businessDate = date;
  position.foldedOn = date;
  position.engineVersion = ENGINE_VERSION;
}

/** Events that bring money of the customer. */
const PAYMENTS: ReadonlySet<number> = new Set([
  EVENT_TYPE.repayment,
  EVENT_TYPE.prepayment,
  EVENT_TYPE.settlement,
  EVENT_TYPE.recovery,
]);

/** The morning of a loan whose interest follows its payments; the instalment after the running. */
function openRecalculated(scene: EventScene): NextInstallment | null {
  const { position } = scene;
  recalculateToday(scene);
  if ((position.special?.askedLater ?? -1) >= 0) noteAskedLater(scene);
  return position.nextSeq === 0 ? null : installmentAt(fileOf(scene).schedule, position.nextSeq);
}

/** The waivers of a day come before its payments, whatever their order of arrival. */
function inOrder(events: readonly LoanEvent[]): readonly LoanEvent[] {
  const last = events.length - 1;
  if (last < 1 || !events.some((event) => event.type === EVENT_TYPE.waiver)) return events;
  const ordered: LoanEvent[] = [];
  /** The day's first payment and all that came after it. */
  let payments = 0;
  for (const event of events) {
    if (event.type === EVENT_TYPE.waiver) ordered.splice(ordered.length - payments, 0, event);
    else {
      if (payments > 0 || PAYMENTS.has(event.type)) payments += 1;
      ordered.push(event);
    }
  }
  return ordered;
}

function dropPaid(position: Position): void {
  const { open } = position;
  let kept = 0;
  for (const installment of open) {
    const isOpen =
      installment.principalOpen > 0 ||
      installment.interestOpen > 0 ||
      installment.penalty.open > 0 ||
      installment.compound.open > 0 ||
      installment.feeOpen > 0;
    if (isOpen) {
      open[kept] = installment;
      kept += 1;
    }
  }
  while (open.length > kept) open.pop();
}
