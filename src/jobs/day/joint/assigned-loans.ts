import type pg from 'pg';
import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen, LoanId, RatePpb } from '../../../accounting/money/units.js';
import { BUCKET_COUNT } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';
import type { Starts } from '../../../funding/shares/loan-shares.js';

/** A loan that was assigned to another plan behind the close of a day. */
export interface Assignment {
  readonly assignmentId: number;
  /** The first day that books by the new plan. */
  readonly effectiveOn: EpochDay;
  /** Null: the lender alone, without a plan. */
  readonly planId: number | null;
  readonly ratePpb: RatePpb;
  readonly starts: Starts;
  /** How the loan stood: the accounts that it leaves. */
  readonly accruing: boolean;
  /** What leaves the lender, by SHARED_BALANCES; less than 0: what comes back. */
  readonly sold: readonly Fen[];
  /** What the buyer owes for it; less than 0: what the lender owes. */
  readonly price: Fen;
}

/** The assigned loans of a range of buckets. */
export class AssignedLoans {
  /** Latest first. */
  readonly #loans = new Map<LoanId, Assignment[]>();

  /** Loans that were assigned by a day. */
  idsOn(date: EpochDay): LoanId[] {
    return [...this.#loans.keys()].filter((loanId) => this.of(loanId, date) !== undefined);
  }

  add(loanId: LoanId, assignment: Assignment): void {
    const known = this.#loans.get(loanId);
    if (known === undefined) this.#loans.set(loanId, [assignment]);
    else known.push(assignment);
  }

  /** The assignment that rules a loan on a day; undefined: it has the plan that it came with. */
  of(loanId: LoanId, date: EpochDay): Assignment | undefined {
    return this.#loans.get(loanId)?.find(({ effectiveOn }) => effectiveOn <= date);
  }
}

interface Row extends Omit<Assignment, 'effectiveOn' | 'starts'> {
  readonly loanId: LoanId;
  readonly effectiveOn: string;
  readonly out: readonly Fen[];
  readonly money: readonly Fen[];
}

const NONE = new AssignedLoans();

/** Loads them; a book in which none was ever assigned is asked nothing more than that. */
export async function loadAssigned(
  client: pg.Client,
  book: { readonly assigned: { readonly groups: readonly number[] } },
  { from, to } = { from: 0, to: BUCKET_COUNT - 1 },
): Promise<AssignedLoans> {
  if (book.assigned.groups.length === 0) return NONE;
  const { rows } = await client.query<Row>(readSql(import.meta.url, 'assigned'), [from, to]);
  const loans = new AssignedLoans();
  for (const { loanId, effectiveOn, out, money, ...rest } of rows) {
    const starts = { out, money };
    loans.add(loanId, { ...rest, starts, effectiveOn: parseDay(effectiveOn)! });
  }
  return loans;
}
