import { parseDay } from '../../accounting/epoch-day.js';
import { COMPONENTS } from '../../accounting/flow.js';
import type { OpenInstallment } from '../../accounting/position.js';
import type { Fen } from '../../accounting/units.js';
import { readOpen } from '../eod/packed.js';
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

/**
 * The instalments as the position has them. What is paid of a past one is the schedule less what is
 * open; penalty, compound interest and fee of a paid one are what was allocated to them. Those
 * that a settlement took out of the schedule are left out.
 */
export function installmentViews(
  schedule: StoredSchedule,
  position: StoredPosition,
  allocations: readonly StoredAllocation[],
  settledOn: string | null,
  text: Format,
): InstallmentView[] {
  const open = openInstallments(position.openInstallments);
  const charged = chargesPaid(allocations);
  const billed = billedCount(schedule, position, settledOn);
  const shown = position.nextSeq === 0 ? billed : schedule.dueOn.length;
  return Array.from({ length: shown }, (_, k) => {
    const seq = k + 1;
    const item = seq > billed ? undefined : open.get(seq);
    const scheduled = [schedule.principal[k]!, schedule.interest[k]!];
    const due = [...scheduled, ...dueCharges(seq, item, charged)];
    const left = seq > billed ? due : leftOf(item);
    const figures = (component: number) => ({
      due: text(due[component]!),
      paid: text(due[component]! - left[component]!),
    });
    return {
      seq,
      dueOn: schedule.dueOn[k]!,
      status: statusOf(seq > billed, due, item),
      principal: figures(0),
      interest: figures(1),
      penalty: figures(2),
      compound: figures(3),
      fee: figures(4),
    };
  });
}

function openInstallments(packed: Buffer): Map<number, OpenInstallment> {
  return new Map(readOpen(packed).open.map((item) => [item.seq, item]));
}

/** How many instalments have become due: of a settled loan those up to its settlement. */
function billedCount(
  schedule: StoredSchedule,
  position: StoredPosition,
  settledOn: string | null,
): number {
  if (position.nextSeq > 0) return position.nextSeq - 1;
  if (settledOn === null) return schedule.dueOn.length;
  return schedule.dueOn.filter((dueOn) => dueOn <= settledOn).length;
}

/** Paid penalty, compound interest and fee by instalment. */
function chargesPaid(allocations: readonly StoredAllocation[]): Map<number, Fen[]> {
  const paid = new Map<number, Fen[]>();
  for (const { seq, component, amount } of allocations) {
    if (component < 2) continue;
    const sums = paid.get(seq) ?? new Array<Fen>(COMPONENTS.length).fill(0);
    sums[component]! += amount;
    paid.set(seq, sums);
  }
  return paid;
}

function dueCharges(
  seq: number,
  item: OpenInstallment | undefined,
  charged: ReadonlyMap<number, readonly Fen[]>,
): Fen[] {
  if (item !== undefined) return [item.penalty.due, item.compound.due, item.feeDue];
  return charged.get(seq)?.slice(2) ?? [0, 0, 0];
}

function leftOf(item: OpenInstallment | undefined): Fen[] {
  if (item === undefined) return [0, 0, 0, 0, 0];
  const { principalOpen, interestOpen, penalty, compound, feeOpen } = item;
  return [principalOpen, interestOpen, penalty.open, compound.open, feeOpen];
}

function statusOf(
  ahead: boolean,
  due: readonly Fen[],
  item: OpenInstallment | undefined,
): InstallmentStatus {
  if (ahead) return due.some((amount) => amount > 0) ? 'pending' : 'paid';
  if (item === undefined) return 'paid';
  return item.overdue ? 'overdue' : 'due';
}
