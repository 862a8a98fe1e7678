import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen, LoanId } from '../../accounting/money/units.js';
import { readSql } from '../../db/sql-file.js';
import { countsAsAttempt, type LoanFacts } from '../../funding/deduct/ask.js';
import { isInFlight, type OrderState } from '../../funding/deduct/order-state.js';
import type { FailureClass } from '../../funding/terms/deduction.js';
import type { BucketRange } from '../day/bucket-pages.js';

interface OrderRow {
  readonly loanId: LoanId;
  readonly own: boolean;
  readonly seq: number;
  readonly attempt: number;
  readonly state: OrderState;
  readonly class: FailureClass | null;
}

/** What is known of the loans of a range before a run on a channel. */
export interface PageFacts {
  of(loanId: LoanId, seq: number): LoanFacts;
  /** The number of the next attempt at an instalment. */
  nextAttempt(loanId: LoanId, seq: number): number;
  /** Money of our own orders that no close has folded yet. */
  posted(loanId: LoanId): Fen;
}

export async function pageFacts(
  client: pg.Client,
  channel: string,
  openDay: EpochDay,
  [from, to]: BucketRange,
): Promise<PageFacts> {
  const sql = (name: string) => readSql(import.meta.url, name);
  const orders = await client.query<OrderRow>(sql('loan-facts'), [channel, from, to]);
  const failures = await client.query<{ loanId: LoanId; class: FailureClass; day: string }>(
    sql('loan-failures'),
    [channel, from, to],
  );
  const waiting = await client.query<{ loanId: LoanId; posted: bigint; held: boolean }>(
    sql('loan-waiting'),
    [from, to, formatDay(openDay)],
  );
  const byLoan = grouped(orders.rows);
  const failed = grouped(failures.rows);
  const queued = new Map(waiting.rows.map((row) => [row.loanId, row]));
  const ownOf = (loanId: LoanId, seq: number) =>
    (byLoan.get(loanId) ?? []).filter((order) => order.own && order.seq === seq);
  return {
    of(loanId, seq) {
      const own = ownOf(loanId, seq);
      const numbers = [...new Set(own.map(({ attempt }) => attempt))];
      const last = failed.get(loanId)?.at(-1);
      return {
        inFlight: (byLoan.get(loanId) ?? []).some(({ state }) => isInFlight(state)),
        stopped: (failed.get(loanId) ?? []).some((one) => one.class === 'risk'),
        held: queued.get(loanId)?.held ?? false,
        attempts: numbers.filter((attempt) =>
          countsAsAttempt(own.filter((order) => order.attempt === attempt)),
        ).length,
        lastFailure:
          last === undefined ? null : { class: last.class, day: parseDay(last.day) ?? 0 },
      };
    },
    nextAttempt: (loanId, seq) => Math.max(0, ...ownOf(loanId, seq).map((one) => one.attempt)) + 1,
    posted: (loanId) => Number(queued.get(loanId)?.posted ?? 0),
  };
}

function grouped<T extends { readonly loanId: LoanId }>(rows: readonly T[]): Map<LoanId, T[]> {
  const found = new Map<LoanId, T[]>();
  for (const row of rows) {
    const list = found.get(row.loanId);
    if (list === undefined) found.set(row.loanId, [row]);
    else list.push(row);
  }
  return found;
}
