import { foldRange } from '../../../accounting/fold/fold-range.js';
import { type Position, STATUS } from '../../../accounting/fold/position.js';
import { InvariantError } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { DayFlow } from '../../../accounting/posting/flow.js';
import { viewOf } from '../../../db/copy/copy-tuple.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';
import type { DayTerms } from '../../day/day-terms.js';
import { type DeepLoan, scheduleOn } from '../../day/loan-past.js';
import { PositionRow } from '../../day/position-row.js';
import { sameState } from '../../day/same-state.js';

/** A loan that has left the book, on a day that brings events of it. */
export interface LeftLoan {
  /** Its last row as a tuple. */
  readonly last: Buffer;
  /** Throws InvariantError where its past is damaged. */
  readonly loan: () => DeepLoan;
}

/** Nothing is owed, held or running any more: a loan whose row says so gets no further one. */
export function isOver({ status, suspense, refundDue, nextSeq }: Position): boolean {
  return ENDED.has(status) && suspense === 0 && refundDue === 0 && nextSeq === 0;
}

const ENDED: ReadonlySet<number> = new Set([STATUS.settled, STATUS.cancelled, STATUS.transferred]);

/**
 * The row that such a loan would have of the day before `date`, as a tuple: the days since its last
 * row are closed, which do nothing to a loan that is over. Throws InvariantError when they do.
 */
export function carryIdle(last: Buffer, loan: DeepLoan, date: EpochDay, days: DayTerms): Buffer {
  const row = new PositionRow();
  row.read(viewOf(last), 0, last);
  const { position } = row;
  if (!isOver(position)) {
    throw new InvariantError('a loan that is not over has no row of the day before', {});
  }
  const totals = row.openTotals();
  const { contract, groupId } = loan.birth;
  const schedule = scheduleOn(loan, position.foldedOn).schedule();
  const file = { contract, schedule, changed: false, totals: () => totals };
  const flow = new DayFlow();
  const foldDays = { book: days.book, terms: (day: EpochDay) => days.fold(groupId, day) };
  const span = { from: position.foldedOn + 1, to: date - 1 };
  foldRange({ position, file, totals }, span, [], foldDays, flow, (day) => {
    if (!flow.touched && flow.interestAccrued === 0 && isOver(position)) return;
    throw new InvariantError('a loan that is over changes on a day without events', { day });
  });
  return tupleOf(row);
}

function tupleOf(row: PositionRow): Buffer {
  const writer = new TupleWriter(1 << 10);
  row.write(writer);
  // Behind the field count, as rows are read.
  return writer.bytes.subarray(2, writer.length);
}

/**
 * Whether a loan that was folded through the day on from `idle` stays out of the book: it is over,
 * and as it was. One that is over but has changed gets a row, since the next late event starts from
 * what its last row says.
 */
export function staysAway(row: PositionRow, idle: Buffer): boolean {
  if (!isOver(row.position)) return false;
  const before = new PositionRow();
  before.read(viewOf(idle), 0, idle);
  const { businessDate, foldedOn, engineVersion } = row.position;
  Object.assign(before.position, { businessDate, foldedOn, engineVersion });
  return sameState(row, before);
}
