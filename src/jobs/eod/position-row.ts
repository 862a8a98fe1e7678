import { TOTALS_COUNT } from '../../accounting/flow.js';
import { blankPosition, type Position } from '../../accounting/position.js';
import { readDate, readInt8, type TupleWriter, writeDate, writeInt8 } from '../../db/copy-tuple.js';
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

/** The columns of a position in the order of the table and of every COPY, fixed widths first. */
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
const DATE_COLUMNS = [
  'business_date',
  'folded_on',
  'period_start_on',
  'next_due_on',
  'oldest_due_on',
  'oldest_free_on',
] as const;
const INT4_COLUMNS = ['group_id', 'days_past_due'] as const;
const INT2_COLUMNS = [
  'bucket',
  'engine_version',
  'schedule_version',
  'status',
  'classification',
  'overdue_bucket',
  'next_seq',
] as const;
export const POSITION_COLUMNS: readonly string[] = [
  ...INT8_COLUMNS,
  ...DATE_COLUMNS,
  ...INT4_COLUMNS,
  ...INT2_COLUMNS,
  'accruing',
  'open_installments',
  'totals',
];
export const POSITION_FIELDS = POSITION_COLUMNS.length;

/** Offsets from the start of a tuple (behind its field count) to the value of the first column. */
const INT8_AT = 4;
const DATE_AT = INT8_AT + 12 * INT8_COLUMNS.length;
const INT4_AT = DATE_AT + 8 * DATE_COLUMNS.length;
const INT2_AT = INT4_AT + 8 * INT4_COLUMNS.length;
const ACCRUING_AT = INT2_AT + 6 * INT2_COLUMNS.length;
const OPEN_LENGTH_AT = ACCRUING_AT + 1;
const FIXED_BYTES = 2 + OPEN_LENGTH_AT;

/** A tuple with every length word in place and every fixed value zero. */
const TEMPLATE = makeTemplate();

function makeTemplate(): Buffer {
  const bytes = Buffer.alloc(FIXED_BYTES);
  bytes.writeInt16BE(POSITION_FIELDS, 0);
  let at = 2;
  const widths = [
    ...INT8_COLUMNS.map(() => 8),
    ...DATE_COLUMNS.map(() => 4),
    ...INT4_COLUMNS.map(() => 4),
    ...INT2_COLUMNS.map(() => 2),
    1,
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
    Object.assign(this.position, blankPosition());
    this.totals.fill(0);
    this.#totalsKnown = true;
  }

  /** The totals, unpacked. */
  openTotals(): number[] {
    if (!this.#totalsKnown) {
      this.#cursor.seek(this.#bytes, this.#totalsAt);
      readTotals(this.#cursor, this.totals);
      this.#totalsKnown = true;
    }
    return this.totals;
  }

  /** Reads the tuple at `at`. The bytes must stay as they are until the row is written. */
  read(view: DataView, at: number, bytes: Buffer): void {
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
    p.suspense = readInt8(view, i + 156);
    p.interestAccruedTotal = readInt8(view, i + 168);
    i = at + DATE_AT;
    p.businessDate = readDate(view, i);
    p.foldedOn = readDate(view, i + 8);
    p.periodStartOn = readDate(view, i + 16);
    p.nextDueOn = readDate(view, i + 24);
    p.oldestDueOn = readDate(view, i + 32);
    p.oldestFreeOn = readDate(view, i + 40);
    i = at + INT4_AT;
    p.groupId = view.getInt32(i);
    p.daysPastDue = view.getInt32(i + 8);
    i = at + INT2_AT;
    p.bucket = view.getInt16(i);
    p.engineVersion = view.getInt16(i + 6);
    p.scheduleVersion = view.getInt16(i + 12);
    p.status = view.getInt16(i + 18) as Position['status'];
    p.classification = view.getInt16(i + 24);
    p.overdueBucket = view.getInt16(i + 30);
    p.nextSeq = view.getInt16(i + 36);
    p.accruing = view.getInt8(at + ACCRUING_AT) === 1;
    this.#readPacked(view, at, bytes);
  }

  #readPacked(view: DataView, at: number, bytes: Buffer): void {
    const openLength = view.getInt32(at + OPEN_LENGTH_AT);
    const openAt = at + OPEN_LENGTH_AT + 4;
    const { open } = this.position;
    open.length = 0;
    this.position.special = null;
    if (openLength > 0) {
      this.#cursor.seek(bytes, openAt);
      const count = this.#cursor.next();
      for (let i = count >> 1; i > 0; i -= 1) open.push(readInstallment(this.#cursor));
      if (count % 2 === 1) this.position.special = readSpecial(this.#cursor);
    }
    this.#totalsLength = view.getInt32(openAt + openLength);
    this.#totalsAt = openAt + openLength + 4;
    this.#bytes = bytes;
    this.#totalsKnown = false;
  }

  /** Appends the row as a tuple. */
  write(writer: TupleWriter): void {
    const p = this.position;
    const { open } = p;
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
    writeInt8(view, i + 156, p.suspense);
    writeInt8(view, i + 168, p.interestAccruedTotal);
    i = at + DATE_AT;
    writeDate(view, i, p.businessDate);
    writeDate(view, i + 8, p.foldedOn);
    writeDate(view, i + 16, p.periodStartOn);
    writeDate(view, i + 24, p.nextDueOn);
    writeDate(view, i + 32, p.oldestDueOn);
    writeDate(view, i + 40, p.oldestFreeOn);
    i = at + INT4_AT;
    view.setInt32(i, p.groupId);
    view.setInt32(i + 8, p.daysPastDue);
    i = at + INT2_AT;
    view.setInt16(i, p.bucket);
    view.setInt16(i + 6, p.engineVersion);
    view.setInt16(i + 12, p.scheduleVersion);
    view.setInt16(i + 18, p.status);
    view.setInt16(i + 24, p.classification);
    view.setInt16(i + 30, p.overdueBucket);
    view.setInt16(i + 36, p.nextSeq);
    view.setInt8(at + ACCRUING_AT, p.accruing ? 1 : 0);
    this.#writePacked(writer, at);
    writer.rows += 1;
  }

  #writePacked(writer: TupleWriter, at: number): void {
    const { view, bytes } = writer;
    const { open, special } = this.position;
    const openAt = at + OPEN_LENGTH_AT + 4;
    let to = writeOpen(bytes, openAt, open, special);
    view.setInt32(at + OPEN_LENGTH_AT, to - openAt);
    const totalsAt = to + 4;
    if (this.#totalsKnown) {
      to = writeTotals(bytes, totalsAt, this.totals);
    } else {
      // Nothing but the night's interest happened: the totals are as they came.
      const from = this.#totalsAt;
      this.#bytes.copy(bytes, totalsAt, from, from + this.#totalsLength);
      to = totalsAt + this.#totalsLength;
    }
    view.setInt32(totalsAt - 4, to - totalsAt);
    writer.length = to;
  }
}
