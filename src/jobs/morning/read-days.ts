import type pg from 'pg';
import type { EpochDay, LoanId } from '../../accounting/money/units.js';
import {
  type DueWindow,
  loansAt,
  loansLeftBy,
  paidOn,
  type Standing,
  standingsAt,
} from '../day/at-close/loans-at-close.js';
import { type BucketRange, bucketPages } from '../day/bucket-pages.js';
import { type LoanToday, loanToday } from './loan-today.js';

/** Loans whose standing of last night is in memory at a time, a session. */
const PAGE_LOANS = 16_000;

/** Sessions that read side by side, the first of which writes. */
export type Sessions = readonly [pg.Client, ...pg.Client[]];

/** Who is told the loans of a day, one after the other, in no order. */
export interface DayTaker {
  readonly day: EpochDay;
  /** A loan that has a row of the day. */
  addLoan(today: LoanToday): void;
  /** A loan that was settled and left before. */
  addLeft(today: LoanToday): void;
}

export interface DayToRead {
  readonly taker: DayTaker;
  readonly window: DueWindow;
}

/** Reads days, ascending, page of buckets by page of buckets, shared out among sessions. */
export async function readDays(
  sessions: Sessions,
  days: readonly DayToRead[],
  firstDay: EpochDay,
): Promise<void> {
  const pages = await bucketPages(sessions[0], PAGE_LOANS);
  await Promise.all(
    sessions.map(async (session) => {
      for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
        await readPage(session, page, days, firstDay);
      }
    }),
  );
}

async function readPage(
  client: pg.Client,
  page: BucketRange,
  days: readonly DayToRead[],
  firstDay: EpochDay,
): Promise<void> {
  let last: { readonly day: EpochDay; readonly standings: Map<LoanId, Standing> } | undefined;
  for (const { taker, window } of days) {
    const { day } = taker;
    const before =
      last?.day === day - 1
        ? last.standings
        : day === firstDay
          ? new Map<LoanId, Standing>()
          : await standingsAt(client, day - 1, page);
    const paid = await paidOn(client, day, page);
    const standings = new Map<LoanId, Standing>();
    await loansAt(client, day, page, window, (loan) => {
      standings.set(loan.loanId, loan);
      taker.addLoan(loanToday(loan, before.get(loan.loanId), paid.get(loan.loanId)));
    });
    await loansLeftBy(client, day, page, window, (loan) => {
      taker.addLeft(loanToday(loan, undefined));
    });
    last = { day, standings };
  }
}
