import type { Component } from '../../accounting/product/product.js';
import type { LoanParty } from '../parties/party-view.js';

/** Everything `loan show` prints of one loan; amounts are decimal text, dates ISO 8601. */
export interface LoanView {
  readonly loanNo: string;
  /** The sealed day that position, instalments, events and entries are shown of; null: none yet. */
  readonly asOf: string | null;
  /** The sealed day up to which what was booked counts; that of `asOf` unless another was asked. */
  readonly knownAt: string | null;
  readonly terms: LoanTermsView;
  /** Who it is with, by masks; null: the loan names nobody. */
  readonly party: LoanParty | null;
  readonly schedule: readonly ScheduleRowView[];
  readonly installments: readonly InstallmentView[];
  /** Null: the loan was not in the book on that day. */
  readonly position: PositionView | null;
  /** Set while the loan cannot be folded: its position is carried over from `foldedOn`. */
  readonly held: { readonly since: string; readonly reason: string } | null;
  readonly events: readonly EventView[];
  readonly entries: readonly EntryView[];
}

export interface LoanTermsView {
  readonly product: string;
  readonly version: number;
  readonly productName: string;
  readonly org: string;
  readonly fundingPlan: string;
  readonly currency: string;
  readonly principal: string;
  /** As imported, in the product's unit. */
  readonly rate: string;
  readonly rateUnit: string;
  readonly method: string;
  readonly periods: number;
  readonly disbursedOn: string;
  readonly firstDueOn: string | null;
  readonly bornOn: string;
  /** Instalments that were paid before the loan entered the book. */
  readonly paidPeriods: number;
}

export interface ScheduleRowView {
  readonly seq: number;
  readonly dueOn: string;
  readonly days: number;
  readonly principal: string;
  readonly interest: string;
  readonly total: string;
  readonly balanceAfter: string;
}

export type InstallmentStatus = 'pending' | 'due' | 'overdue' | 'paid' | 'transferred';

export type InstallmentView = {
  readonly seq: number;
  readonly dueOn: string;
  readonly status: InstallmentStatus;
} & Readonly<
  Record<Component, { readonly due: string; readonly paid: string; readonly waived: string }>
>;

export interface PositionView {
  readonly businessDate: string;
  readonly foldedOn: string;
  readonly status: string;
  readonly classification: string;
  readonly overdueBucket: string;
  readonly daysPastDue: number;
  readonly accruing: boolean;
  readonly principal: string;
  readonly principalOverdue: string;
  readonly interestAccrued: string;
  readonly interestDue: string;
  readonly penaltyDue: string;
  readonly compoundDue: string;
  readonly feeDue: string;
  readonly suspense: string;
  /** What the customer owes for money that was paid out. */
  readonly refundDue: string;
  readonly nextDueOn: string | null;
}

export interface EventView {
  readonly ref: string;
  readonly type: string;
  readonly valueDate: string;
  readonly businessDate: string;
  readonly amount: string;
  readonly outcome: 'posted' | 'rejected' | 'waiting';
  /** The rule that rejected it; null: none did. */
  readonly rule: string | null;
  readonly allocated: string;
  readonly toSuspense: string;
  /** Of a transfer: the new owner. */
  readonly buyer: string | null;
  /** When a fee or the price of a transfer falls due. */
  readonly dueOn: string | null;
  readonly allocations: readonly AllocationView[];
}

export interface AllocationView {
  readonly seq: number;
  readonly component: Component | 'refund';
  readonly amount: string;
}

export interface EntryView {
  readonly businessDate: string;
  readonly voucher: number;
  readonly account: string;
  readonly name: string;
  readonly nameZh: string;
  readonly debit: string;
  readonly credit: string;
  readonly movement: string;
  /** Null: the close itself. */
  readonly ref: string | null;
}
