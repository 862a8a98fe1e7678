import type { Verdicts } from '../backdating/verdict.js';
import { formatDay } from '../calendar/epoch-day.js';
import { type LoanCost, loanCost } from '../cost/cost.js';
import { openAheadTotal } from '../events/early-payment.js';
import { accruedAndOwed } from '../fold/ahead.js';
import { CLASS_NAMES, type OpenInstallment, STATUS, STATUS_NAMES } from '../fold/position.js';
import { formatAmount } from '../money/amount-text.js';
import type { EpochDay, Fen } from '../money/units.js';
import {
  type AllocationLine,
  COMPONENTS,
  COMPOUND,
  DOWN_PAYMENT_EVENT,
  FEE,
  LINE,
  LINE_COMPONENTS,
  PENALTY,
  SUSPENSE_EVENT,
} from '../posting/flow.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import { type BeforeTheBook, beforeTheBook } from './before-the-book.js';
import type {
  ComponentFigures,
  InstallmentRow,
  InstallmentStatus,
  PositionFigures,
  ScheduleRow,
  SimulationResult,
} from './result-shape.js';
import { type FoldPass, firstDay, isPayment } from './simulate-fold.js';
import type { SimulatedEvent, SimulationInput } from './simulate-input.js';

/** What one close posted. */
export interface DailyPosting {
  interest: Fen;
  penalty: Fen;
  compound: Fen;
}

/** What the passes of a simulation ended with. */
export interface SimulationEnd {
  readonly pass: FoldPass;
  readonly arrived: readonly SimulatedEvent[];
  readonly verdicts: Verdicts;
  readonly daily: readonly DailyPosting[];
  readonly through: EpochDay;
}

type Format = (fen: Fen | bigint) => string;

/** Puts the end of a simulation into the shape and formats of its document. */
export function shapeResult(
  input: SimulationInput,
  schedule: Schedule,
  end: SimulationEnd,
): SimulationResult {
  const { contract, terms } = input;
  const { pass } = end;
  const first = firstDay(input);
  const dates = end.daily.map((_, k) => formatDay(first + k));
  const zero = formatAmount(0, terms.minorDigits);
  const text = (fen: Fen | bigint) => (fen === 0 ? zero : formatAmount(fen, terms.minorDigits));
  const isCancelled = pass.position.status === STATUS.cancelled;
  const sums = sumLines(pass);
  const before = beforeTheBook(input, pass);
  const fees = (seq: number) => sums.charged(FEE)(seq) + before.fee(seq);
  return {
    schedule: isCancelled ? [] : scheduleRows(pass.file.schedule, contract.disbursedOn, fees, text),
    installments: isCancelled ? [] : installmentRows(end, sums, before, text),
    position: positionFigures(end, text),
    daily: end.daily.map((day, k) => ({
      business_date: dates[k]!,
      interest: text(day.interest),
      penalty: text(day.penalty),
      compound: text(day.compound),
    })),
    allocations: isCancelled ? [] : allocationRows(end, text),
    rejected: end.arrived.flatMap(({ ref }, index) => {
      const { rule = '' } = end.verdicts.get(index + 1) ?? {};
      return rule === '' ? [] : [{ ref, rule }];
    }),
    journal: journalLines(pass, formatDay, text),
    cost: costFigures(loanCost(terms, contract, schedule)),
  };
}

/** Rows of a schedule as they are shown, with the fee of each row: `fees(seq)`. */
export function scheduleRows(
  schedule: Schedule,
  disbursedOn: EpochDay,
  fees: (seq: number) => Fen,
  text: Format,
): ScheduleRow[] {
  const rows: ScheduleRow[] = [];
  let startOn = disbursedOn;
  for (const [k, dueOn] of schedule.dueOn.entries()) {
    const principal = schedule.principal[k]!;
    const interest = schedule.interest[k]!;
    // A row for a charge alone has no period of its own.
    if (k === 0 && principal + interest === 0 && schedule.balanceAfter[k] === 0) startOn = dueOn;
    const fee = fees(k + 1);
    rows.push({
      seq: k + 1,
      due_on: formatDay(dueOn),
      // A charge may be due before the instalment that it stands behind.
      days: Math.max(dueOn - startOn, 0),
      principal: text(principal),
      interest: text(interest),
      fee: text(fee),
      total: text(BigInt(principal) + BigInt(interest) + BigInt(fee)),
      balance_after: text(schedule.balanceAfter[k]!),
    });
    startOn = dueOn;
  }
  return rows;
}

interface LineSums {
  readonly paid: (seq: number, component: number) => Fen;
  readonly waived: (seq: number, component: number) => Fen;
  /** What events charged to an instalment, due or not. */
  readonly charged: (component: number) => (seq: number) => Fen;
  /** Something of the instalment went to the buyer of the loan. */
  readonly isTransferred: (seq: number) => boolean;
}

function sumLines({ lines, position }: FoldPass): LineSums {
  const sums = new Map<number, Fen>();
  const key = (kind: number, seq: number, component: number) =>
    (seq * 10 + kind) * LINE_COMPONENTS.length + component;
  const add = (kind: number, seq: number, component: number, amount: Fen) => {
    const at = key(kind, seq, component);
    sums.set(at, (sums.get(at) ?? 0) + amount);
  };
  for (const line of lines) {
    const kind = isPayment(line) || line.kind === LINE.returned ? LINE.paid : line.kind;
    add(kind, line.seq, line.component, line.amount);
  }
  for (const item of position.special?.ahead ?? []) {
    add(LINE.charged, item.seq, FEE, item.feeDue - item.feeMet);
    add(LINE.charged, item.seq, PENALTY, item.penaltyDue - item.penaltyMet);
  }
  const of = (kind: number) => (seq: number, component: number) =>
    sums.get(key(kind, seq, component)) ?? 0;
  const charged = of(LINE.charged);
  return {
    paid: of(LINE.paid),
    waived: of(LINE.waived),
    charged: (component) => (seq) => charged(seq, component),
    isTransferred: (seq) => COMPONENTS.some((_, at) => of(LINE.transferred)(seq, at) !== 0),
  };
}

function installmentRows(
  { pass, through }: SimulationEnd,
  sums: LineSums,
  before: BeforeTheBook,
  text: Format,
): InstallmentRow[] {
  const { position, file } = pass;
  const { schedule } = file;
  return schedule.dueOn.map((dueOn, k) => {
    const seq = k + 1;
    const own = [...pass.lasting].filter((item) => item.seq === seq);
    const due: Fen[] = [schedule.principal[k]!, schedule.interest[k]!, 0, 0, 0];
    due[FEE] = sums.charged(FEE)(seq);
    due[PENALTY] = sums.charged(PENALTY)(seq);
    due[FEE]! += before.fee(seq);
    for (const item of own) {
      due[PENALTY]! += item.penalty.due;
      due[COMPOUND]! += item.compound.due;
    }
    const figures = (component: number): ComponentFigures => ({
      due: text(due[component]!),
      paid: text(sums.paid(seq, component) + before.paid(seq, component)),
      waived: text(sums.waived(seq, component)),
    });
    const isAhead = position.nextSeq !== 0 && seq >= position.nextSeq;
    const pastStatus = sums.isTransferred(seq) ? 'transferred' : dueStatus(own, through);
    const status = isAhead
      ? openAheadTotal(position, schedule, seq) > 0
        ? 'pending'
        : 'paid'
      : pastStatus;
    return {
      seq,
      due_on: formatDay(dueOn),
      status,
      principal: figures(0),
      interest: figures(1),
      penalty: figures(2),
      compound: figures(3),
      fee: figures(4),
    };
  });
}

function dueStatus(own: readonly OpenInstallment[], through: EpochDay): InstallmentStatus {
  const open = own.filter((item) => openTotal(item) > 0);
  if (open.length === 0) return 'paid';
  return open.some((item) => through > item.lastFreeOn) ? 'overdue' : 'due';
}

function openTotal(installment: OpenInstallment): Fen {
  const { principalOpen, interestOpen, feeOpen, penalty, compound } = installment;
  return principalOpen + interestOpen + feeOpen + penalty.open + compound.open;
}

/** One line a ref, instalment and component, in the order of the fold. */
function allocationRows(
  { pass, arrived }: SimulationEnd,
  text: Format,
): SimulationResult['allocations'] {
  const merged = new Map<string, { line: AllocationLine; amount: Fen }>();
  for (const line of pass.lines) {
    if (!isPayment(line)) continue;
    const key = `${line.eventId}/${line.seq}/${line.component}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { line, amount: line.amount });
    else known.amount += line.amount;
  }
  const refOf = (eventId: number): string => {
    if (eventId === SUSPENSE_EVENT) return 'suspense';
    if (eventId === DOWN_PAYMENT_EVENT) return 'down_payment';
    return arrived[eventId - 1]?.ref ?? '';
  };
  return [...merged.values()]
    .filter(({ amount }) => amount !== 0)
    .map(({ line, amount }) => ({
      ref: refOf(line.eventId),
      seq: line.seq,
      component: LINE_COMPONENTS[line.component]!,
      amount: text(amount),
    }));
}

function positionFigures({ pass, through }: SimulationEnd, text: Format): PositionFigures {
  const { position } = pass;
  return {
    business_date: formatDay(through),
    status: STATUS_NAMES[position.status],
    principal: text(position.principal),
    principal_overdue: text(position.principalOverdue),
    interest_accrued: text(accruedAndOwed(position)),
    interest_due: text(position.interestDue),
    penalty_due: text(position.penaltyDue),
    compound_due: text(position.compoundDue),
    fee_due: text(position.feeDue),
    suspense: text(position.suspense),
    refund_due: text(position.refundDue),
    days_past_due: position.daysPastDue,
    classification: CLASS_NAMES[position.classification]!,
    accruing: position.accruing,
  };
}

function journalLines(
  { journal }: FoldPass,
  dateText: (day: EpochDay) => string,
  text: Format,
): SimulationResult['journal'] {
  if (journal === null) return [];
  return journal.lines.map(({ businessDate, voucher, code, amount, memo }) => ({
    business_date: dateText(businessDate),
    voucher: String(voucher),
    account: code,
    debit: text(Math.max(amount, 0)),
    credit: text(Math.max(0 - amount, 0)),
    memo,
  }));
}

function costFigures({
  irrPeriod,
  irrAnnual,
  effectiveAnnual,
}: LoanCost): SimulationResult['cost'] {
  return { irr_period: irrPeriod, irr_annual: irrAnnual, effective_annual: effectiveAnnual };
}
