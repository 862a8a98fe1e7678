import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { OpenInstallment, Status } from '../../../accounting/fold/position.js';
import { type EpochDay, type Fen, type LoanId, NO_DAY } from '../../../accounting/money/units.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { readDate, readInt8 } from '../../../db/copy/copy-tuple.js';
import type { BucketRange } from '../bucket-pages.js';
import { daySql } from '../day-sql.js';
import { dayTable } from '../day-table.js';
import { readOpen } from '../packed.js';

/** How a loan stands at the close of a day; of a row of the day alone. */
export interface Standing {
  readonly loanId: LoanId;
  readonly groupId: number;
  readonly status: Status;
  /** Index into CLASS_NAMES. */
  readonly classification: number;
  readonly principal: Fen;
  readonly daysPastDue: number;
  readonly open: readonly OpenInstallment[];
}

/** An instalment as the schedule in force asks it. */
export interface Scheduled {
  readonly seq: number;
  readonly dueOn: EpochDay;
  readonly principal: Fen;
  readonly interest: Fen;
}

/** The same with what the contract and the schedule say. */
export interface LoanOfDay extends Standing {
  readonly disbursed: Fen;
  readonly disbursedOn: EpochDay;
  /** NO_DAY: nothing ever falls due. */
  readonly firstDueOn: EpochDay;
  /** The last instalments that fell due, ascending; none where the last is before the window. */
  readonly billed: readonly Scheduled[];
}

/** Which instalments are asked for: those that fell due from a day on. */
export interface DueWindow {
  readonly since: EpochDay;
  /** Settled loans without a row any more come along if they left behind this day. */
  readonly leftAfter: EpochDay;
}

/** What was paid of an instalment on a day; seq 0: beside them. */
export interface PaidLine {
  readonly seq: number;
  readonly amount: Fen;
  /** Of principal and interest. */
  readonly scheduled: Fen;
}

const STANDING_FIELDS = 7;
const LOAN_FIELDS = 14;
/** Where the length of the open instalments stands: behind 2 int8, 2 int4, 2 int2. */
const OPEN_AT = 2 * 12 + 2 * 8 + 2 * 6;
const NONE_OPEN: readonly OpenInstallment[] = [];
const NONE_DUE: readonly Scheduled[] = [];

/** How the loans of a range stand at the close of a sealed day, in no order. */
export async function standingsAt(
  client: pg.Client,
  day: EpochDay,
  range: BucketRange,
): Promise<Map<LoanId, Standing>> {
  const found = new Map<LoanId, Standing>();
  const select = daySql(import.meta.url, 'standing', day, partsOf(range));
  await copyRows(client, select, STANDING_FIELDS, (view, at, bytes) => {
    const standing = readStanding(view, at, bytes);
    found.set(standing.loanId, standing);
  });
  return found;
}

/** The loans of a range that have a row of a sealed day, one after the other, in no order. */
export async function loansAt(
  client: pg.Client,
  day: EpochDay,
  range: BucketRange,
  window: DueWindow,
  take: (loan: LoanOfDay) => void,
): Promise<void> {
  await readLoans(client, loansSql(day, range, window, dayTable('position', day)), take);
}

/** Settled loans of a range that have none any more, as their last row says. */
export async function loansLeftBy(
  client: pg.Client,
  day: EpochDay,
  range: BucketRange,
  window: DueWindow,
  take: (loan: LoanOfDay) => void,
): Promise<void> {
  const days = { after: formatDay(window.leftAfter), day: formatDay(day) };
  const left = daySql(import.meta.url, 'left', day, { ...partsOf(range), ...days });
  await readLoans(client, loansSql(day, range, window, left), take);
}

/** What was paid on a sealed day, by loan. */
export async function paidOn(
  client: pg.Client,
  day: EpochDay,
  range: BucketRange,
): Promise<Map<LoanId, PaidLine[]>> {
  const found = new Map<LoanId, PaidLine[]>();
  const select = daySql(import.meta.url, 'paid', day, partsOf(range));
  await copyRows(client, select, 4, (view, at) => {
    const loanId = readInt8(view, at + 4);
    const line = {
      seq: view.getInt16(at + 16),
      amount: readInt8(view, at + 22),
      scheduled: readInt8(view, at + 34),
    };
    const lines = found.get(loanId);
    if (lines === undefined) found.set(loanId, [line]);
    else lines.push(line);
  });
  return found;
}

function partsOf([from, to]: BucketRange): { from: number; to: number } {
  return { from, to };
}

function loansSql(
  day: EpochDay,
  range: BucketRange,
  { since }: DueWindow,
  standing: string,
): string {
  // As many instalments may have fallen due as there are days.
  const width = Math.max(0, day - since);
  const parts = { ...partsOf(range), since: formatDay(since), width, standing };
  return daySql(import.meta.url, 'loans', day, parts);
}

async function readLoans(
  client: pg.Client,
  select: string,
  take: (loan: LoanOfDay) => void,
): Promise<void> {
  await copyRows(client, select, LOAN_FIELDS, (view, at, bytes) => {
    const behind = at + OPEN_AT + 4 + view.getInt32(at + OPEN_AT);
    take({
      ...readStanding(view, at, bytes),
      disbursed: readInt8(view, behind + 4),
      disbursedOn: readDate(view, behind + 16),
      firstDueOn: Math.min(readDate(view, behind + 24), NO_DAY),
      billed: readBilled(view, behind + 36, view.getInt32(behind + 32)),
    });
  });
}

function readStanding(view: DataView, at: number, bytes: Buffer): Standing {
  const length = view.getInt32(at + OPEN_AT);
  const openAt = at + OPEN_AT + 4;
  return {
    loanId: readInt8(view, at + 4),
    principal: readInt8(view, at + 16),
    daysPastDue: view.getInt32(at + 28),
    groupId: view.getInt32(at + 36),
    status: view.getInt16(at + 44) as Status,
    classification: view.getInt16(at + 50),
    open: length === 0 ? NONE_OPEN : readOpen(bytes.subarray(openAt, openAt + length)).open,
  };
}

/** Behind the header of an array: five words. Its elements are a length and a value each. */
const ARRAY_HEADER = 20;

/** Three arrays of the same length, one behind the other. */
export function readBilled(view: DataView, at: number, firstSeq: number): readonly Scheduled[] {
  const dueLength = view.getInt32(at);
  const count = dueLength <= ARRAY_HEADER ? 0 : (dueLength - ARRAY_HEADER) / 8;
  if (count === 0) return NONE_DUE;
  const dueAt = at + 4 + ARRAY_HEADER;
  const principalAt = at + 4 + dueLength + 4 + ARRAY_HEADER;
  const interestAt = principalAt + 12 * count + 4 + ARRAY_HEADER;
  return Array.from({ length: count }, (_, k) => ({
    seq: firstSeq + k,
    dueOn: readDate(view, dueAt + 8 * k + 4),
    principal: readInt8(view, principalAt + 12 * k + 4),
    interest: readInt8(view, interestAt + 12 * k + 4),
  }));
}
