import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { type Position, STATUS, STATUS_NAMES } from '../../../accounting/fold/position.js';
import type { EpochDay, Fen, LoanId, RatePpb } from '../../../accounting/money/units.js';
import { COMPONENTS, PRINCIPAL } from '../../../accounting/posting/flow.js';
import { REFUNDED, totalOut } from '../../../accounting/posting/totals.js';
import { readSql } from '../../../db/sql-file.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import { COMPONENT_OF, LoanShares, type Starts } from '../../../funding/shares/loan-shares.js';
import { type Decline, declineOf } from '../../../funding/transfer/transfer.js';
import type { Joint } from '../../day/joint/joint-loans.js';
import { jointGroups } from '../../day/joint/joint-stocks.js';
import { eachStanding } from '../../day/joint/standing-loans.js';
import { blankStock, stockOf, wholeBalances, zeros } from '../../day/joint/stock.js';

/** Who names loans: all that is said of them is said by these. */
export interface OfferedList {
  readonly loanNos: readonly string[];
  /** Behind its close the loans change hands. */
  readonly day: EpochDay;
  /** The approval of this very list does not stand in its own way. */
  readonly subject: string;
}

/** What keeps a loan from being assigned: a rule of the page, or of a book. */
export type LoanRule =
  | Decline
  | 'unknown_loan'
  | 'held'
  | 'guarantee'
  | 'more_than_own_share'
  | 'wrong_way'
  | 'nothing_sold'
  | 'yield_above_rate';

export interface RefusedLoan {
  readonly rule: LoanRule;
  readonly value: string;
}

/** A loan that may change hands, as it stands at the close. */
export interface StandingLoan {
  readonly bucket: number;
  readonly loanId: LoanId;
  readonly groupId: number;
  readonly accruing: boolean;
  readonly ratePpb: RatePpb;
  /** The plan that it is under; null: the lender alone. */
  readonly plan: FundingPlan | null;
  readonly starts: Starts;
  /** By SHARED_BALANCES: all of it, and what the lender has. */
  readonly whole: readonly Fen[];
  readonly own: readonly Fen[];
}

export type Offered = StandingLoan | RefusedLoan;

interface LoanRow {
  readonly loanNo: string;
  readonly bucket: number;
  readonly loanId: LoanId;
  readonly groupId: number;
  readonly bornOn: string;
  readonly pending: boolean;
}

/** Loans of a list as they stand at its day, in its order. */
export async function offeredLoans(
  client: pg.Client,
  { loanNos, day, subject }: OfferedList,
): Promise<Map<string, Offered>> {
  const sql = readSql(import.meta.url, 'loans');
  const { rows } = await client.query<LoanRow>(sql, [loanNos, formatDay(day + 1), subject]);
  const { loans: joint } = await jointGroups(client);
  const byId = new Map(rows.map((row) => [row.loanId, row]));
  const found = new Map<string, Offered>();
  await eachStanding(client, day, [...byId.keys()], (position, totals) => {
    const row = byId.get(position.loanId)!;
    found.set(row.loanNo, standing(row, position, totals, joint.on(position, day)));
  });
  const named = new Map(rows.map((row) => [row.loanNo, row]));
  return new Map(loanNos.map((no) => [no, found.get(no) ?? absent(named.get(no), day)]));
}

/** A loan without a row of the day: not in the book yet, or gone out of it. */
function absent(row: LoanRow | undefined, day: EpochDay): RefusedLoan {
  if (row === undefined) return { rule: 'unknown_loan', value: 'not in the book' };
  if (row.bornOn > formatDay(day)) return { rule: 'status', value: `in the book ${row.bornOn}` };
  return { rule: 'status', value: 'settled' };
}

function standing(
  { bucket, loanId, groupId, pending }: LoanRow,
  position: Position,
  totals: readonly Fen[],
  joint: Joint | undefined,
): Offered {
  const whole = zeros(COMPONENT_OF.length);
  wholeBalances(position, whole);
  const { status, accruing, ratePpb } = position;
  const isActive = status === STATUS.normal || status === STATUS.overdue;
  const rule = declineOf({ isPending: pending, isActive, balances: whole });
  if (rule !== null) return { rule, value: foundOf(rule, position) };
  if (position.foldedOn !== position.businessDate) {
    return { rule: 'held', value: `since ${formatDay(position.foldedOn + 1)}` };
  }
  const plan = joint === undefined || joint.planId === 0 ? null : joint.shares.plan;
  return {
    ...{ bucket, loanId, groupId, accruing, ratePpb, plan },
    ...{ whole, own: ownOf(joint, position, totals) ?? whole, starts: startsOf(totals) },
  };
}

function ownOf(joint: Joint | undefined, position: Position, totals: readonly Fen[]): Fen[] | null {
  if (joint === undefined) return null;
  const stock = blankStock();
  stockOf(joint.shares, position, totals, stock);
  return stock.own;
}

/** What has gone out of the loan: from here on it counts from 0. */
function startsOf(totals: readonly Fen[]): Starts {
  const money = COMPONENTS.map((_, c) => totals[4 * c + 1]!);
  money[PRINCIPAL]! += totals[REFUNDED] ?? 0;
  return { out: COMPONENTS.map((_, c) => totalOut(totals, c)), money };
}

function foundOf(rule: Decline, { status }: Position): string {
  if (rule === 'pending') return 'another assignment';
  return rule === 'status' ? STATUS_NAMES[status] : '0';
}

/** What the lender has of a loan once it is under another plan; null: all of it. */
export function ownUnder(
  plan: FundingPlan | null,
  { whole, starts, ratePpb }: StandingLoan,
): readonly Fen[] {
  if (plan === null) return whole;
  const own = zeros(COMPONENT_OF.length);
  new LoanShares(plan, ratePpb, starts).ownBalances(whole, starts.out, own);
  return own;
}
