import { parseAmount } from '../../accounting/amount-text.js';
import { bucketOf } from '../../accounting/bucket.js';
import { parseDay } from '../../accounting/epoch-day.js';
import { EVENT_TYPE } from '../../accounting/loan-event.js';
import type { EpochDay } from '../../accounting/units.js';
import type { TupleWriter } from '../../db/copy-tuple.js';
import { isCleanText } from './field-text.js';
import type { RowIntake } from './row-intake.js';
import type { ColumnSpec, RowProblem } from './source-columns.js';

export const REPAYMENT_COLUMNS: readonly ColumnSpec[] = [
  { name: 'ref', required: true },
  { name: 'loan_no', required: true },
  { name: 'value_date', required: true },
  // A settlement may leave it empty, so an empty one is judged by the row's type.
  { name: 'amount', required: false },
  { name: 'type', required: false },
];

export const REPAYMENT_STAGE_COLUMNS = [
  'line',
  'bucket',
  'loan_no',
  'ref',
  'type',
  'value_date',
  'amount',
] as const;

const TYPES: Readonly<Record<string, number>> = {
  '': EVENT_TYPE.repayment,
  repayment: EVENT_TYPE.repayment,
  settlement: EVENT_TYPE.settlement,
};

/** References that the book gives itself. */
const RESERVED_REFS = new Set(['disbursement', 'opening', 'suspense', 'down_payment']);

/** Reads repayments and settlements; what depends on their loans is checked once all are staged. */
export class RepaymentIntake implements RowIntake {
  entersOpenDay = false;
  readonly #openDay: EpochDay;
  readonly #minorDigits: number;

  constructor(openDay: EpochDay, minorDigits: number) {
    this.#openDay = openDay;
    this.#minorDigits = minorDigits;
  }

  take(fields: readonly string[], line: number, writer: TupleWriter): RowProblem | undefined {
    const [ref = '', loanNo = '', dateText = '', amountText = '', typeText = ''] = fields;
    if (!isCleanText(ref)) return { field: 'ref', rule: 'malformed_text', value: ref };
    if (RESERVED_REFS.has(ref)) return { field: 'ref', rule: 'ref_reserved', value: ref };
    if (!isCleanText(loanNo)) return { field: 'loan_no', rule: 'malformed_text', value: loanNo };
    const type = TYPES[typeText];
    if (type === undefined) return { field: 'type', rule: 'unknown_type', value: typeText };
    const valueDate = parseDay(dateText);
    if (valueDate === undefined) {
      return { field: 'value_date', rule: 'malformed_date', value: dateText };
    }
    if (valueDate < this.#openDay) {
      return { field: 'value_date', rule: 'value_date_before_open_day', value: dateText };
    }
    const amount = this.#amountOf(amountText, type);
    if (typeof amount === 'string') return { field: 'amount', rule: amount, value: amountText };
    if (valueDate === this.#openDay) this.entersOpenDay = true;
    writer.tuple(REPAYMENT_STAGE_COLUMNS.length);
    writer.int4(line);
    writer.int2(bucketOf(loanNo));
    writer.text(loanNo);
    writer.text(ref);
    writer.int2(type);
    writer.date(valueDate);
    writer.int8(amount);
    return undefined;
  }

  /** Minor units, 0 for a settlement that takes what is owed; or the rule that is broken. */
  #amountOf(text: string, type: number): number | string {
    if (text === '') return type === EVENT_TYPE.settlement ? 0 : 'missing_field';
    const amount = parseAmount(text, this.#minorDigits);
    if (amount === undefined) return 'malformed_amount';
    return amount > 0 ? amount : 'amount_not_positive';
  }
}
