import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { accruedAndOwed } from '../../src/accounting/fold/ahead.js';
import { type Position, STATUS } from '../../src/accounting/fold/position.js';
import { formatAmount } from '../../src/accounting/money/amount-text.js';
import { NO_DAY } from '../../src/accounting/money/units.js';
import type { Schedule } from '../../src/accounting/schedule/schedule-rows.js';
import type { ModelDocument } from '../model/model.js';
import type { OpeningDocument } from '../model/terms.js';
import { Draw } from './draw.js';
import { foldedHistory } from './random-history.js';
import { randomLoan } from './random-loan.js';

/** A loan folded from birth, and the same loan opened at the close of a day with what it had then. */
export interface CutHistory {
  readonly original: ModelDocument;
  readonly opened: ModelDocument;
  readonly cutOverOn: number;
  /** Of the day: what the opened loan cannot know of the original, in words; empty: nothing. */
  readonly lost: readonly string[];
}

/** The same for the same seed; undefined where the loan is over, or owes what no position has. */
export function cutHistory(seed: number): CutHistory | undefined {
  const draw = new Draw(seed + 5_000_000_000);
  const document = randomLoan(seed);
  const start = parseDay(document.loan.disbursed_on)!;
  const through = parseDay(document.through ?? '')!;
  const cutOverOn = start + draw.upTo(Math.max(through - start, 1));
  const events = (document.events ?? []).map(({ business_date: _, ...event }) => event);
  const isBefore = (event: { value_date: string }) => parseDay(event.value_date)! <= cutOverOn;
  const before = events.filter((event) => isBefore(event) && event.type !== 'reversal');
  const refs = new Set(before.map(({ ref }) => ref));
  const after = (document.events ?? []).filter(
    (event) => !isBefore(event) && !refs.has(event.ref) && !refs.has(event.of ?? ''),
  );
  const cut = { ...document, events: before, through: formatDay(cutOverOn) };
  const { position, file } = foldedHistory(cut);
  const opening = exported(position, file.schedule, cutOverOn);
  if (opening === undefined) return undefined;
  const { events: _, ...frame } = document;
  return {
    original: { ...frame, events: [...before, ...after] },
    opened: { ...frame, opening, events: after },
    cutOverOn,
    lost: lostOf(position, before),
  };
}

/**
 * An opened loan as another system may have kept it: rows that the product lays, another balance,
 * other amounts, money of before that bounces. Undefined as of `cutHistory`.
 */
export function openedLoan(seed: number): ModelDocument | undefined {
  const cut = cutHistory(seed);
  if (cut === undefined) return undefined;
  const draw = new Draw(seed + 6_000_000_000);
  const { opened, cutOverOn } = cut;
  const opening = { ...opened.opening! };
  const { repayment, interest } = opened.product;
  // What its product would lay or bear on another balance is not what it came with.
  const isFixed = repayment?.flat_total === true || !!interest?.recalculation;
  if (draw.chance(0.6) && !opening.written_off && !isFixed) {
    opening.schedule = null;
    if (draw.chance(0.5)) {
      const less = Math.floor(fenOf(opening.principal_not_due) / draw.between(2, 9));
      if (less > 0) opening.principal_not_due = text(less);
    }
  }
  // The oldest of them may have been paid there.
  const items = (opening.installments ?? []).slice(draw.chance(0.4) ? draw.upTo(4) : 0);
  opening.installments = items.map((item) => {
    const changed = { ...item };
    if (draw.chance(0.3)) delete changed.free_until;
    if (draw.chance(0.3)) changed.penalty = text(draw.upTo(50_000));
    if (draw.chance(0.2)) changed.fee = text(1 + draw.upTo(5_000));
    const half = Math.floor(fenOf(item.principal ?? '0') / 2);
    if (draw.chance(0.3) && half > 0) changed.principal = text(half);
    return changed;
  });
  if (draw.chance(0.4)) opening.suspense = text(draw.upTo(200_000));
  // Of the running period: the coming nights level it.
  if (draw.chance(0.3) && fenOf(opening.principal_not_due) > 0 && !isFixed) {
    opening.interest_accrued = text(draw.upTo(20_000));
  }
  if (draw.chance(0.1)) opening.accruing = false;
  const events = [...(opened.events ?? [])];
  const through = parseDay(opened.through ?? '')!;
  for (let k = 0; k < 3 && draw.chance(0.6); k += 1) {
    const valueDate = cutOverOn + 1 + draw.upTo(Math.max(through - cutOverOn, 1));
    const late = draw.chance(0.2)
      ? { business_date: formatDay(valueDate + draw.between(1, 9)) }
      : {};
    const amount = text(1 + draw.upTo(fenOf(String(opened.loan.principal)) / draw.between(4, 60)));
    const value_date = formatDay(valueDate);
    events.push({ ref: `B${k}`, type: 'charge_back', amount, value_date, ...late });
    if (draw.chance(0.15)) {
      events.push({ ref: `R${k}`, type: 'reversal', of: `B${k}`, value_date: formatDay(through) });
    }
  }
  return { ...opened, opening, events };
}

function fenOf(amount: string): number {
  return Math.round(Number(amount) * 100);
}

const text = (fen: number) => formatAmount(fen, 2);

/** The position as a file of balances says it; undefined for a loan that is over. */
export function exported(
  position: Position,
  schedule: Schedule,
  cutOverOn: number,
): OpeningDocument | undefined {
  const { status, special, open } = position;
  const isOver = [STATUS.settled, STATUS.cancelled, STATUS.transferred].includes(status as 2);
  const ahead = special?.ahead ?? [];
  const isAhead = ahead.some(
    (item) =>
      item.principalPaid + item.principalWaived + item.interestPaid + item.interestWaived > 0 ||
      item.penaltyDue > 0 ||
      item.feeMet > 0,
  );
  // A row for a charge alone is none that a position brings.
  const isCharge = position.nextSeq !== 0 && position.principalNotDue === 0;
  if (isOver || isAhead || isCharge || position.refundDue > 0) return undefined;
  const claim = open.find(({ seq }) => seq === 0);
  const isWrittenOff = status === STATUS.writtenOff;
  const from = position.nextSeq - 1;
  const rows = position.nextSeq === 0 ? [] : schedule.dueOn.slice(from);
  if (!isWrittenOff && (schedule.principal[schedule.principal.length - 1] ?? 1) === 0)
    return undefined;
  return {
    cut_over_on: formatDay(cutOverOn),
    principal_not_due: text(isWrittenOff ? (claim?.principalOpen ?? 0) : position.principalNotDue),
    interest_accrued: text(isWrittenOff ? (claim?.interestOpen ?? 0) : accruedAndOwed(position)),
    suspense: text(position.suspense),
    accruing: position.accruing,
    written_off: isWrittenOff,
    installments: open
      .filter(({ seq }) => seq !== 0)
      .map((item) => ({
        seq: item.seq,
        due_on: formatDay(item.dueOn),
        free_until: formatDay(item.lastFreeOn),
        principal: text(item.principalOpen),
        interest: text(item.interestOpen),
        penalty: text(item.penalty.open),
        compound: text(item.compound.open),
        fee: text(item.feeOpen),
      })),
    schedule:
      rows.length === 0
        ? null
        : rows.map((dueOn, k) => ({
            seq: from + k + 1,
            due_on: formatDay(dueOn),
            principal: text(schedule.principal[from + k]!),
            interest: text(schedule.interest[from + k]!),
            fee: text(ahead.find(({ seq }) => seq === from + k + 1)?.feeDue ?? 0),
          })),
  };
}

/** What a position does not say of the days before it, and coming days may ask for. */
function lostOf(position: Position, before: readonly { type: string }[]): string[] {
  const lost: string[] = [];
  const { special, open } = position;
  // Of what has a fraction of a minor unit, the fraction is lost.
  if (open.some(({ penalty, compound }) => penalty.rest + compound.rest > 0)) lost.push('fraction');
  if (open.some(({ penalty }) => penalty.due !== penalty.open)) lost.push('penalty paid');
  if (before.some(({ type }) => type === 'rate_change')) lost.push('rates');
  const changes = ['prepayment', 'merchant_refund', 'rate_change'];
  const isSpread = special !== null && special.lineFrom !== NO_DAY;
  if (isSpread || before.some(({ type }) => changes.includes(type))) lost.push('period');
  if ((special?.payment ?? 0) > 0 || (special?.principalPart ?? 0) > 0) lost.push('payment');
  return lost;
}
