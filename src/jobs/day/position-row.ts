import { bucketOfId } from '../../accounting/fold/loan-bucket.js';
import { blankPosition, type Position } from '../../accounting/fold/position.js';
import { type EpochDay, NO_DAY } from '../../accounting/money/units.js';
import { TOTALS_COUNT } from '../../accounting/posting/totals.js';
import { readDate, readInt8, viewOf, writeDate, writeInt8 } from '../../db/copy/copy-tuple.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { requireWritable } from './damage/position-fault.js';
import {
  MAX_INSTALLMENT_BYTES,
  MAX_VARINT_BYTES,
  readInstallment,
  readSpecial,
  readTotals,
  specialBytes,
  VarintCursor,
  writeOpen,
  writeTotals,
} from './packed.js';

/**
 * The columns of a position in the order of every COPY, fixed widths first. Those that a close
 * follows from come before those that every close works out anew (`ageOf`): yesterday's stream
 * leaves the latter out, since a column costs the server more than its bytes.
 */
const INT8_COLUMNS = [
  'loan_id',
  'rate_ppb',
  'period_units',
  'next_principal',
  'next_interest',
  'principal',
  'principal_not_due',
  'principal_overdue',
  'interest_accrued',
  'interest_due',
  'penalty_due',
  'compound_due',
  'fee_due',
  'suspense',
  'interest_accrued_total',
] as const;
const DATE_COLUMNS = ['folded_on', 'period_start_on', 'next_due_on'] as const;
const INT2_COLUMNS = ['engine_version', 'schedule_version', 'status', 'next_seq'] as const;
const CARRIED_FIXED = [...INT8_COLUMNS, ...DATE_COLUMNS, 'group_id', ...INT2_COLUMNS, 'accruing'];
const AGED_DATES = ['business_date', 'oldest_due_on', 'oldest_free_on'] as const;
const AGED_INT2 = ['bucket', 'classification', 'overdue_bucket'] as const;
const AGED = [...AGED_DATES, 'days_past_due', ...AGED_INT2];
const PACKED = ['open_installments', 'totals'];

export const POSITION_COLUMNS: readonly string[] = [...CARRIED_FIXED, ...AGED, ...PACKED];
export const POSITION_FIELDS = POSITION_COLUMNS.length;
/** What a close reads of yesterday. */
export const CARRIED_COLUMNS: readonly string[] = [...CARRIED_FIXED, ...PACKED];

/** Offsets from the start of a tuple (behind its field count) to the value of the first column. */
const INT8_AT = 4;
const DATE_AT = INT8_AT + 12 * INT8_COLUMNS.length;
const GROUP_AT = DATE_AT + 8 * DATE_COLUMNS.length;
const INT2_AT = GROUP_AT + 8;
const ACCRUING_AT = INT2_AT + 6 * INT2_COLUMNS.length;
/** Where the length of the first packed column stands in a tuple of the carried columns. */
const CARRIED_END = ACCRUING_AT + 1;
const AGED_DATE_AT = CARRIED_END + 4;
const DAYS_AT = AGED_DATE_AT + 8 * AGED_DATES.length;
const AGED_INT2_AT = DAYS_AT + 8;
/** The same in a tuple of all columns. */
const FIXED_END = AGED_INT2_AT + 6 * AGED_INT2.length - 4;
const FIXED_BYTES = 2 + FIXED_END;

/** A tuple with every length word in place and every fixed value zero. */
const TEMPLATE = makeTemplate();

function makeTemplate(): Buffer {
  const bytes = Buffer.alloc(FIXED_BYTES);
  bytes.writeInt16BE(POSITION_FIELDS, 0);
  let at = 2;
  const widths = [
    ...INT8_COLUMNS.map(() => 8),
    ...DATE_COLUMNS.map(() => 4),
    4,
    ...INT2_COLUMNS.map(() => 2),
    1,
    ...AGED_DATES.map(() => 4),
    4,
    ...AGED_INT2.map(() => 2),
  ];
  for (const width of widths) {
    bytes.writeInt32BE(width, at);
    at += 4 + width;
  }
  return bytes;
}

/** A decoded row: the position, and its lifetime totals still packed until they are asked for. */
export class PositionRow {
  readonly position: Position = blankPosition();
  readonly totals: number[] = new Array<number>(TOTALS_COUNT).fill(0);
  readonly #cursor = new VarintCursor();
  #totalsKnown = true;
  #bytes: Buffer = Buffer.alloc(0);
  #totalsAt = 0;
  #totalsLength = 0;

  /** Makes the row a loan without a past. */
  blank(): void {
    // Who took the position over goes on with its list.
    this.position.open = [];
    this.read(BLANK_VIEW, 0, BLANK);
    this.totals.fill(0);
    this.#totalsKnown = true;
  }

  /** The totals, unpacked. */
  openTotals(): number[] {
    if (!this.#totalsKnown) {
      this.#cursor.seek(this.#bytes, this.#totalsAt);
      readTotals(this.#cursor, this.totals, this.#totalsAt + this.#totalsLength);
      this.#cursor.requireEnd(this.#totalsAt + this.#totalsLength);
      this.#totalsKnown = true;
    }
    return this.totals;
  }

  /** Reads the tuple of all columns at `at`. The bytes must stay until the row is written. */
  read(view: DataView, at: number, bytes: Buffer): void {
    this.#readFixed(view, at);
    const p = this.position;
    let i = at + AGED_DATE_AT;
    p.businessDate = readDate(view, i);
    p.oldestDueOn = readDate(view, i + 8);
    p.oldestFreeOn = readDate(view, i + 16);
    p.daysPastDue = view.getInt32(at + DAYS_AT);
    i = at + AGED_INT2_AT;
    p.bucket = view.getInt16(i);
    p.classification = view.getInt16(i + 6);
    p.overdueBucket = view.getInt16(i + 12);
    this.#readPacked(view, at + FIXED_END, bytes);
  }

  /**
   * Reads a tuple of the carried columns, from the day `date`. Its age is left for `ageOf`, which
   * every close asks anyway.
   */
  readCarried(view: DataView, at: number, bytes: Buffer, date: EpochDay): void {
    this.#readFixed(view, at);
    const p = this.position;
    p.businessDate = date;
    p.oldestDueOn = NO_DAY;
    p.oldestFreeOn = NO_DAY;
    p.daysPastDue = 0;
    p.bucket = bucketOfId(p.loanId);
    p.classification = 0;
    p.overdueBucket = 0;
    this.#readPacked(view, at + CARRIED_END, bytes);
  }

  #readFixed(view: DataView, at: number): void {
    const p = this.position;
    let i = at + INT8_AT;
    p.loanId = readInt8(view, i);
    p.ratePpb = readInt8(view, i + 12);
    p.periodUnits = readInt8(view, i + 24);
    p.nextPrincipal = readInt8(view, i + 36);
    p.nextInterest = readInt8(view, i + 48);
    p.principal = readInt8(view, i + 60);
    p.principalNotDue = readInt8(view, i + 72);
    p.principalOverdue = readInt8(view, i + 84);
    p.interestAccrued = readInt8(view, i + 96);
    p.interestDue = readInt8(view, i + 108);
    p.penaltyDue = readInt8(view, i + 120);
    p.compoundDue = readInt8(view, i + 132);
    p.feeDue = readInt8(view, i + 144);
    // One column for both, since one of them is 0: below zero the customer owes for a refund.
    const held = readInt8(view, i + 156);
    p.suspense = held > 0 ? held : 0;
    p.refundDue = held < 0 ? -held : 0;
    p.interestAccruedTotal = readInt8(view, i + 168);
    i = at + DATE_AT;
    p.foldedOn = readDate(view, i);
    p.periodStartOn = readDate(view, i + 8);
    p.nextDueOn = readDate(view, i + 16);
    p.groupId = view.getInt32(at + GROUP_AT);
    i = at + INT2_AT;
    p.engineVersion = view.getInt16(i);
    p.scheduleVersion = view.getInt16(i + 6);
    p.status = view.getInt16(i + 12) as Position['status'];
    p.nextSeq = view.getInt16(i + 18);
    p.accruing = view.getInt8(at + ACCRUING_AT) === 1;
  }

  #readPacked(view: DataView, lengthAt: number, bytes: Buffer): void {
    const openLength = view.getInt32(lengthAt);
    const openAt = lengthAt + 4;
    const { open } = this.position;
    while (open.length > 0) open.pop();
    this.position.special = null;
    if (openLength > 0) {
      this.#cursor.seek(bytes, openAt);
      const count = this.#cursor.next();
      for (let i = count >> 1; i > 0; i -= 1) open.push(readInstallment(this.#cursor));
      if (count % 2 === 1) this.position.special = readSpecial(this.#cursor, openAt + openLength);
      this.#cursor.requireEnd(openAt + openLength);
    }
    this.#totalsLength = view.getInt32(openAt + openLength);
    this.#totalsAt = openAt + openLength + 4;
    this.#bytes = bytes;
    this.#totalsKnown = false;
  }

  /**
   * Appends the row as a tuple, or nothing: throws InvariantError for a value that could not be
   * read again.
   */
  write(writer: TupleWriter): void {
    const p = this.position;
    const { open } = p;
    requireWritable(p);
    writer.ensure(
      FIXED_BYTES +
        16 +
        open.length * MAX_INSTALLMENT_BYTES +
        (p.special === null ? 0 : specialBytes(p.special)) +
        this.#totalsLength +
        TOTALS_COUNT * MAX_VARINT_BYTES,
    );
    const { view, bytes } = writer;
    bytes.set(TEMPLATE, writer.length);
    const at = writer.length + 2;
    let i = at + INT8_AT;
    writeInt8(view, i, p.loanId);
    writeInt8(view, i + 12, p.ratePpb);
    writeInt8(view, i + 24, p.periodUnits);
    writeInt8(view, i + 36, p.nextPrincipal);
    writeInt8(view, i + 48, p.nextInterest);
    writeInt8(view, i + 60, p.principal);
    writeInt8(view, i + 72, p.principalNotDue);
    writeInt8(view, i + 84, p.principalOverdue);
    writeInt8(view, i + 96, p.interestAccrued);
    writeInt8(view, i + 108, p.interestDue);
    writeInt8(view, i + 120, p.penaltyDue);
    writeInt8(view, i + 132, p.compoundDue);
    writeInt8(view, i + 144, p.feeDue);
    writeInt8(view, i + 156, p.suspense - p.refundDue);
    writeInt8(view, i + 168, p.interestAccruedTotal);
    i = at + DATE_AT;
    writeDate(view, i, p.foldedOn);
    writeDate(view, i + 8, p.periodStartOn);
    writeDate(view, i + 16, p.nextDueOn);
    view.setInt32(at + GROUP_AT, p.groupId);
    i = at + INT2_AT;
    view.setInt16(i, p.engineVersion);
    view.setInt16(i + 6, p.scheduleVersion);
    view.setInt16(i + 12, p.status);
    view.setInt16(i + 18, p.nextSeq);
    view.setInt8(at + ACCRUING_AT, p.accruing ? 1 : 0);
    i = at + AGED_DATE_AT;
    writeDate(view, i, p.businessDate);
    writeDate(view, i + 8, p.oldestDueOn);
    writeDate(view, i + 16, p.oldestFreeOn);
    view.setInt32(at + DAYS_AT, p.daysPastDue);
    i = at + AGED_INT2_AT;
    view.setInt16(i, p.bucket);
    view.setInt16(i + 6, p.classification);
    view.setInt16(i + 12, p.overdueBucket);
    this.#writePacked(writer, at);
    writer.rows += 1;
  }

  #writePacked(writer: TupleWriter, at: number): void {
    const { view, bytes } = writer;
    const { open, special } = this.position;
    const openAt = at + FIXED_END + 4;
    let to = writeOpen(bytes, openAt, open, special);
    view.setInt32(at + FIXED_END, to - openAt);
    const totalsAt = to + 4;
    if (this.#totalsKnown) {
      to = writeTotals(bytes, totalsAt, this.totals);
    } else {
      // Nothing but the night's interest happened: the totals are as they came.
      const from = this.#totalsAt;
      const length = this.#totalsLength;
      const source = this.#bytes;
      // Some thirty bytes: a call out of the compiled code takes longer than to copy them here.
      for (let i = 0; i < length; i += 1) bytes[totalsAt + i] = source[from + i]!;
      to = totalsAt + length;
    }
    view.setInt32(totalsAt - 4, to - totalsAt);
    writer.length = to;
  }
}

/** A loan without a past as the tuple that it is read from, as fast as any other. */
const BLANK = blankTuple();
const BLANK_VIEW = viewOf(BLANK);

function blankTuple(): Buffer {
  const writer = new TupleWriter(FIXED_BYTES);
  new PositionRow().write(writer);
  return writer.take().subarray(2);
}
