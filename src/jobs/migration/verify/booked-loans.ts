import type pg from 'pg';
import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import type { Fen } from '../../../accounting/money/units.js';
import type { OpeningPosition } from '../../../accounting/opening/opening-position.js';
import type { LoanContract, Schedule } from '../../../accounting/schedule/schedule-rows.js';
import { viewOf } from '../../../db/copy/copy-tuple.js';
import { readSql } from '../../../db/sql-file.js';
import { bucketPages } from '../../day/bucket-pages.js';
import { OPENING_COLUMN, OPENING_JOIN, readOpening } from '../../day/opening-row.js';

/** A loan of the book with the position that it came with. */
export interface BookedLoan {
  readonly loanNo: string;
  readonly bucket: number;
  readonly loanId: number;
  readonly productId: number;
  readonly groupId: number;
  readonly product: string;
  readonly org: string;
  readonly contract: LoanContract;
  readonly schedule: Schedule;
  readonly opening: OpeningPosition | null;
}

interface Row extends Omit<BookedLoan, 'contract' | 'schedule' | 'opening'> {
  readonly principal: Fen;
  readonly ratePpb: number;
  readonly periods: number;
  readonly disbursedOn: string;
  readonly firstDueOn: string | null;
  readonly dueOn: string[];
  readonly duePrincipal: Fen[];
  readonly dueInterest: Fen[];
  readonly balanceAfter: Fen[];
  readonly opening: Buffer;
}

/** Those of some numbers that the book has. */
export async function bookedLoans(
  client: pg.Client,
  loanNos: readonly string[],
): Promise<Map<string, BookedLoan>> {
  const keys = [loanNos.map(bucketOf), loanNos];
  const { rows } = await client.query<Row>(select(BY_NUMBERS), keys);
  return new Map(rows.map((row) => [row.loanNo, loanOf(row)]));
}

/** Every loan of the book, a page at a time. */
export async function* allLoans(client: pg.Client): AsyncGenerator<readonly BookedLoan[]> {
  for (const range of await bucketPages(client)) {
    const { rows } = await client.query<Row>(select(BY_BUCKETS), [...range]);
    if (rows.length > 0) yield rows.map(loanOf);
  }
}

/** The loans that a statement reads; every table by its key, the position behind its join. */
interface Which {
  readonly from: string;
  readonly bounds: string;
}
const BY_NUMBERS: Which = {
  from: `unnest($1::smallint[], $2::text[]) AS u (bucket, loan_no)
    JOIN loan l ON l.bucket = u.bucket AND l.loan_no = u.loan_no`,
  bounds: '',
};
const RANGE = 'bucket BETWEEN $1::smallint AND $2::smallint';
const BY_BUCKETS: Which = {
  from: 'loan l',
  bounds: `AND o.${RANGE} WHERE l.${RANGE} AND e.${RANGE} AND s.${RANGE}`,
};

function select(which: Which): string {
  const parts = { ...which, opening: OPENING_COLUMN, join: OPENING_JOIN };
  return readSql(import.meta.url, 'booked-loans', parts);
}

/** A date column always parses. */
function day(text: string): number {
  return parseDay(text) ?? 0;
}

function loanOf(row: Row): BookedLoan {
  const { principal, ratePpb, periods, disbursedOn, firstDueOn, opening, ...own } = row;
  return {
    ...own,
    contract: {
      ...{ principal, ratePpb, periods },
      disbursedOn: day(disbursedOn),
      firstDueOn: firstDueOn === null ? null : day(firstDueOn),
    },
    schedule: {
      dueOn: row.dueOn.map(day),
      principal: row.duePrincipal,
      interest: row.dueInterest,
      balanceAfter: row.balanceAfter,
    },
    opening: opening.length === 0 ? null : readOpening(viewOf(opening), 0),
  };
}
