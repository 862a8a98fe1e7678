import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { STATUS_NAMES } from '../../../accounting/fold/position.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { MOVEMENTS } from '../../../accounting/posting/flow.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import { SHARED_BALANCES } from '../../../funding/shares/loan-shares.js';
import type { Book, GroupPlan } from '../../book/book.js';
import { loadGroups } from '../../book/load-book.js';
import { type BookedLoan, bookedLoan } from '../../day/joint/booked-loan.js';
import type { Joint } from '../../day/joint/joint-loans.js';
import { jointGroups } from '../../day/joint/joint-stocks.js';
import { partyStocks, wholeBalances } from '../../day/joint/stock.js';
import { findLoan, type LoanRow } from '../../loan/loan-queries.js';
import { notSealed, unknownLoan } from '../../loan/show-loan.js';
import type { ClaimRow } from '../claims/claim-rows.js';
import { rowsOf } from '../claims/claim-rows.js';
import { claimsOfLoan, type Differing } from '../claims/claims-at.js';
import { loadGuaranteed } from '../claims/guaranteed-loans.js';
import {
  type ActRow,
  type ItemRow,
  loadActs,
  loadItems,
  loadOrders,
  loadSettled,
  type OrderRow,
  type SettledRow,
} from './loan-facts.js';

/** What of a loan stands, whole or of one party. `principalOverdue` is part of `principal`. */
export interface Standing {
  readonly principal: Fen;
  readonly principalOverdue: Fen;
  /** Below nothing where interest was paid ahead. */
  readonly interestAccrued: Fen;
  readonly interestDue: Fen;
  readonly penaltyDue: Fen;
  readonly compoundDue: Fen;
  readonly feeDue: Fen;
  readonly total: Fen;
}

export interface PartyShare extends Standing {
  readonly party: string;
}

/** What a party had by one kind of movement, in all. */
export interface HadLine extends Omit<ItemRow, 'businessDate' | 'kind' | 'ref'> {
  readonly movement: string;
  readonly events: number;
}

export interface ItemLine extends Omit<ItemRow, 'kind'> {
  readonly movement: string;
}

export interface LoanFunding {
  readonly loanNo: string;
  readonly minorDigits: number;
  /** Null: no day is sealed yet. */
  readonly asOf: string | null;
  /** Null: the lender has it alone, without a plan. */
  readonly plan: FundingPlan | null;
  readonly status: string | null;
  /** Null: not in the book on that day. */
  readonly position: Standing | null;
  readonly shares: readonly PartyShare[];
  readonly had: readonly HadLine[];
  readonly items: readonly ItemLine[];
  readonly claims: readonly ClaimRow[];
  /** Why there are none, where the loan is not what they say. */
  readonly differing: readonly Differing[];
  readonly acts: readonly ActRow[];
  readonly orders: readonly OrderRow[];
  readonly settlements: readonly SettledRow[];
}

/**
 * Who has what of one loan at the close of a sealed day, by default the last: shares of its
 * position, what each party had, claims, orders and settlements. Throws LoanbookError
 * `unknown_loan` (1), `day_not_sealed` (2), `guarantee_missing` (1).
 */
export async function showFunding(
  client: pg.Client,
  loanNo: string,
  asOf?: EpochDay,
): Promise<LoanFunding> {
  const asked = asOf === undefined ? null : formatDay(asOf);
  const loan = await findLoan(client, bucketOf(loanNo), loanNo, asked);
  if (loan === undefined) throw unknownLoan(loanNo);
  if (asked !== null && !loan.asOfIsSealed) throw notSealed(asked, loan.lastSealed);
  const day = asked ?? loan.lastSealed;
  const groups = new Map(await loadGroups(client));
  const booked = day === null ? undefined : await bookedLoan(client, loan, day);
  const joint = await jointOn(client, booked, day);
  const plan = planOf(groups.get(loan.groupId)?.plan ?? null, joint);
  const key = day === null ? null : { ...loan, day };
  const items = key === null ? [] : await loadItems(client, key);
  return {
    ...{ loanNo, minorDigits: loan.minorDigits, asOf: day, plan },
    status: booked === undefined ? null : (STATUS_NAMES[booked.position.status] ?? null),
    position: booked === undefined ? null : standingOf(whole(booked)),
    shares: plan === null || booked === undefined ? [] : sharesOf(joint, plan, booked),
    had: hadBy(items),
    items: items.map(({ kind, ...item }) => ({ ...item, movement: wordOf(kind) })),
    ...(await claimsOf(client, groups, loan, day, booked)),
    acts: key === null ? [] : await loadActs(client, key),
    orders: await loadOrders(client, loan),
    settlements: key === null ? [] : await loadSettled(client, key),
  };
}

function wordOf(kind: number): string {
  return MOVEMENTS[kind] ?? String(kind);
}

function whole({ position }: BookedLoan): Fen[] {
  const balances = SHARED_BALANCES.map(() => 0);
  wholeBalances(position, balances);
  return balances;
}

/** The plan that rules the loan on the day, by which it may have been assigned to another one. */
async function jointOn(
  client: pg.Client,
  booked: BookedLoan | undefined,
  day: string | null,
): Promise<Joint | undefined> {
  if (booked === undefined || day === null) return undefined;
  const { loans } = await jointGroups(client);
  return loans.on(booked.position, parseDay(day)!);
}

function planOf(ofGroup: GroupPlan | null, joint: Joint | undefined): FundingPlan | null {
  if (joint === undefined || joint.assignment === null) return ofGroup?.terms ?? null;
  return joint.planId === 0 ? null : joint.shares.plan;
}

/** Every party's, in the plan's order; a plan of the lender alone has no shares but the whole. */
function sharesOf(joint: Joint | undefined, plan: FundingPlan, booked: BookedLoan): PartyShare[] {
  const shares = joint === undefined || joint.planId === 0 ? undefined : joint.shares;
  const all =
    shares === undefined ? [whole(booked)] : partyStocks(shares, booked.position, booked.totals);
  return plan.parties.map(({ party }, at) => ({ party, ...standingOf(all[at]!) }));
}

function standingOf(balances: readonly Fen[]): Standing {
  const [normal = 0, overdue = 0, accrued = 0, due = 0, penalty = 0, compound = 0, fee = 0] =
    balances;
  return {
    ...{ principal: normal + overdue, principalOverdue: overdue },
    ...{ interestAccrued: accrued, interestDue: due },
    ...{ penaltyDue: penalty, compoundDue: compound, feeDue: fee },
    total: balances.reduce((sum, each) => sum + each, 0),
  };
}

/** By party, then by movement in the order in which they first came. */
function hadBy(items: readonly ItemRow[]): HadLine[] {
  const lines = new Map<string, HadLine>();
  for (const { businessDate, kind, ref, ...item } of items) {
    const movement = wordOf(kind);
    const key = `${item.party} ${movement}`;
    const had = lines.get(key);
    lines.set(
      key,
      had === undefined
        ? { ...item, movement, events: 1 }
        : {
            ...{ party: item.party, movement, events: had.events + 1 },
            principal: had.principal + item.principal,
            interest: had.interest + item.interest,
            penalty: had.penalty + item.penalty,
            compound: had.compound + item.compound,
            fee: had.fee + item.fee,
            serviceFee: had.serviceFee + item.serviceFee,
            serviceTax: had.serviceTax + item.serviceTax,
          },
    );
  }
  const isBefore = (a: HadLine, b: HadLine) => a.party < b.party;
  return [...lines.values()].sort((a, b) => Number(isBefore(b, a)) - Number(isBefore(a, b)));
}

async function claimsOf(
  client: pg.Client,
  groups: Book['groups'],
  loan: LoanRow,
  day: string | null,
  booked: BookedLoan | undefined,
): Promise<Pick<LoanFunding, 'claims' | 'differing'>> {
  const none = { claims: [], differing: [] };
  const guarantee = groups.get(loan.groupId)?.plan?.terms.guarantee ?? null;
  if (guarantee === null || day === null || booked === undefined) return none;
  const on = parseDay(day)!;
  const [guaranteed] = await loadGuaranteed(client, { groups }, [loan.loanId]);
  if (guaranteed === undefined) return none;
  const { of, faults } = claimsOfLoan(guaranteed, on, booked.position);
  if (of === null) return { claims: [], differing: faults };
  return { claims: rowsOf({ loans: [of], charges: [], differing: [] }, {}), differing: [] };
}
