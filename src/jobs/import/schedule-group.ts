import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { parseAmount } from '../../accounting/money/amount-text.js';
import { type EpochDay, type Fen, NO_DAY } from '../../accounting/money/units.js';
import { NOT_SAID, type OwnSchedule } from './own-schedule.js';
import { parseCount } from './source/field-text.js';
import type { ColumnSpec, RowProblem } from './source/source-columns.js';

/** Rows as `simulate` prints them; what can be derived may be left out. */
export const SCHEDULE_COLUMNS: readonly ColumnSpec[] = [
  { name: 'loan_no', required: true },
  { name: 'seq', required: false },
  { name: 'due_on', required: true },
  { name: 'days', required: false },
  { name: 'principal', required: true },
  { name: 'interest', required: true },
  { name: 'fee', required: false },
  { name: 'total', required: false },
  { name: 'balance_after', required: false },
];

/** Of AMOUNTS, in its order; NOT_SAID where the row leaves one out. */
type Amounts = [principal: Fen, interest: Fen, fee: Fen, total: Fen, balanceAfter: Fen];

/** What a smallint holds. */
const ROWS_MAX = 32_767;

/** Rows of one loan as they come: all that is in memory of a file of schedules. */
export class ScheduleGroup {
  readonly loanNo: string;
  readonly #minorDigits: number;
  readonly #line: number;
  readonly #lines: number[] = [];
  readonly #dueOn: EpochDay[] = [];
  readonly #principal: Fen[] = [];
  readonly #interest: Fen[] = [];
  readonly #fee: Fen[] = [];
  readonly #balanceAfter: Fen[] = [];
  #problem: (RowProblem & { readonly line: number }) | undefined;

  constructor(loanNo: string, line: number, minorDigits: number) {
    this.loanNo = loanNo;
    this.#line = line;
    this.#minorDigits = minorDigits;
  }

  /** A row that cannot be read: the schedule cannot be taken. The first one is reported. */
  spoil(problem: RowProblem, line: number): void {
    this.#problem ??= { ...problem, line };
  }

  /** Adds a row; `fields` are our columns in order. */
  add(fields: readonly string[], line: number): void {
    if (this.#problem !== undefined) return;
    const problem = this.#read(fields);
    if (problem === undefined) this.#lines.push(line);
    else this.#problem = { ...problem, line };
  }

  /** The schedule; `ordinal` is its place among those of the file, from 1. */
  taken(ordinal: number, nameOf: (column: string) => string): OwnSchedule {
    const isGapless = this.#lines.every((at, row) => at === this.#line + row);
    const isSaid = this.#balanceAfter.some((balance) => balance !== NOT_SAID);
    const problem = this.#problem;
    return {
      ordinal,
      line: this.#line,
      dueOn: this.#dueOn,
      principal: this.#principal,
      interest: this.#interest,
      fee: this.#fee.some((fee) => fee !== 0) ? this.#fee : [],
      balanceAfter: isSaid ? this.#balanceAfter : [],
      lines: isGapless ? [] : this.#lines,
      problem: problem === undefined ? null : { ...problem, field: nameOf(problem.field) },
    };
  }

  #read(fields: readonly string[]): RowProblem | undefined {
    const [loanNo = '', seqText = '', dueText = '', daysText = ''] = fields;
    const row = this.#dueOn.length;
    if (row === ROWS_MAX) return wrong('loan_no', 'too_many_rows', loanNo);
    const seq = seqText === '' ? row + 1 : parseCount(seqText);
    if (seq === undefined) return wrong('seq', 'malformed_number', seqText);
    if (seq !== row + 1) return wrong('seq', 'seq_out_of_order', seqText);
    const dueOn = parseDay(dueText);
    if (dueOn === undefined) return wrong('due_on', 'malformed_date', dueText);
    if (dueOn >= NO_DAY) return wrong('due_on', 'due_out_of_range', dueText);
    if (dueOn <= (this.#dueOn[row - 1] ?? Number.NEGATIVE_INFINITY)) {
      return wrong('due_on', 'due_not_ascending', dueText);
    }
    if (daysText !== '' && parseCount(daysText) === undefined) {
      return wrong('days', 'malformed_number', daysText);
    }
    const problem = this.#readAmounts(fields);
    if (problem === undefined) this.#dueOn.push(dueOn);
    return problem;
  }

  #readAmounts(fields: readonly string[]): RowProblem | undefined {
    const amounts: Fen[] = [];
    for (const [at, column] of AMOUNTS) {
      const text = fields[at]!;
      const amount = text === '' ? NOT_SAID : parseAmount(text, this.#minorDigits);
      if (amount === undefined) return wrong(column, 'malformed_amount', text);
      if (text !== '' && amount < 0) return wrong(column, 'amount_negative', text);
      amounts.push(amount);
    }
    const [principal, interest, feeSaid, total, balanceAfter] = amounts as Amounts;
    const fee = feeSaid === NOT_SAID ? 0 : feeSaid;
    if (total !== NOT_SAID && total !== principal + interest + fee) {
      return wrong('total', 'total_not_sum', fields[TOTAL]!);
    }
    this.#principal.push(principal);
    this.#interest.push(interest);
    this.#fee.push(fee);
    this.#balanceAfter.push(balanceAfter);
    return undefined;
  }
}

const TOTAL = SCHEDULE_COLUMNS.findIndex(({ name }) => name === 'total');
/** Place and name of the columns that hold amounts. */
const AMOUNTS = ['principal', 'interest', 'fee', 'total', 'balance_after'].map(
  (column) => [SCHEDULE_COLUMNS.findIndex(({ name }) => name === column), column] as const,
);

function wrong(field: string, rule: string, value: string): RowProblem {
  return { field, rule, value };
}
