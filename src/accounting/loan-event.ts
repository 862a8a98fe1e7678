import { allocateDue, dueTotal } from './allocation.js';
import { applyCharge } from './charge.js';
import { closeOutOf, payCloseOut } from './close-out.js';
import { openAheadTotal, payAhead, seqsAhead } from './early-payment.js';
import { type EventScene, orderInForce } from './event-scene.js';
import { BALANCE, MOVEMENT } from './flow.js';
import { applyMerchantRefund } from './merchant-refund.js';
import { type Position, STATUS } from './position.js';
import { prepay, prepayWith } from './prepayment.js';
import type { EarlyPayment } from './product.js';
import { applyRateChange } from './rate-change.js';
import { recalculate } from './recalculation.js';
import { applyTransfer } from './transfer.js';
import { type EpochDay, type Fen, NO_DAY, type RatePpb } from './units.js';
import { applyWaiver } from './waiver.js';
import { applyWriteOff } from './write-off.js';

/** Event types by code; the codes are stored. */
export const EVENT_TYPE = {
  disbursement: 1,
  opening: 2,
  repayment: 3,
  settlement: 4,
  prepayment: 5,
  waiver: 6,
  fee: 7,
  merchant_refund: 8,
  suspense_refund: 9,
  rate_change: 10,
  write_off: 11,
  recovery: 12,
  reversal: 13,
  transfer: 14,
} as const;
export type EventTypeName = keyof typeof EVENT_TYPE;
export const EVENT_TYPE_NAMES = ['', ...Object.keys(EVENT_TYPE)] as readonly string[];

/** One fact about a loan, whose value date is the day being closed. */
export interface LoanEvent {
  readonly eventId: number;
  readonly type: number;
  /**
   * Minor units; of a transfer the price. 0 where the event names none: a settlement or a refund of
   * all there is.
   */
  readonly amount: Fen;
  /** Of a waiver or a fee: the component by index. */
  readonly component: number;
  /** Of a waiver or a fee: the instalment; 0 for none. */
  readonly seq: number;
  /** Of a fee: the day it falls due; NO_DAY for none. */
  readonly dueOn: EpochDay;
  /** Of a repayment: what is done with the rest; null: what the product says. */
  readonly earlyPayment: EarlyPayment | null;
  /** Of a rate change: the new rate a year. */
  readonly ratePpb: RatePpb;
  /** It was applied by an earlier fold: should it be impossible now, its money is held. */
  readonly holdsMoney?: boolean;
}

/** The parts of an event that most have none of. */
export const PLAIN_EVENT = {
  component: 0,
  seq: 0,
  dueOn: NO_DAY,
  earlyPayment: null,
  ratePpb: 0,
} as const;

/** Whether an event asks for the loan's file: its schedule and its contract. */
export function needsFile(type: number, earlyPayment: EarlyPayment): boolean {
  if (type === EVENT_TYPE.repayment) return earlyPayment !== 'hold';
  return type !== EVENT_TYPE.suspense_refund && type !== EVENT_TYPE.recovery;
}

/**
 * Applies one event. What can't apply is an outcome with its rule, and changes nothing: a refusal
 * is a value, not an exception. Rules: `loan_settled`, `loan_written_off`, `loan_cancelled`,
 * `loan_transferred`, `amount_not_positive`, `settlement_short`, `due_and_open`, `unknown_seq`,
 * `waiver_above_due`, `refund_above_loan`, `refund_above_suspense`, `not_written_off`,
 * `unknown_event_type`.
 */
export function applyEvent(scene: EventScene, event: LoanEvent): void {
  const { position, flow } = scene;
  const refused = stateRefusal(position, event);
  if (refused !== '') {
    refuse(scene, event, refused);
    return;
  }
  const { allocated } = flow;
  const held = position.suspense;
  const rule = dispatch(scene, event);
  if (rule !== '') {
    refuse(scene, event, rule);
    return;
  }
  flow.settle(event.eventId, '', flow.allocated - allocated, position.suspense - held);
  if (scene.fold.recalculates) recalculate(scene);
  noteAskedLater(scene);
}

function refuse(scene: EventScene, event: LoanEvent, rule: string): void {
  const held = event.holdsMoney === true ? event.amount : 0;
  toSuspense(scene, held, event.eventId);
  scene.flow.settle(event.eventId, rule, 0, held);
}

function dispatch(scene: EventScene, event: LoanEvent): string {
  const { eventId, amount } = event;
  switch (event.type) {
    case EVENT_TYPE.repayment:
    case EVENT_TYPE.recovery:
      return repay(scene, event);
    case EVENT_TYPE.settlement:
      return settle(scene, event);
    case EVENT_TYPE.prepayment:
      return prepay(scene, amount, eventId);
    case EVENT_TYPE.waiver:
      return applyWaiver(scene, event);
    case EVENT_TYPE.fee:
      return applyCharge(scene, event);
    case EVENT_TYPE.merchant_refund:
      return applyMerchantRefund(scene, event);
    case EVENT_TYPE.suspense_refund:
      return refundSuspense(scene, amount, eventId);
    case EVENT_TYPE.rate_change:
      applyRateChange(scene, event.ratePpb, eventId);
      return '';
    case EVENT_TYPE.write_off:
      applyWriteOff(scene, eventId);
      return '';
    case EVENT_TYPE.transfer:
      applyTransfer(scene, event);
      return '';
    default:
      return 'unknown_event_type';
  }
}

/** Events that may carry no amount: all that there is, none at all, or a price of nothing. */
const AMOUNT_OPTIONAL: ReadonlySet<number> = new Set([
  EVENT_TYPE.settlement,
  EVENT_TYPE.merchant_refund,
  EVENT_TYPE.rate_change,
  EVENT_TYPE.write_off,
  EVENT_TYPE.transfer,
]);

function stateRefusal(position: Position, event: LoanEvent): string {
  const { type } = event;
  if (event.amount <= 0 && !AMOUNT_OPTIONAL.has(type)) return 'amount_not_positive';
  if (type === EVENT_TYPE.suspense_refund) return '';
  if (position.status === STATUS.cancelled) return 'loan_cancelled';
  if (position.status === STATUS.transferred) return 'loan_transferred';
  if (position.status === STATUS.writtenOff) {
    const pays = type === EVENT_TYPE.repayment || type === EVENT_TYPE.recovery;
    return pays ? '' : 'loan_written_off';
  }
  if (type === EVENT_TYPE.recovery) return 'not_written_off';
  if (isSettled(position)) {
    return type === EVENT_TYPE.fee && event.dueOn !== NO_DAY ? '' : 'loan_settled';
  }
  return '';
}

/** Nothing is owed any more, now or later: paid ahead in full too. */
export function isSettled(position: Position): boolean {
  if (position.principal !== 0 || dueTotal(position) !== 0) return false;
  return position.nextSeq === 0 || position.special?.askedLater === 0;
}

/**
 * Keeps in the position what the schedule still asks, so that a loan met ahead in full shows.
 * Without a `special` nothing was met ahead; making one here would let the position depend on
 * whether a file came along that no event asked for.
 */
export function noteAskedLater({ position, file }: EventScene): void {
  const { special } = position;
  if (file === null || special === null) return;
  special.askedLater = 0;
  for (const seq of seqsAhead(position, file.schedule)) {
    special.askedLater += openAheadTotal(position, file.schedule, seq);
  }
}

function repay(scene: EventScene, event: LoanEvent): string {
  const { position, book, fold, flow } = scene;
  const { amount, eventId } = event;
  const payment = { kind: MOVEMENT.repayment, eventId, date: book.date };
  let rest = allocateDue(position, orderInForce(scene), amount, payment, flow);
  const how = event.earlyPayment ?? fold.terms.allocation.earlyPayment;
  if (rest > 0 && how !== 'hold' && position.nextSeq !== 0) {
    rest =
      how === 'prepay' ? prepayWith(scene, rest, eventId) : payAhead(scene, rest, how, eventId);
  }
  toSuspense(scene, rest, eventId);
  return '';
}

function toSuspense({ position, flow }: EventScene, amount: Fen, eventId: number): void {
  if (amount === 0) return;
  position.suspense += amount;
  flow.move(MOVEMENT.repayment, BALANCE.suspense, position.accruing, amount, eventId);
}

/** All that is due, in order, then all that is not; more than that goes to suspense. */
function settle(scene: EventScene, event: LoanEvent): string {
  const { position, book, flow } = scene;
  const { eventId } = event;
  const out = closeOutOf(scene);
  const due = dueTotal(position);
  const owed = due + out.total;
  const amount = event.amount === 0 ? owed : event.amount;
  if (amount < owed) return 'settlement_short';
  const payment = { kind: MOVEMENT.repayment, eventId, date: book.date };
  allocateDue(position, orderInForce(scene), due, payment, flow);
  if (position.nextSeq !== 0) payCloseOut(scene, out, eventId);
  toSuspense(scene, amount - owed, eventId);
  return '';
}

function refundSuspense({ position, flow }: EventScene, amount: Fen, eventId: number): string {
  if (amount > position.suspense) return 'refund_above_suspense';
  position.suspense -= amount;
  flow.move(MOVEMENT.suspenseRefund, BALANCE.suspense, position.accruing, amount, eventId);
  return '';
}
