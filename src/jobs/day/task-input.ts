import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { NextInstallment } from '../../accounting/fold/billing.js';
import type { InvariantError } from '../../accounting/money/refusal.js';
import { type EpochDay, NO_DAY } from '../../accounting/money/units.js';
import type { OpeningPosition } from '../../accounting/opening/opening-position.js';
import type { LoanContract, Schedule } from '../../accounting/schedule/schedule-rows.js';
import { copyOut } from '../../db/copy/copy-out.js';
import { copyRows, keepRows } from '../../db/copy/copy-stream.js';
import { isDay, readDate, readInt8, viewOf } from '../../db/copy/copy-tuple.js';
import type { TupleList } from '../../db/copy/tuple-list.js';
import { type PlanSetting, withoutPlans } from '../../db/without-plans.js';
import { damagedColumn, damagedDate, int8At } from './damage/damaged-row.js';
import { dayTable } from './day-table.js';
import { OPENING_COLUMN, OPENING_JOIN, readOpening } from './opening-row.js';
import { CARRIED_COLUMNS } from './position-row.js';

/** A task's share of the book and the day that it closes. */
export interface TaskScope {
  readonly date: EpochDay;
  readonly bucketFrom: number;
  readonly bucketTo: number;
}

/**
 * The ways that reading positions in loan order must not take. They stand on disk almost in that
 * order, but two workers wrote them side by side, so the planner expects a jump for every row, and
 * sorts instead. EXPLAIN (ANALYZE) of the query on the benchmark's book of a million loans, 31,000
 * of them: 74 ms with the sort, on disk, and 13 by the index.
 */
export const SORTING_PLANS: readonly PlanSetting[] = ['enable_sort', 'enable_bitmapscan'];

/**
 * Yesterday's positions of a task, as `CARRIED_COLUMNS` and in loan order, straight off their index
 * (no sort, no join) in a session without `SORTING_PLANS`.
 */
export function positionQuery(scope: TaskScope): string {
  const table = dayTable('position', scope.date - 1);
  return `SELECT ${CARRIED_COLUMNS.join(', ')} FROM ${table}
    WHERE bucket BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo} ORDER BY bucket, loan_id`;
}

/** Reads yesterday's positions: `take` gets the chunks of the stream. */
export function readPositions(
  client: pg.Client,
  scope: TaskScope,
  take: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  return withoutPlans(client, SORTING_PLANS, () => take(copyOut(client, positionQuery(scope))));
}

/** The instalment after the running one of each loan that falls due on the day, in loan order. */
export class NextInstallments {
  readonly #tuples: TupleList;
  #at = 0;
  /** Principal not yet due after the running instalment, as the schedule has it. */
  balanceAfter = 0;

  /** `tuples`: of `nextInstallmentQuery`. */
  constructor(tuples: TupleList) {
    this.#tuples = tuples;
  }

  /**
   * The next instalment of a loan that falls due, null when its last one does, undefined when the
   * loan has no schedule. Throws InvariantError for what cannot be.
   */
  of(loanId: number): NextInstallment | null | undefined {
    const tuples = this.#tuples;
    while (tuples.idAt(this.#at) < loanId) this.#at += 1;
    if (tuples.idAt(this.#at) !== loanId) return undefined;
    const { view } = tuples;
    const at = tuples.at(this.#at);
    this.balanceAfter = scheduled('balance_after', int8At(view, at + 12));
    const seq = view.getInt32(at + 28);
    if (seq === 0) return null;
    const dueOn = readDate(view, at + 36);
    if (!isDay(dueOn)) throw damagedDate('schedule', 'due_on', dueOn);
    return {
      seq,
      dueOn,
      principal: scheduled('principal', int8At(view, at + 40)),
      interest: scheduled('interest', int8At(view, at + 52)),
    };
  }
}

function scheduled(column: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw damagedColumn('schedule', column, String(value));
}

/** Next instalments of the loans that fall due on the day: the task's share of both tables. */
export function nextInstallmentQuery(scope: TaskScope): string {
  const table = dayTable('position', scope.date - 1);
  // No field is NULL, whatever the arrays hold: -1 is no balance.
  return `SELECT p.loan_id, coalesce(s.balance_after[p.next_seq], -1),
      CASE WHEN p.next_seq < cardinality(s.due_on) THEN p.next_seq + 1 ELSE 0 END,
      coalesce(s.due_on[p.next_seq + 1], DATE '9999-12-31'),
      coalesce(s.principal[p.next_seq + 1], 0), coalesce(s.interest[p.next_seq + 1], 0)
    FROM ${table} p JOIN schedule s
      ON s.bucket = p.bucket AND s.loan_id = p.loan_id AND s.version = p.schedule_version
    WHERE p.bucket BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo}
      AND s.bucket BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo}
      AND p.next_due_on <= '${formatDay(scope.date)}'
    ORDER BY p.bucket, p.loan_id`;
}

/** Loads them into an empty list. */
export async function loadNextInstallments(
  client: pg.Client,
  scope: TaskScope,
  tuples: TupleList,
): Promise<NextInstallments> {
  const select = nextInstallmentQuery(scope);
  await withoutPlans(client, SORTING_PLANS, () => keepRows(client, select, 6, tuples));
  return new NextInstallments(tuples);
}

/** A loan that gets its first position on the day. */
export interface Birth {
  readonly loanId: number;
  readonly bucket: number;
  readonly eventId: number;
  readonly type: number;
  readonly groupId: number;
  readonly contract: LoanContract;
  readonly bornOn: EpochDay;
  readonly paidPeriods: number;
  readonly version: number;
  /** The schedule's four arrays as they came, unpacked whenever it is asked for. */
  readonly schedule: () => Schedule;
  /** The position that the loan came with, likewise; null: none. */
  readonly opening: () => OpeningPosition | null;
}

/** A loan that could not be folded yesterday. */
export interface HeldLoan {
  readonly birth: Birth;
  readonly since: EpochDay;
  readonly hasPosition: boolean;
}

export const BIRTH_COLUMNS = `l.loan_id, e.event_id, l.principal, l.rate_ppb, l.disbursed_on,
  l.born_on, coalesce(l.first_due_on, DATE '9999-12-31'), l.group_id, l.bucket, l.paid_periods,
  e.type, l.periods, s.version, s.due_on, s.principal, s.interest, s.balance_after,
  ${OPENING_COLUMN}`;
export const BIRTH_FIELDS = 18;
export const BIRTH_JOINS = `JOIN loan l ON l.bucket = e.bucket AND l.loan_id = e.loan_id
  JOIN schedule s ON s.bucket = e.bucket AND s.loan_id = e.loan_id
  ${OPENING_JOIN}`;

/** Yesterday's held loans of the task, by loan number. */
export async function loadHeld(
  client: pg.Client,
  scope: TaskScope,
): Promise<Map<number, HeldLoan>> {
  const held = new Map<number, HeldLoan>();
  const positions = dayTable('position', scope.date - 1);
  const select = `SELECT ${BIRTH_COLUMNS}, h.held_since, EXISTS (SELECT FROM ${positions} p
      WHERE p.bucket = h.bucket AND p.loan_id = h.loan_id)
    FROM held_loan h
      JOIN event e ON e.bucket = h.bucket AND e.loan_id = h.loan_id AND is_birth(e.type)
    ${BIRTH_JOINS}
    WHERE h.business_date = '${formatDay(scope.date - 1)}' AND NOT EXISTS (
        SELECT FROM schedule later WHERE later.bucket = s.bucket AND later.loan_id = s.loan_id
          AND later.version > s.version)
      AND h.bucket BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo}
    ORDER BY h.bucket, h.loan_id`;
  await copyRows(client, select, BIRTH_FIELDS + 2, (view, at, bytes, end) => {
    const own = Buffer.from(bytes.subarray(at, end));
    const birth = readBirth(viewOf(own), 0);
    const behind = birthEnd(view, at);
    const since = readDate(view, behind + 4);
    held.set(birth.loanId, { birth, since, hasPosition: view.getInt8(behind + 12) === 1 });
  });
  return held;
}

/** Where the schedule's arrays begin in a birth's tuple: behind 4 int8, 3 dates, 1 int4, 5 int2. */
const ARRAYS_AT = 4 * 12 + 3 * 8 + 8 + 5 * 6;

/** Where the version of the schedule lies in it. */
export const VERSION_AT = 108;

/** Where the position that a loan came with stands in a tuple of BIRTH_COLUMNS: its length. */
export function openingAt(view: DataView, at: number): number {
  return arraysEnd(view, at + ARRAYS_AT);
}

/** The end of BIRTH_COLUMNS in a tuple. */
export function birthEnd(view: DataView, at: number): number {
  const opening = openingAt(view, at);
  return opening + 4 + view.getInt32(opening);
}

/** The end of four arrays that begin at `at`. */
function arraysEnd(view: DataView, at: number): number {
  let end = at;
  for (let i = 0; i < 4; i += 1) end += 4 + view.getInt32(end);
  return end;
}

/**
 * Reads a tuple of BIRTH_COLUMNS; its bytes must stay for as long as the birth. What is damaged in
 * it is told by `schedule`, which throws InvariantError: who folds the loan asks for it first, and
 * holds the loan.
 */
export function readBirth(view: DataView, at: number): Birth {
  const from = at + ARRAYS_AT;
  const opening = openingAt(view, at);
  const hasOpening = view.getInt32(opening) > 0;
  const damaged = damagedContract(view, at);
  const int8 = (place: number) => (damaged === undefined ? readInt8(view, at + place) : 0);
  const date = (place: number) => (damaged === undefined ? readDate(view, at + place) : 0);
  const firstDueOn = date(68);
  return {
    loanId: readInt8(view, at + 4),
    eventId: int8(16),
    contract: {
      principal: int8(28),
      ratePpb: int8(40),
      disbursedOn: date(52),
      firstDueOn: firstDueOn === NO_DAY ? null : firstDueOn,
      periods: view.getInt16(at + 102),
    },
    bornOn: date(60),
    groupId: view.getInt32(at + 76),
    bucket: view.getInt16(at + 84),
    paidPeriods: view.getInt16(at + 90),
    type: view.getInt16(at + 96),
    version: view.getInt16(at + VERSION_AT),
    schedule: () => {
      if (damaged !== undefined) throw damaged;
      return readSchedule(view, from);
    },
    opening: () => (hasOpening ? readOpening(view, opening + 4) : null),
  };
}

/** What of the contract's row cannot be; the numbers are read as they are, none is asked twice. */
function damagedContract(view: DataView, at: number): InvariantError | undefined {
  for (let k = 0; k < CONTRACT_NUMBERS.length; k += 1) {
    const value = int8At(view, at + 12 * k);
    if (value >= 0 && Number.isSafeInteger(value)) continue;
    const name = CONTRACT_NUMBERS[k]!;
    return damagedColumn('loan', name, String(view.getBigInt64(at + 12 * k + 4)));
  }
  for (let k = 0; k < CONTRACT_DATES.length; k += 1) {
    const value = readDate(view, at + 52 + 8 * k);
    if (!isDay(value)) return damagedDate('loan', CONTRACT_DATES[k]!, value);
  }
  return undefined;
}

const CONTRACT_NUMBERS = ['loan_id', 'event_id', 'principal', 'rate_ppb'] as const;
const CONTRACT_DATES = ['disbursed_on', 'born_on', 'first_due_on'] as const;

/**
 * The four arrays of a schedule from the binary form at `from`: five words of header, then
 * elements. Throws InvariantError for one that is no plain array, or has an empty element.
 */
export function readSchedule(view: DataView, from: number): Schedule {
  let at = from;
  let column = 0;
  const array = (read: (view: DataView, at: number) => number, width: number): number[] => {
    const length = view.getInt32(at);
    const name = SCHEDULE_ARRAYS[column]!;
    column += 1;
    // No dimension: an array without elements.
    if (view.getInt32(at + 4) > 1) throw damagedColumn('schedule', name, 'no list');
    if (view.getInt32(at + 8) !== 0) throw damagedColumn('schedule', name, 'an empty element');
    const items = new Array<number>(Math.max(0, Math.ceil((length - 20) / (4 + width))));
    for (let k = 0; k < items.length; k += 1) {
      const value = read(view, at + 24 + k * (4 + width));
      if (!(width === 4 ? isDay(value) : Number.isSafeInteger(value))) {
        throw damagedColumn('schedule', name, String(value));
      }
      items[k] = value;
    }
    at += 4 + length;
    return items;
  };
  const dueOn = array(dateAt, 4);
  const principal = array(int8At, 8);
  const interest = array(int8At, 8);
  return { dueOn, principal, interest, balanceAfter: array(int8At, 8) };
}

function dateAt(view: DataView, at: number): number {
  return readDate(view, at + 4);
}

const SCHEDULE_ARRAYS = ['due_on', 'principal', 'interest', 'balance_after'] as const;
