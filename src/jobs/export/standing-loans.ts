import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { blankPosition, type Position } from '../../accounting/fold/position.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import type { LoanContract, Schedule } from '../../accounting/schedule/schedule-rows.js';
import { readSql } from '../../db/sql-file.js';
import { bucketPages } from '../day/bucket-pages.js';
import { readOpen } from '../day/packed.js';

/** A loan as it stands at the close of a sealed day. */
export interface StandingLoan {
  readonly loanNo: string;
  readonly bucket: number;
  readonly loanId: number;
  readonly product: string;
  readonly version: number;
  readonly productId: number;
  readonly org: string;
  /** As it was given, in the product's rate unit. */
  readonly rate: string;
  readonly contract: LoanContract;
  /** The first one, as agreed. */
  readonly agreed: Schedule;
  /** The one in force. */
  readonly schedule: Schedule;
  /** Disbursed behind the day, and not yet in the book. */
  readonly isComing: boolean;
  /** It came into this book running, and what it was before is not known here. */
  readonly isOpened: boolean;
  readonly held: string | null;
  /** Null: no close has met it. */
  readonly position: Position | null;
}

interface Row extends Omit<StandingLoan, 'contract' | 'agreed' | 'schedule' | 'position'> {
  readonly principal: Fen;
  readonly ratePpb: number;
  readonly periods: number;
  readonly disbursedOn: string;
  readonly firstDueOn: string | null;
  readonly dueOn: string[];
  readonly duePrincipal: Fen[];
  readonly dueInterest: Fen[];
  readonly balanceAfter: Fen[];
  readonly nowDueOn: string[] | null;
  readonly nowPrincipal: Fen[];
  readonly nowInterest: Fen[];
  readonly nowBalanceAfter: Fen[];
  readonly openInstallments: Buffer;
  readonly principalLeft: Fen;
  readonly rateNow: number;
  readonly groupId: number | null;
  readonly status: Position['status'];
  readonly periodStartOn: string;
  readonly nextDueOn: string;
  readonly oldestDueOn: string;
  readonly oldestFreeOn: string;
}

/** Every loan of the book at the close of a sealed day, a page at a time, in loan order. */
export async function* standingLoans(
  client: pg.Client,
  day: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly StandingLoan[]> {
  const select = readSql(import.meta.url, 'loans-page');
  for (const range of await bucketPages(client)) {
    signal?.throwIfAborted();
    const { rows } = await client.query<Row>(select, [day, ...range]);
    if (rows.length > 0) yield rows.map((row) => loanOf(row, day));
  }
}

/** A date column always parses. */
function dayOf(text: string): EpochDay {
  return parseDay(text) ?? 0;
}

function loanOf(row: Row, day: string): StandingLoan {
  const { loanNo, bucket, loanId, product, version, productId, org, rate } = row;
  const { isComing, isOpened, held } = row;
  const agreed: Schedule = {
    dueOn: row.dueOn.map(dayOf),
    principal: row.duePrincipal,
    interest: row.dueInterest,
    balanceAfter: row.balanceAfter,
  };
  const schedule: Schedule =
    row.nowDueOn === null
      ? agreed
      : {
          dueOn: row.nowDueOn.map(dayOf),
          principal: row.nowPrincipal,
          interest: row.nowInterest,
          balanceAfter: row.nowBalanceAfter,
        };
  return {
    ...{ loanNo, bucket, loanId, product, version, productId, org, rate },
    ...{ isComing, isOpened, held, agreed, schedule },
    contract: {
      principal: row.principal,
      ratePpb: row.ratePpb,
      periods: row.periods,
      disbursedOn: dayOf(row.disbursedOn),
      firstDueOn: row.firstDueOn === null ? null : dayOf(row.firstDueOn),
    },
    position: row.groupId === null ? null : positionOf(row, dayOf(day)),
  };
}

function positionOf(row: Row, day: EpochDay): Position {
  const { open, special } = readOpen(row.openInstallments);
  const position = blankPosition();
  const own = row as unknown as Record<string, unknown>;
  const target = position as unknown as Record<string, unknown>;
  for (const key of Object.keys(position)) if (own[key] !== undefined) target[key] = own[key];
  return {
    ...position,
    ratePpb: row.rateNow,
    principal: row.principalLeft,
    businessDate: day,
    foldedOn: day,
    periodStartOn: dayOf(row.periodStartOn),
    nextDueOn: dayOf(row.nextDueOn),
    oldestDueOn: dayOf(row.oldestDueOn),
    oldestFreeOn: dayOf(row.oldestFreeOn),
    open: [...open],
    special,
  };
}
