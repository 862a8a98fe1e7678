import { parseDay } from '../../accounting/calendar/epoch-day.js';
import {
  type AheadInstallment,
  type OpenInstallment,
  STATUS,
} from '../../accounting/fold/position.js';
import type { Fen } from '../../accounting/money/units.js';
import {
  COMPONENTS,
  COMPOUND,
  FEE,
  INTEREST,
  LINE,
  PENALTY,
  PRINCIPAL,
} from '../../accounting/posting/flow.js';
import { readOpen } from '../day/packed.js';
import type { BeforeTheBook } from './before-the-book.js';
import type { StoredAllocation, StoredPosition, StoredSchedule } from './loan-queries.js';
import type { InstallmentStatus, InstallmentView, ScheduleRowView } from './loan-view.js';

type Format = (fen: Fen) => string;

export function scheduleRows(
  schedule: StoredSchedule,
  disbursedOn: string,
  text: Format,
): ScheduleRowView[] {
  let startOn = disbursedOn;
  return schedule.dueOn.map((dueOn, k) => {
    const days = (parseDay(dueOn) ?? 0) - (parseDay(startOn) ?? 0);
    startOn = dueOn;
    return {
      seq: k + 1,
      dueOn,
      days,
      principal: text(schedule.principal[k]!),
      interest: text(schedule.interest[k]!),
      total: text(schedule.principal[k]! + schedule.interest[k]!),
      balanceAfter: text(schedule.balanceAfter[k]!),
    };
  });
}

/** What a loan's instalments are shown from. */
export interface InstallmentSources {
  readonly schedule: StoredSchedule;
  readonly position: StoredPosition;
  readonly allocations: readonly StoredAllocation[];
  readonly before: BeforeTheBook;
}

/**
 * The instalments as the schedule asks, the position holds and the allocations say. What is paid
 * and waived are sums of the lines; penalty and compound interest of an instalment that is paid are
 * what was paid of them.
 */
export function installmentViews(sources: InstallmentSources, text: Format): InstallmentView[] {
  const { schedule, position, before } = sources;
  const { open, special } = readOpen(position.openInstallments);
  const sums = sumLines(sources.allocations);
  const on = position.businessDate;
  return schedule.dueOn.map((dueOn, k) => {
    const seq = k + 1;
    const own = open.filter((item) => item.seq === seq);
    const ahead = special?.ahead.find((item) => item.seq === seq);
    const isAhead = position.nextSeq !== 0 && seq >= position.nextSeq;
    const met = (kind: number, component: number) => sums.get(`${kind}/${seq}/${component}`) ?? 0;
    const isSold =
      position.status === STATUS.transferred &&
      COMPONENTS.some((_, component) => met(LINE.transferred, component) !== 0);
    const due = dueOf(schedule, k, own, ahead, met);
    due[FEE]! += before.fee(seq);
    const figures = (component: number) => ({
      due: text(due[component]!),
      paid: text(before.paid(seq, component) + met(LINE.paid, component)),
      waived: text(met(LINE.waived, component)),
    });
    const left = COMPONENTS.reduce(
      (sum, _, component) =>
        sum + due[component]! - met(LINE.paid, component) - met(LINE.waived, component),
      0,
    );
    const pastStatus = isSold ? 'transferred' : dueStatus(own, on);
    return {
      seq,
      dueOn,
      status: isAhead ? (left > 0 ? 'pending' : 'paid') : pastStatus,
      principal: figures(PRINCIPAL),
      interest: figures(INTEREST),
      penalty: figures(PENALTY),
      compound: figures(COMPOUND),
      fee: figures(FEE),
    };
  });
}

/** By kind, instalment and component; money after a write-off, or given back, is paid or not. */
function sumLines(allocations: readonly StoredAllocation[]): Map<string, Fen> {
  const sums = new Map<string, Fen>();
  for (const { kind, seq, component, amount } of allocations) {
    const isPayment = kind === LINE.recovered || kind === LINE.returned;
    const key = `${isPayment ? LINE.paid : kind}/${seq}/${component}`;
    sums.set(key, (sums.get(key) ?? 0) + amount);
  }
  return sums;
}

function dueOf(
  schedule: StoredSchedule,
  k: number,
  own: readonly OpenInstallment[],
  ahead: AheadInstallment | undefined,
  met: (kind: number, component: number) => Fen,
): Fen[] {
  const due: Fen[] = [schedule.principal[k]!, schedule.interest[k]!, 0, 0, 0];
  due[FEE] = met(LINE.charged, FEE) + (ahead === undefined ? 0 : ahead.feeDue - ahead.feeMet);
  for (const component of [PENALTY, COMPOUND]) {
    const open = own.reduce(
      (sum, item) => sum + (component === PENALTY ? item.penalty.open : item.compound.open),
      0,
    );
    const gone = [LINE.paid, LINE.waived, LINE.transferred].map((kind) => met(kind, component));
    due[component] = gone.reduce((sum, amount) => sum + amount, open);
  }
  if (ahead !== undefined) due[PENALTY]! += ahead.penaltyDue - ahead.penaltyMet;
  return due;
}

function dueStatus(own: readonly OpenInstallment[], businessDate: string): InstallmentStatus {
  if (own.length === 0) return 'paid';
  const today = parseDay(businessDate) ?? 0;
  return own.some((item) => today > item.lastFreeOn) ? 'overdue' : 'due';
}
