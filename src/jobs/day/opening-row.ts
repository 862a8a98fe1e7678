import { NO_DAY } from '../../accounting/money/units.js';
import type { OpeningPosition } from '../../accounting/opening/opening-position.js';
import { isDay, readDate, readInt8 } from '../../db/copy/copy-tuple.js';
import { damagedColumn } from './damage/damaged-row.js';

/** Every column of an opening position but its key, in the order in which it is read. */
const COLUMNS = [
  'cut_over_on',
  'principal_not_due',
  'interest_accrued',
  'suspense',
  'accruing',
  'written_off',
  'from_birth',
  'periods_paid',
  'days_past_due',
  'classification',
  'import_id',
  'seq',
  'due_on',
  'free_until',
  'principal',
  'interest',
  'penalty',
  'compound',
  'fee',
] as const;

/** One field: the position that a loan came with as a record; empty where it came with none. */
export const OPENING_COLUMN = `CASE WHEN o.loan_id IS NULL THEN ''::bytea
    ELSE record_send(ROW(${COLUMNS.map((name) => `o.${name}`).join(', ')})) END`;
/** To the event `e` that brings a loan into the book. */
export const OPENING_JOIN = `LEFT JOIN opening_position o
  ON o.bucket = e.bucket AND o.loan_id = e.loan_id`;

/** The fields of a record in binary form: their number, then type, length and value of each. */
class RecordFields {
  readonly #view: DataView;
  #at: number;
  #column = 0;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at + 4;
  }

  int8(): number {
    return readInt8(this.#view, this.#field());
  }

  int4(): number {
    return this.#view.getInt32(this.#field());
  }

  boolean(): boolean {
    return this.#view.getInt8(this.#field()) === 1;
  }

  date(): number {
    const day = readDate(this.#view, this.#field());
    if (!isDay(day)) throw this.#damaged(String(day));
    return day;
  }

  dates(): readonly number[] {
    return this.#array(readDate, 4);
  }

  int8s(): readonly number[] {
    return this.#array(readInt8, 8);
  }

  /** Moves behind the next field; returns where its value begins. */
  #field(): number {
    const at = this.#at + 8;
    this.#at = at + this.#view.getInt32(at - 4);
    this.#column += 1;
    return at;
  }

  #array(read: (view: DataView, at: number) => number, width: number): readonly number[] {
    const from = this.#field();
    // Of most loans nothing is open: there are no bytes behind three words of header.
    if (this.#at <= from + 20) return NOTHING;
    const items: number[] = [];
    // Five words of header; an element that is NULL has no bytes.
    for (let at = from + 20; at < this.#at; at += 4 + width) {
      if (this.#view.getInt32(at) !== width) throw this.#damaged('an empty element');
      const value = read(this.#view, at + 4);
      if (width === 4 && !isDay(value)) throw this.#damaged(String(value));
      items.push(value);
    }
    return items;
  }

  #damaged(value: string) {
    return damagedColumn('opening_position', COLUMNS[this.#column - 1]!, value);
  }
}

const NOTHING: readonly never[] = [];

/**
 * Reads the record at `at`. Throws InvariantError or RangeError for a value that no import writes.
 */
export function readOpening(view: DataView, at: number): OpeningPosition {
  const fields = new RecordFields(view, at);
  const said = (value: number) => (value < 0 ? null : value);
  const position = {
    cutOverOn: fields.date(),
    principalNotDue: fields.int8(),
    interestAccrued: fields.int8(),
    suspense: fields.int8(),
    accruing: fields.boolean(),
    writtenOff: fields.boolean(),
    fromBirth: fields.boolean(),
    periodsPaid: said(fields.int4()),
    daysPastDue: said(fields.int4()),
    classification: said(fields.int4()),
  };
  fields.int4();
  const rows = {
    seq: fields.int8s(),
    dueOn: fields.dates(),
    freeUntil: fields.dates(),
    principal: fields.int8s(),
    interest: fields.int8s(),
    penalty: fields.int8s(),
    compound: fields.int8s(),
    fee: fields.int8s(),
  };
  if (rows.seq.length === 0) return { ...position, open: NOTHING, coming: null };
  const items = rows.seq.map((seq, k) => ({
    seq,
    dueOn: rows.dueOn[k]!,
    freeUntil: rows.freeUntil[k] === NO_DAY ? null : rows.freeUntil[k]!,
    principal: rows.principal[k]!,
    interest: rows.interest[k]!,
    penalty: rows.penalty[k]!,
    compound: rows.compound[k]!,
    fee: rows.fee[k]!,
  }));
  const coming = items.filter(({ dueOn }) => dueOn > position.cutOverOn);
  return {
    ...position,
    open: items.filter(({ dueOn }) => dueOn <= position.cutOverOn),
    coming: coming.length === 0 ? null : coming,
  };
}
