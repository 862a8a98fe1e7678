import type { EpochDay, Fen } from '../money/units.js';
import type { LoanContract, Schedule } from '../schedule/schedule-rows.js';
import type { OpeningFault, OpeningInstallment, OpeningPosition } from './opening-position.js';
import { dueByCutOver } from './opening-rows.js';

const AMOUNTS = ['principal', 'interest', 'penalty', 'compound', 'fee'] as const;

/**
 * What a position contradicts in itself or in the loan's contract; undefined: nothing. `schedule`
 * is the contract's own. Its rules: `amount_negative`, `cut_over_before_disbursement`,
 * `seq_out_of_order`, `due_not_ascending`, `due_after_cut_over`, `free_before_due`,
 * `nothing_open`, `principal_above_loan`, `periods_paid_not_due`, `periods_not_in_schedule`,
 * `seq_not_due`, `accrued_without_period`, `principal_without_rows`, `rows_not_principal`.
 */
export function openingFault(
  opening: OpeningPosition,
  contract: LoanContract,
  schedule: Schedule,
): OpeningFault | undefined {
  const { cutOverOn, principalNotDue, interestAccrued, suspense } = opening;
  if (principalNotDue < 0)
    return amountFault('principalNotDue', 'amount_negative', principalNotDue);
  if (interestAccrued < 0)
    return amountFault('interestAccrued', 'amount_negative', interestAccrued);
  if (suspense < 0) return amountFault('suspense', 'amount_negative', suspense);
  if (cutOverOn < contract.disbursedOn) {
    return dayFault('cutOverOn', 'cut_over_before_disbursement', cutOverOn);
  }
  // Of most loans there are none.
  const hasRows = opening.open.length > 0 || opening.coming !== null;
  return (
    (hasRows ? (openFault(opening) ?? comingFault(opening)) : undefined) ??
    principalFault(opening, contract) ??
    periodsFault(opening, schedule)
  );
}

function openFault({ open, cutOverOn }: OpeningPosition): OpeningFault | undefined {
  for (const [row, item] of open.entries()) {
    const before = open[row - 1];
    const fault = orderFault(item, before, row);
    if (fault !== undefined) return fault;
    if (item.dueOn > cutOverOn) return dayFault('dueOn', 'due_after_cut_over', item.dueOn, row);
    if (item.freeUntil !== null && item.freeUntil < item.dueOn) {
      return dayFault('freeUntil', 'free_before_due', item.freeUntil, row);
    }
    for (const key of AMOUNTS) {
      if (item[key] < 0) return amountFault(key, 'amount_negative', item[key], row);
    }
    if (openTotal(item) === 0) return amountFault('principal', 'nothing_open', 0, row);
  }
  return undefined;
}

function openTotal(item: OpeningInstallment): Fen {
  return AMOUNTS.reduce((sum, key) => sum + item[key], 0);
}

function comingFault({ open, coming, cutOverOn }: OpeningPosition): OpeningFault | undefined {
  for (const [k, item] of (coming ?? []).entries()) {
    const row = open.length + k;
    const before = coming?.[k - 1];
    const fault = orderFault(item, before ?? open[open.length - 1], row);
    if (fault !== undefined) return fault;
    if (before !== undefined && item.seq !== before.seq + 1) {
      return numberFault('seq', 'seq_out_of_order', item.seq, row);
    }
    if (item.dueOn <= cutOverOn) return dayFault('dueOn', 'due_not_ascending', item.dueOn, row);
    for (const key of ['principal', 'interest', 'fee'] as const) {
      if (item[key] < 0) return amountFault(key, 'amount_negative', item[key], row);
    }
  }
  return undefined;
}

function orderFault(
  item: { readonly seq: number; readonly dueOn: EpochDay },
  before: { readonly seq: number; readonly dueOn: EpochDay } | undefined,
  row: number,
): OpeningFault | undefined {
  if (item.seq < 1 || (before !== undefined && item.seq <= before.seq)) {
    return numberFault('seq', 'seq_out_of_order', item.seq, row);
  }
  if (before !== undefined && item.dueOn <= before.dueOn) {
    return dayFault('dueOn', 'due_not_ascending', item.dueOn, row);
  }
  return undefined;
}

function principalFault(
  { principalNotDue, open, coming, writtenOff }: OpeningPosition,
  contract: LoanContract,
): OpeningFault | undefined {
  const owed = open.reduce((sum, { principal }) => sum + principal, principalNotDue);
  if (owed > contract.principal) {
    return amountFault('principalNotDue', 'principal_above_loan', principalNotDue);
  }
  if (coming === null || writtenOff) return undefined;
  const sum = coming.reduce((total, { principal }) => total + principal, 0);
  const last = coming[coming.length - 1];
  if (sum === principalNotDue && last?.principal !== 0) return undefined;
  return amountFault('principalNotDue', 'rows_not_principal', principalNotDue);
}

function periodsFault(opening: OpeningPosition, schedule: Schedule): OpeningFault | undefined {
  const { open, coming, periodsPaid, principalNotDue, interestAccrued, writtenOff } = opening;
  const due = dueByCutOver(opening, schedule);
  const paid = due - open.length;
  if (periodsPaid !== null && periodsPaid !== paid) {
    return numberFault('periodsPaid', 'periods_paid_not_due', periodsPaid);
  }
  const lastDueOn = schedule.dueOn[due - 1] ?? opening.cutOverOn;
  if (due > schedule.dueOn.length || lastDueOn > opening.cutOverOn) {
    const seq = coming?.[0]?.seq ?? due + 1;
    return numberFault('seq', 'periods_not_in_schedule', seq, open.length);
  }
  const late = open.findIndex(({ seq }) => seq > due);
  if (late >= 0) return numberFault('seq', 'seq_not_due', open[late]!.seq, late);
  if (paid < 0) return numberFault('seq', 'seq_not_due', open[due]!.seq, due);
  if (writtenOff) return undefined;
  if (principalNotDue === 0) {
    if (interestAccrued === 0) return undefined;
    return amountFault('interestAccrued', 'accrued_without_period', interestAccrued);
  }
  if (coming !== null || due < schedule.dueOn.length) return undefined;
  return amountFault('principalNotDue', 'principal_without_rows', principalNotDue);
}

function amountFault(key: string, rule: string, value: Fen, row?: number): OpeningFault {
  return { key, rule, value, unit: 'amount', ...(row === undefined ? {} : { row }) };
}

function dayFault(key: string, rule: string, value: EpochDay, row?: number): OpeningFault {
  return { key, rule, value, unit: 'day', ...(row === undefined ? {} : { row }) };
}

function numberFault(key: string, rule: string, value: number, row?: number): OpeningFault {
  return { key, rule, value, unit: 'number', ...(row === undefined ? {} : { row }) };
}
