import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import type { Schedule } from '../../../accounting/schedule/schedule-rows.js';
import { date, decimal, integer, mapping } from '../../../documents/fields.js';
import type { Violation } from '../../../documents/violations.js';

/** A row of a schedule that a loan brings along; what can be derived may be left out. */
export const scheduleRow = mapping({
  seq: integer(0).optional(),
  due_on: date(),
  days: integer(0).optional(),
  principal: decimal(),
  interest: decimal(),
  fee: decimal().optional(),
  total: decimal().optional(),
  balance_after: decimal().optional(),
});
type ScheduleRow = ReturnType<typeof scheduleRow.parse>;

export interface ScheduleScene {
  readonly principal: Fen;
  readonly disbursedOn: EpochDay;
  /** An amount of the loan's currency; reports a violation at the path where it is none. */
  readonly amountOf: (path: string, text: string) => Fen;
  readonly violations: Violation[];
}

/** The schedule of checked rows; what they contradict is added to the scene's violations. */
export function broughtSchedule(rows: readonly ScheduleRow[], scene: ScheduleScene): Schedule {
  const { amountOf, violations } = scene;
  const dueOn: EpochDay[] = [];
  const principal: Fen[] = [];
  const interest: Fen[] = [];
  const balanceAfter: Fen[] = [];
  const fees: Fen[] = [];
  let startOn = scene.disbursedOn;
  let balance = scene.principal;
  for (const [k, row] of rows.entries()) {
    const path = `loan.schedule[${k}]`;
    const due = parseDay(row.due_on) ?? startOn;
    if (due <= startOn) {
      const rule = 'must be after the disbursement and the row before';
      violations.push({ path: `${path}.due_on`, rule, value: row.due_on });
    }
    const parts = [
      amountOf(`${path}.principal`, row.principal),
      amountOf(`${path}.interest`, row.interest),
    ] as const;
    balance -= parts[0];
    const fee = row.fee === undefined ? 0 : amountOf(`${path}.fee`, row.fee);
    if (parts[0] < 0 || parts[1] < 0 || fee < 0) {
      violations.push({ path, rule: 'amounts must not be negative', value: row });
    }
    checkDerived(row, k, { path, total: parts[0] + parts[1] + fee, balance }, scene);
    fees.push(fee);
    dueOn.push(due);
    principal.push(parts[0]);
    interest.push(parts[1]);
    balanceAfter.push(balance);
    startOn = due;
  }
  if (balance !== 0 || (principal[principal.length - 1] ?? 0) === 0) {
    const rule = 'principal must sum to the loan, and the last row repays the rest';
    violations.push({ path: 'loan.schedule', rule });
  }
  return { dueOn, principal, interest, balanceAfter, fee: fees };
}

function checkDerived(
  row: ScheduleRow,
  index: number,
  figures: { readonly path: string; readonly total: Fen; readonly balance: Fen },
  { amountOf, violations }: ScheduleScene,
): void {
  const { path, total, balance } = figures;
  if (row.seq !== undefined && row.seq !== index + 1) {
    violations.push({ path: `${path}.seq`, rule: `must be ${index + 1}`, value: row.seq });
  }
  if (row.total !== undefined && amountOf(`${path}.total`, row.total) !== total) {
    const rule = 'must be principal, interest and fee';
    violations.push({ path: `${path}.total`, rule, value: row.total });
  }
  if (row.balance_after === undefined) return;
  if (amountOf(`${path}.balance_after`, row.balance_after) !== balance) {
    const rule = 'must be the principal left';
    violations.push({ path: `${path}.balance_after`, rule, value: row.balance_after });
  }
}
