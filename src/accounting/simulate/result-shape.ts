import type { Component } from '../product/product.js';

export interface ScheduleRow {
  readonly seq: number;
  readonly due_on: string;
  readonly days: number;
  readonly principal: string;
  readonly interest: string;
  readonly fee: string;
  readonly total: string;
  readonly balance_after: string;
}

export interface ComponentFigures {
  readonly due: string;
  readonly paid: string;
  readonly waived: string;
}

export type InstallmentStatus = 'pending' | 'due' | 'overdue' | 'paid' | 'transferred';

export type InstallmentRow = {
  readonly seq: number;
  readonly due_on: string;
  readonly status: InstallmentStatus;
} & Readonly<Record<Component, ComponentFigures>>;

export interface PositionFigures {
  readonly business_date: string;
  readonly status: string;
  readonly principal: string;
  readonly principal_overdue: string;
  readonly interest_accrued: string;
  readonly interest_due: string;
  readonly penalty_due: string;
  readonly compound_due: string;
  readonly fee_due: string;
  readonly suspense: string;
  readonly refund_due: string;
  readonly days_past_due: number;
  readonly classification: string;
  readonly accruing: boolean;
}

/** The document that `loanbook simulate` prints; the keys are those of CONVENTIONS. */
export interface SimulationResult {
  readonly schedule: readonly ScheduleRow[];
  readonly installments: readonly InstallmentRow[];
  readonly position: PositionFigures;
  readonly daily: readonly {
    readonly business_date: string;
    readonly interest: string;
    readonly penalty: string;
    readonly compound: string;
  }[];
  readonly allocations: readonly {
    readonly ref: string;
    readonly seq: number;
    readonly component: Component | 'refund';
    readonly amount: string;
  }[];
  readonly rejected: readonly { readonly ref: string; readonly rule: string }[];
  readonly journal: readonly {
    readonly business_date: string;
    readonly voucher: string;
    readonly account: string;
    readonly debit: string;
    readonly credit: string;
    readonly memo: string;
  }[];
  readonly cost: {
    readonly irr_period: string;
    readonly irr_annual: string;
    readonly effective_annual: string;
  };
}
