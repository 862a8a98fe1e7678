import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { parseAmount } from '../../../accounting/money/amount-text.js';
import { type EpochDay, type Fen, NO_DAY } from '../../../accounting/money/units.js';
import { dateArray, int8Array } from '../../../db/copy/copy-array.js';
import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { parseCount } from '../source/field-text.js';
import type { RowProblem } from '../source/source-columns.js';
import { INSTALLMENT_COLUMNS, INSTALLMENT_STAGE_COLUMNS } from './balance-columns.js';
import type { LoanRows } from './stage-grouped.js';

/** What a smallint holds. */
const ROWS_MAX = 32_767;

/** Names and places of the columns that hold amounts. */
const AMOUNTS = ['principal', 'interest', 'penalty', 'compound', 'fee'].map(
  (column) => [INSTALLMENT_COLUMNS.findIndex(({ name }) => name === column), column] as const,
);

/** Instalments of one loan as they come: all that is in memory of their file. */
export class InstallmentGroup implements LoanRows {
  readonly loanNo: string;
  readonly #minorDigits: number;
  readonly #line: number;
  readonly #lines: number[] = [];
  readonly #seq: number[] = [];
  readonly #dueOn: EpochDay[] = [];
  readonly #freeUntil: EpochDay[] = [];
  readonly #amounts: readonly Fen[][] = AMOUNTS.map(() => []);
  #problem: (RowProblem & { readonly line: number }) | undefined;

  constructor(loanNo: string, line: number, minorDigits: number) {
    this.loanNo = loanNo;
    this.#line = line;
    this.#minorDigits = minorDigits;
  }

  spoil(problem: RowProblem, line: number): void {
    this.#problem ??= { ...problem, line };
  }

  add(fields: readonly string[], line: number): void {
    if (this.#problem !== undefined) return;
    const problem = this.#read(fields);
    if (problem === undefined) this.#lines.push(line);
    else this.#problem = { ...problem, line };
  }

  put(writer: TupleWriter, ordinal: number, nameOf: (column: string) => string): void {
    const { field = '', rule = '', value = '', line = 0 } = this.#problem ?? {};
    writer.tuple(INSTALLMENT_STAGE_COLUMNS.length);
    writer.int4(ordinal);
    writer.int2(bucketOf(this.loanNo));
    writer.text(this.loanNo);
    writer.int4(this.#line);
    // Of a row that cannot be taken some columns were read: then none of them counts.
    const isSound = rule === '';
    int8Array(writer, isSound ? this.#seq : []);
    dateArray(writer, isSound ? this.#dueOn : []);
    dateArray(writer, isSound ? this.#freeUntil : []);
    for (const amounts of this.#amounts) int8Array(writer, isSound ? amounts : []);
    int8Array(writer, this.#lines);
    writer.int4(line);
    writer.text(isSound ? '' : nameOf(field));
    writer.text(rule);
    // The server's text holds no such character.
    writer.text(value.replaceAll('\0', '\ufffd'));
  }

  #read(fields: readonly string[]): RowProblem | undefined {
    const [loanNo = '', seqText = '', dueText = '', freeText = ''] = fields;
    if (this.#seq.length === ROWS_MAX) return wrong('loan_no', 'too_many_rows', loanNo);
    const seq = parseCount(seqText);
    if (seq === undefined) return wrong('seq', 'malformed_number', seqText);
    if (seq < 1 || seq > ROWS_MAX) return wrong('seq', 'seq_out_of_range', seqText);
    const dueOn = parseDay(dueText);
    if (dueOn === undefined) return wrong('due_on', 'malformed_date', dueText);
    if (dueOn >= NO_DAY) return wrong('due_on', 'due_out_of_range', dueText);
    const freeUntil = freeText === '' ? NO_DAY : parseDay(freeText);
    if (freeUntil === undefined) return wrong('free_until', 'malformed_date', freeText);
    for (const [k, [at, column]] of AMOUNTS.entries()) {
      const text = fields[at]!;
      const amount = text === '' ? 0 : parseAmount(text, this.#minorDigits);
      if (amount === undefined) return wrong(column, 'malformed_amount', text);
      if (amount < 0) return wrong(column, 'amount_negative', text);
      this.#amounts[k]!.push(amount);
    }
    this.#seq.push(seq);
    this.#dueOn.push(dueOn);
    this.#freeUntil.push(freeUntil);
    return undefined;
  }
}

function wrong(field: string, rule: string, value: string): RowProblem {
  return { field, rule, value };
}
