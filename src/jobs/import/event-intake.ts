import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE } from '../../accounting/events/loan-event.js';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';
import type { EventName } from '../simulate/documents/simulate-event.js';
import { type DateBounds, dateBounds, ruleOfDate } from './date-bounds.js';
import { type OwnFields, readOwnFields } from './event-fields.js';
import type { ImportScene, RowIntake } from './row-intake.js';
import { isCleanText } from './source/field-text.js';
import type { ColumnSpec, RowProblem } from './source/source-columns.js';

/** Columns of the staging table, in the order in which `put` writes them. */
export const EVENT_STAGE_COLUMNS = [
  'line',
  'bucket',
  'loan_no',
  'ref',
  'type',
  'value_date',
  'business_date',
  'amount',
  'component',
  'seq',
  'due_on',
  'early_payment',
  'rate_ppb',
  'of_ref',
  'buyer',
] as const;

/** References that the book gives itself. */
const RESERVED_REFS = new Set(['disbursement', 'opening', 'suspense', 'down_payment']);

interface EventDates {
  readonly valueDate: EpochDay;
  readonly businessDate: EpochDay;
}

/**
 * Reads events of the given types out of some of the columns of an event; what depends on their
 * loans and on each other is checked once all are staged.
 */
export class EventIntake implements RowIntake {
  entersOpenDay = false;
  readonly #openDay: EpochDay;
  readonly #minorDigits: number;
  readonly #dates: DateBounds;
  readonly #types: ReadonlySet<string>;
  /** Place of each column in the fields of a row. */
  readonly #places: ReadonlyMap<string, number>;

  constructor(scene: ImportScene, columns: readonly ColumnSpec[], types: readonly EventName[]) {
    this.#openDay = scene.openDay;
    this.#minorDigits = scene.minorDigits;
    this.#dates = dateBounds(scene);
    this.#types = new Set(types);
    this.#places = new Map(columns.map(({ name }, at) => [name, at]));
  }

  take(fields: readonly string[], line: number, writer: TupleWriter): RowProblem | undefined {
    const textOf = (column: string) => fields[this.#places.get(column) ?? -1] ?? '';
    const ref = textOf('ref');
    const loanNo = textOf('loan_no');
    if (!isCleanText(ref)) return { field: 'ref', rule: 'malformed_text', value: ref };
    if (RESERVED_REFS.has(ref)) return { field: 'ref', rule: 'ref_reserved', value: ref };
    if (!isCleanText(loanNo)) return { field: 'loan_no', rule: 'malformed_text', value: loanNo };
    // Where the type may be left out at all, a repayment is meant.
    const type = textOf('type') || 'repayment';
    if (!this.#isTaken(type)) return { field: 'type', rule: 'unknown_type', value: type };
    const dates = this.#datesOf(textOf('value_date'), textOf('business_date'));
    if ('rule' in dates) return dates;
    const far = type === 'reversal' ? '' : ruleOfDate(this.#dates, dates.valueDate);
    if (far !== '') return { field: 'value_date', rule: far, value: textOf('value_date') };
    const own = readOwnFields(type, textOf, this.#minorDigits);
    if ('rule' in own) return own;
    if (dates.businessDate === this.#openDay) this.entersOpenDay = true;
    writer.tuple(EVENT_STAGE_COLUMNS.length);
    writer.int4(line);
    writer.int2(bucketOf(loanNo));
    writer.text(loanNo);
    writer.text(ref);
    writer.int2(EVENT_TYPE[type]);
    putFields(writer, dates, own);
    return undefined;
  }

  #isTaken(type: string): type is EventName {
    return this.#types.has(type);
  }

  /** An event is booked on its value date, and a late one on the open day. */
  #datesOf(valueText: string, businessText: string): EventDates | RowProblem {
    const valueDate = parseDay(valueText);
    if (valueDate === undefined) {
      return { field: 'value_date', rule: 'malformed_date', value: valueText };
    }
    if (businessText === '') {
      return { valueDate, businessDate: Math.max(valueDate, this.#openDay) };
    }
    const businessDate = parseDay(businessText);
    let rule = '';
    if (businessDate === undefined) rule = 'malformed_date';
    else if (businessDate < this.#openDay) rule = 'business_date_before_open_day';
    else if (valueDate <= businessDate) return { valueDate, businessDate };
    if (rule !== '') return { field: 'business_date', rule, value: businessText };
    return { field: 'value_date', rule: 'value_date_after_business_date', value: valueText };
  }
}

function putFields(writer: TupleWriter, dates: EventDates, own: OwnFields): void {
  writer.date(dates.valueDate);
  writer.date(dates.businessDate);
  writer.int8(own.amount);
  writer.int2(own.component);
  writer.int2(own.seq);
  writer.date(own.dueOn);
  writer.int2(own.earlyPayment);
  writer.int8(own.ratePpb);
  writer.text(own.of);
  writer.text(own.buyer);
}
