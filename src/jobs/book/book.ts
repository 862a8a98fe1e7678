import { Calendar } from '../../accounting/calendar/calendar.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { type PostingRule, PostingRules } from '../../accounting/posting/posting.js';
import type { TaxRule } from '../../accounting/posting/tax-rule.js';
import type { BookPolicy, ProductTerms } from '../../accounting/product/product.js';
import type { FundingPlan } from '../../funding/plan/plan.js';
import type { LedgerRoles } from './documents/ledger-roles.js';

export interface Account {
  readonly accountId: number;
  readonly code: string;
  readonly name: string;
  readonly nameZh: string;
  readonly class: string;
  readonly normalSide: 'debit' | 'credit';
  /** The measure of the positions that the account must equal; null: none. */
  readonly subledger: string | null;
}

/** What accrual and due are posted once for. */
export interface AccountingGroup {
  readonly productId: number;
  /** Product code. */
  readonly product: string;
  readonly org: string;
  /** Code of the funding plan; `own`: none. */
  readonly fundingPlan: string;
  /** Null: the lender funds its loans alone, without a plan. */
  readonly plan: GroupPlan | null;
}

/** The version of a funding plan that the loans of a group are assigned under. */
export interface GroupPlan {
  readonly planId: number;
  readonly terms: FundingPlan;
}

/** What was assigned after it came, of all loans of a book. */
export interface AssignedPlans {
  /** The accounting groups of such loans. */
  readonly groups: readonly number[];
  /** The plans that they were assigned to, by plan_id. */
  readonly plans: readonly (readonly [number, FundingPlan])[];
}

/**
 * The parameters of a book as plain data: checked and compiled once, then handed to the worker
 * threads, which load no validator (their garbage collector would walk it at every turn).
 */
export interface BookData {
  readonly entity: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly businessDate: EpochDay;
  readonly firstBusinessDate: EpochDay;
  /** Null: every day is a working day. */
  readonly calendar: {
    readonly holidays: readonly EpochDay[];
    readonly workdays: readonly EpochDay[];
    readonly years: readonly number[];
  } | null;
  /** Latest first. */
  readonly policies: readonly { readonly from: EpochDay; readonly policy: BookPolicy }[];
  readonly products: readonly (readonly [number, ProductTerms])[];
  readonly groups: readonly (readonly [number, AccountingGroup])[];
  readonly assigned: AssignedPlans;
  readonly postingRules: readonly PostingRule[];
  readonly taxRules: readonly TaxRule[];
  readonly roles: LedgerRoles;
  readonly accounts: readonly Account[];
}

/** The parameters of the book: all that closing a day needs beside its loans. */
export interface Book {
  readonly entity: string;
  readonly currency: string;
  readonly minorDigits: number;
  /** The open day: the next one to be closed. */
  readonly businessDate: EpochDay;
  readonly firstBusinessDate: EpochDay;
  readonly calendar: Calendar;
  /** The policy in force on a day; the earliest one also holds before it was made. */
  policyOn(date: EpochDay): BookPolicy;
  /** By product_id: one entry a product version. */
  readonly products: ReadonlyMap<number, ProductTerms>;
  /** By group_id. */
  readonly groups: ReadonlyMap<number, AccountingGroup>;
  readonly assigned: AssignedPlans;
  /** Those in force on the open day for the loans of an accounting group. */
  postingRulesOf(groupId: number): PostingRules;
  /** Those in force on the open day. */
  readonly taxRules: readonly TaxRule[];
  /** Those in force on the open day. */
  readonly roles: LedgerRoles;
  readonly accounts: readonly Account[];
}

/** The book, ready to look things up in. */
export function bookFromData(data: BookData): Book {
  const { policies, calendar } = data;
  const earliest = policies.at(-1);
  if (earliest === undefined) throw new TypeError('a book without a policy');
  const groups = new Map(data.groups);
  const rulesByGroup: PostingRules[] = [];
  return {
    ...data,
    calendar: calendar === null ? Calendar.everyDayWorks : new Calendar(calendar),
    policyOn: (date) => (policies.find((version) => version.from <= date) ?? earliest).policy,
    products: new Map(data.products),
    groups,
    postingRulesOf(groupId) {
      rulesByGroup[groupId] ??= new PostingRules(data.postingRules, groups.get(groupId));
      return rulesByGroup[groupId];
    },
  };
}
