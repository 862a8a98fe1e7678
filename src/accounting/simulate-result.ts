import { formatAmount } from './amount-text.js';
import { type LoanCost, loanCost } from './cost.js';
import { formatDay } from './epoch-day.js';
import { COMPONENTS, COMPOUND, INTEREST, PENALTY, PRINCIPAL } from './flow.js';
import { CLASS_NAMES, type OpenInstallment, STATUS_NAMES } from './position.js';
import type { Schedule } from './schedule-rows.js';
import type {
  ComponentFigures,
  InstallmentRow,
  InstallmentStatus,
  PositionFigures,
  ScheduleRow,
  SimulationResult,
} from './simulate-document.js';
import type { Verdicts } from './simulate-events.js';
import type { FoldPass } from './simulate-fold.js';
import type { SimulatedEvent, SimulationInput } from './simulate-input.js';
import type { EpochDay, Fen } from './units.js';

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

type Format = (fen: Fen) => string;

/** Puts the end of a simulation into the shape and formats of its document. */
export function shapeResult(
  input: SimulationInput,
  schedule: Schedule,
  end: SimulationEnd,
): SimulationResult {
  const { contract, terms } = input;
  const { pass } = end;
  const dates = end.daily.map((_, k) => formatDay(contract.disbursedOn + k));
  const zero = formatAmount(0, terms.minorDigits);
  const text = (fen: Fen) => (fen === 0 ? zero : formatAmount(fen, terms.minorDigits));
  // A settled loan keeps the instalments that became due; the others left with the settlement.
  const shown = pass.position.nextSeq === 0 ? pass.billed : schedule.dueOn.length;
  return {
    schedule: scheduleRows(schedule, contract.disbursedOn, shown, text),
    installments: installmentRows(schedule, shown, end, text),
    position: positionFigures(end, text),
    daily: end.daily.map((day, k) => ({
      business_date: dates[k]!,
      interest: text(day.interest),
      penalty: text(day.penalty),
      compound: text(day.compound),
    })),
    allocations: pass.allocations.map(({ eventId, seq, component, amount }) => ({
      ref: eventId === 0 ? 'suspense' : (end.arrived[eventId - 1]?.ref ?? ''),
      seq,
      component: COMPONENTS[component]!,
      amount: text(amount),
    })),
    rejected: end.arrived.flatMap(({ ref }, index) => {
      const rule = end.verdicts[index]?.rule ?? '';
      return rule === '' ? [] : [{ ref, rule }];
    }),
    journal: journalLines(pass, (day) => dates[day - contract.disbursedOn]!, text),
    cost: costFigures(loanCost(terms, contract, schedule)),
  };
}

/** Rows of a schedule as they are shown, `count` of them. */
export function scheduleRows(
  schedule: Schedule,
  disbursedOn: EpochDay,
  count: number,
  text: Format,
): ScheduleRow[] {
  const rows: ScheduleRow[] = [];
  let startOn = disbursedOn;
  for (let k = 0; k < count; k += 1) {
    const dueOn = schedule.dueOn[k]!;
    const principal = schedule.principal[k]!;
    const interest = schedule.interest[k]!;
    rows.push({
      seq: k + 1,
      due_on: formatDay(dueOn),
      days: dueOn - startOn,
      principal: text(principal),
      interest: text(interest),
      fee: text(0),
      total: text(principal + interest),
      balance_after: text(schedule.balanceAfter[k]!),
    });
    startOn = dueOn;
  }
  return rows;
}

function installmentRows(
  schedule: Schedule,
  count: number,
  { pass }: SimulationEnd,
  text: Format,
): InstallmentRow[] {
  const paid = new Array<Fen>((count + 1) * COMPONENTS.length).fill(0);
  for (const { seq, component, amount } of pass.allocations) {
    paid[seq * COMPONENTS.length + component]! += amount;
  }
  const waived = text(0);
  const rows: InstallmentRow[] = [];
  for (let k = 0; k < count; k += 1) {
    const seq = k + 1;
    const lasting = pass.lasting.get(seq);
    const due = [schedule.principal[k]!, schedule.interest[k]!, 0, 0, 0];
    due[PENALTY] = lasting?.penalty.due ?? 0;
    due[COMPOUND] = lasting?.compound.due ?? 0;
    const figures = (component: number): ComponentFigures => ({
      due: text(due[component]!),
      paid: text(paid[seq * COMPONENTS.length + component]!),
      waived,
    });
    rows.push({
      seq,
      due_on: formatDay(schedule.dueOn[k]!),
      status: installmentStatus(seq > pass.billed, due[PRINCIPAL]! + due[INTEREST]!, lasting),
      principal: figures(0),
      interest: figures(1),
      penalty: figures(2),
      compound: figures(3),
      fee: figures(4),
    });
  }
  return rows;
}

function installmentStatus(
  ahead: boolean,
  asked: Fen,
  lasting: OpenInstallment | undefined,
): InstallmentStatus {
  if (ahead) return asked > 0 ? 'pending' : 'paid';
  if (lasting === undefined || openTotal(lasting) === 0) return 'paid';
  return lasting.overdue ? 'overdue' : 'due';
}

function openTotal(installment: OpenInstallment): Fen {
  const { principalOpen, interestOpen, feeOpen, penalty, compound } = installment;
  return principalOpen + interestOpen + feeOpen + penalty.open + compound.open;
}

function positionFigures({ pass, through }: SimulationEnd, text: Format): PositionFigures {
  const { position } = pass;
  return {
    business_date: formatDay(through),
    status: STATUS_NAMES[position.status],
    principal: text(position.principal),
    principal_overdue: text(position.principalOverdue),
    interest_accrued: text(position.interestAccrued),
    interest_due: text(position.interestDue),
    penalty_due: text(position.penaltyDue),
    compound_due: text(position.compoundDue),
    fee_due: text(position.feeDue),
    suspense: text(position.suspense),
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
