import type { Calendar } from '../calendar/calendar.js';
import type { EpochDay } from '../money/units.js';
import { COMPOUND, FEE, INTEREST, PENALTY, PRINCIPAL } from '../posting/flow.js';
import type { AllocationRule, BookPolicy, Component, ProductTerms } from '../product/product.js';
import { nightUnits, unitDenominator } from '../schedule/period-interest.js';

/** What closing a day needs to know beside the loan: the same for every loan of the book. */
export interface BookDay {
  readonly date: EpochDay;
  readonly policy: BookPolicy;
  readonly calendar: Calendar;
}

/** An allocation rule with its components as indices. */
export interface AllocationOrder {
  readonly byInstallment: boolean;
  /** By component: what is past due before what is due today. */
  readonly pastDueFirst: boolean;
  readonly order: readonly number[];
}

/** A product's terms made ready for one business day, once for all of its loans. */
export interface FoldTerms {
  readonly terms: ProductTerms;
  /** Interest follows the actual payments: every close then needs the loan's file. */
  readonly recalculates: boolean;
  /** Units of a night for a rate of 1 ppb: a night bears base * rate * this / denominator. */
  readonly nightScale: number;
  readonly nightScaleOf: (day: EpochDay) => number;
  readonly denominator: number;
  /** A night's penalty: base * (rate * multiple + fixed) * nightScale / penaltyDenominator. */
  readonly penaltyMultiple: number;
  readonly penaltyFixedPpb: number;
  readonly penaltyDenominator: number;
  readonly accruing: AllocationOrder;
  readonly nonAccruing: AllocationOrder;
  /** For money paid ahead of the due dates. */
  readonly accruingAhead: AllocationOrder;
  readonly nonAccruingAhead: AllocationOrder;
}

const COMPONENT_INDEX: Readonly<Record<Component, number>> = {
  principal: PRINCIPAL,
  interest: INTEREST,
  penalty: PENALTY,
  compound: COMPOUND,
  fee: FEE,
};

/** Prepares a product's terms for closing `date`. */
export function foldTerms(terms: ProductTerms, date: EpochDay): FoldTerms {
  const basis = terms.interest.basis;
  const denominator = unitDenominator(basis);
  const rate = terms.penalty.rate;
  const { accruing, nonAccruing, inAdvanceOrder, pastDueFirst } = terms.allocation;
  const inAdvance = (rule: AllocationRule): AllocationRule =>
    inAdvanceOrder === null ? rule : { ...rule, order: inAdvanceOrder };
  return {
    terms,
    recalculates: terms.interest.recalculation !== null,
    nightScale: nightUnits(1, basis, date),
    nightScaleOf: (day) => nightUnits(1, basis, day),
    denominator,
    penaltyMultiple: rate.kind === 'multiple' ? rate.numerator : 0,
    penaltyFixedPpb: rate.kind === 'annual' ? rate.ratePpb : 0,
    penaltyDenominator: rate.kind === 'multiple' ? denominator * rate.denominator : denominator,
    accruing: allocationOrder(accruing, pastDueFirst),
    nonAccruing: allocationOrder(nonAccruing, pastDueFirst),
    accruingAhead: allocationOrder(inAdvance(accruing), pastDueFirst),
    nonAccruingAhead: allocationOrder(inAdvance(nonAccruing), pastDueFirst),
  };
}

function allocationOrder(rule: AllocationRule, pastDueFirst: boolean): AllocationOrder {
  return {
    byInstallment: rule.direction === 'by_installment',
    pastDueFirst,
    order: rule.order.map((component) => COMPONENT_INDEX[component]),
  };
}
