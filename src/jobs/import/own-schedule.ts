import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import type { LoanContract, Schedule } from '../../accounting/schedule/schedule-rows.js';
import type { RowProblem } from './source/source-columns.js';

/** What a row says of a figure that it leaves out; amounts are never negative. */
export const NOT_SAID = -1;

/** A schedule that a loan brings along, its rows checked one by one and against each other. */
export interface OwnSchedule {
  /** Place in its file among the schedules, from 1. */
  readonly ordinal: number;
  /** Line of the first row. */
  readonly line: number;
  readonly dueOn: readonly EpochDay[];
  readonly principal: readonly Fen[];
  readonly interest: readonly Fen[];
  /** Empty: no row has one. */
  readonly fee: readonly Fen[];
  /** NOT_SAID where a row leaves it out; empty: no row says it. */
  readonly balanceAfter: readonly Fen[];
  /** Empty: the rows stand on lines that follow one another. */
  readonly lines: readonly number[];
  /** The first row that cannot be taken; the arrays then hold what was read before it. */
  readonly problem: RowProblem | null;
}

/** How the book writes amounts, and the file of schedules names its columns. */
export interface ScheduleWords {
  readonly minorDigits: number;
  /** A column of ours as it is reported. */
  readonly nameOf: (column: string) => string;
}

/** The schedules that the loans at hand bring along. */
export interface OwnSchedules {
  readonly words: ScheduleWords;
  /** The schedule that a loan brings; null: its product lays it. */
  of(loanNo: string): OwnSchedule | null;
}

/** The schedule as the book keeps it, or what is wrong with it for this loan. */
export function agreedSchedule(
  own: OwnSchedule,
  contract: LoanContract,
  words: ScheduleWords,
): Schedule | RowProblem {
  const { dueOn, principal, interest, fee } = own;
  const first = dueOn[0]!;
  const wrong = (row: number, column: string, rule: string, value: string): RowProblem => ({
    line: own.lines[row] ?? own.line + row,
    field: words.nameOf(column),
    rule,
    value,
  });
  const text = (amount: Fen) => formatAmount(amount, words.minorDigits);
  if (first <= contract.disbursedOn) {
    return wrong(0, 'due_on', 'first_due_not_after_disbursement', formatDay(first));
  }
  if (contract.firstDueOn !== null && contract.firstDueOn !== first) {
    const value = formatDay(contract.firstDueOn);
    return { field: 'first_due_on', rule: 'first_due_not_of_schedule', value };
  }
  const balanceAfter: Fen[] = [];
  let balance = contract.principal;
  for (const [row, part] of principal.entries()) {
    balance -= part;
    balanceAfter.push(balance);
    const said = own.balanceAfter[row] ?? NOT_SAID;
    if (said !== NOT_SAID && said !== balance) {
      return wrong(row, 'balance_after', 'balance_not_principal_left', text(said));
    }
  }
  const last = principal.length - 1;
  if (balance !== 0) {
    return wrong(last, 'principal', 'principal_not_sum', text(contract.principal - balance));
  }
  if (principal[last] === 0) {
    return wrong(last, 'principal', 'last_row_without_principal', text(0));
  }
  return { dueOn, principal, interest, balanceAfter, fee };
}
