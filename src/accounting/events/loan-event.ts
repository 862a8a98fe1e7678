import { type Position, STATUS } from '../fold/position.js';
import { recalculate } from '../fold/recalculation.js';
import { type EpochDay, type Fen, NO_DAY, type RatePpb } from '../money/units.js';
import { BALANCE, MOVEMENT } from '../posting/flow.js';
import type { EarlyPayment } from '../product/product.js';
import { allocateDue, dueTotal, openAmount, type Payment, payComponent } from './allocation.js';
import { applyCharge } from './charge.js';
import { applyChargeBack } from './charge-back.js';
import { closeOutOf, payCloseOut } from './close-out.js';
import { openAheadTotal, payAhead, seqsAhead } from './early-payment.js';
import { type EventScene, orderInForce } from './event-scene.js';
import { applyMerchantRefund } from './merchant-refund.js';
import { prepay, prepayWith } from './prepayment.js';
import { applyRateChange } from './rate-change.js';
import { meetRefundDue, payRefundDue, toSuspense } from './refund-due.js';
import { applyTransfer } from './transfer.js';
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
  charge_back: 15,
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
  /** Of a waiver or a fee, or of a repayment with `seq`: the component by index. */
  readonly component: number;
  /**
   * Of a waiver or a fee: the instalment; 0 for none. Of a repayment: the one that it is for, as
   * the money of a guarantor is for its claim; 0: it pays in the order in force.
   */
  readonly seq: number;
  /** Of a fee: the day it falls due; NO_DAY for none. */
  readonly dueOn: EpochDay;
  /** Of a repayment: what is done with the rest; null: what the product says. */
  readonly earlyPayment: EarlyPayment | null;
  /** Of a rate change: the new rate a year. */
  readonly ratePpb: RatePpb;
  /**
   * Of an event that was posted before and stands for money: what it moved then, money in positive.
   * It moves that for ever; where it is impossible now, the money is held.
   */
  readonly cash?: Fen | undefined;
}

/** The parts of an event that most have none of. */
export const PLAIN_EVENT = {
  component: 0,
  seq: 0,
  dueOn: NO_DAY,
  earlyPayment: null,
  ratePpb: 0,
} as const;

/** Events that are money of the customer, in or out: their cash stays what it was when posted. */
export const MONEY_TYPES: ReadonlySet<number> = new Set([
  EVENT_TYPE.repayment,
  EVENT_TYPE.settlement,
  EVENT_TYPE.prepayment,
  EVENT_TYPE.suspense_refund,
  EVENT_TYPE.recovery,
  EVENT_TYPE.charge_back,
]);

/** Whether an event asks for the loan's file: its schedule and its contract. */
export function needsFile(type: number, earlyPayment: EarlyPayment): boolean {
  if (type === EVENT_TYPE.repayment) return earlyPayment !== 'hold';
  return type !== EVENT_TYPE.suspense_refund && type !== EVENT_TYPE.recovery;
}

/**
 * Applies one event. What can't apply is an outcome with its rule, and changes nothing: a refusal
 * is a value, not an exception. Rules: `loan_settled`, `loan_written_off`, `loan_cancelled`,
 * `loan_transferred`, `amount_not_positive`, `settlement_short`, `due_and_open`, `unknown_seq`,
 * `nothing_to_prepay`, `waiver_above_due`, `refund_above_loan`, `refund_above_suspense`,
 * `not_written_off`, `charge_back_above_paid`, `unknown_event_type`.
 */
export function applyEvent(scene: EventScene, event: LoanEvent): void {
  const { position, flow } = scene;
  const { allocated } = flow;
  const held = position.suspense;
  const refused = stateRefusal(position, event);
  const rule = refused === '' ? dispatch(scene, event) : refused;
  if (rule === '') {
    flow.settle(event.eventId, '', flow.allocated - allocated, position.suspense - held);
    if (scene.fold.recalculates) recalculate(scene);
    noteAskedLater(scene);
  } else refuse(scene, event, rule);
  meetRefundDue(scene);
}

function refuse(scene: EventScene, event: LoanEvent, rule: string): void {
  const cash = event.cash ?? 0;
  if (cash < 0) {
    const { suspense } = scene.position;
    payOut(scene, 0 - cash, event.eventId);
    const toHeld = scene.position.suspense - suspense;
    scene.flow.settle(event.eventId, rule, cash - toHeld, toHeld);
    return;
  }
  toSuspense(scene, cash, event.eventId);
  scene.flow.settle(event.eventId, rule, 0, cash);
}

function dispatch(scene: EventScene, event: LoanEvent): string {
  const { eventId } = event;
  switch (event.type) {
    case EVENT_TYPE.repayment:
    case EVENT_TYPE.recovery:
      return repay(scene, event);
    case EVENT_TYPE.settlement:
      return settle(scene, event);
    case EVENT_TYPE.prepayment:
      return prepay(scene, event);
    case EVENT_TYPE.waiver:
      return applyWaiver(scene, event);
    case EVENT_TYPE.fee:
      return applyCharge(scene, event);
    case EVENT_TYPE.merchant_refund:
      return applyMerchantRefund(scene, event);
    case EVENT_TYPE.suspense_refund:
      return refundSuspense(scene, event);
    case EVENT_TYPE.rate_change:
      applyRateChange(scene, event.ratePpb, eventId);
      return '';
    case EVENT_TYPE.write_off:
      applyWriteOff(scene, eventId);
      return '';
    case EVENT_TYPE.charge_back:
      return applyChargeBack(scene, event);
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
  const isWrittenOff = position.status === STATUS.writtenOff;
  // Money that was taken as a recovery stays: where nothing is written off, it is a repayment.
  const recovers = type === EVENT_TYPE.recovery && (isWrittenOff || event.cash !== undefined);
  const pays = type === EVENT_TYPE.repayment || recovers;
  if (isWrittenOff) return pays ? '' : 'loan_written_off';
  const owesRefund = pays && position.refundDue > 0;
  if (position.status === STATUS.cancelled) return owesRefund ? '' : 'loan_cancelled';
  if (position.status === STATUS.transferred) return owesRefund ? '' : 'loan_transferred';
  if (type === EVENT_TYPE.recovery && !recovers) return 'not_written_off';
  if (isSettled(position)) {
    return type === EVENT_TYPE.fee && event.dueOn !== NO_DAY ? '' : 'loan_settled';
  }
  return '';
}

/** Nothing is owed any more, now or later: paid ahead in full too. */
export function isSettled(position: Position): boolean {
  if (position.principal !== 0 || position.refundDue !== 0) return false;
  if (dueTotal(position) !== 0) return false;
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
  const offered = amount - payRefundDue(scene, amount, payment);
  const left = event.seq === 0 ? offered : payDirected(scene, event, offered, payment);
  let rest = allocateDue(position, orderInForce(scene), left, payment, flow);
  const how = event.earlyPayment ?? fold.terms.allocation.earlyPayment;
  if (rest > 0 && how !== 'hold' && position.nextSeq !== 0) {
    rest =
      how === 'prepay' ? prepayWith(scene, rest, eventId) : payAhead(scene, rest, how, eventId);
  }
  toSuspense(scene, rest, eventId);
  return '';
}

/** Pays the component of the instalment that the money is for; what is not open of it is left. */
function payDirected(scene: EventScene, event: LoanEvent, amount: Fen, payment: Payment): Fen {
  const item = scene.position.open.find(({ seq }) => seq === event.seq);
  if (item === undefined) return amount;
  const paid = Math.min(amount, openAmount(item, event.component));
  if (paid > 0) payComponent(scene.position, item, event.component, paid, payment, scene.flow);
  return amount - paid;
}

/** What is owed for a refund, all that is due, then all that is not; more goes to suspense. */
function settle(scene: EventScene, event: LoanEvent): string {
  const { position, book, flow } = scene;
  const { eventId } = event;
  const out = closeOutOf(scene);
  const due = dueTotal(position);
  const owed = position.refundDue + due + out.total;
  const asked = event.amount === 0 ? owed : event.amount;
  const amount = event.cash ?? asked;
  if (amount < owed) return 'settlement_short';
  const payment = { kind: MOVEMENT.repayment, eventId, date: book.date };
  payRefundDue(scene, amount, payment);
  allocateDue(position, orderInForce(scene), due, payment, flow);
  if (position.nextSeq !== 0) payCloseOut(scene, out, eventId);
  toSuspense(scene, amount - owed, eventId);
  return '';
}

/** Pays suspense out. Money that went out stays out: what suspense lacks then is owed back. */
function refundSuspense(scene: EventScene, { amount, eventId, cash }: LoanEvent): string {
  if (amount > scene.position.suspense && cash === undefined) return 'refund_above_suspense';
  payOut(scene, amount, eventId);
  return '';
}

/** Money that went out: of suspense, and what that lacks is owed by the customer. */
function payOut({ position, flow }: EventScene, amount: Fen, eventId: number): void {
  const { accruing } = position;
  const held = Math.min(amount, position.suspense);
  const lacking = amount - held;
  position.suspense -= held;
  flow.move(MOVEMENT.suspenseRefund, BALANCE.suspense, accruing, held, eventId);
  if (lacking > 0) {
    position.refundDue += lacking;
    flow.oweRefund(eventId, lacking);
    flow.move(MOVEMENT.suspenseRefund, BALANCE.refundDue, accruing, lacking, eventId);
  }
}
