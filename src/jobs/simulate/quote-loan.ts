import { statSync } from 'node:fs';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount, parseAmount } from '../../accounting/money/amount-text.js';
import { Total } from '../../accounting/money/total.js';
import type { Component } from '../../accounting/product/product.js';
import type { ScheduleRow, SimulationResult } from '../../accounting/simulate/result-shape.js';
import { simulateLoan } from '../../accounting/simulate/simulate.js';
import type { SimulationInput } from '../../accounting/simulate/simulate-input.js';
import { refuseViolations } from '../../documents/violations.js';
import { readTextFile } from '../../files/text-file.js';
import { parseProductDocument } from '../book/documents/product-document.js';
import type { ProductFinder } from './book-products.js';
import { simulationReader } from './documents/simulate-document.js';
import { refusedDocument } from './simulator.js';

/** What is asked: the words of a document of `simulate`, not yet checked. */
export interface QuoteRequest {
  /** The path of a product document, or the code of a product in the book. */
  readonly product: string;
  readonly principal: string;
  readonly rate: string;
  readonly periods: string | null;
  readonly disbursed_on: string;
  readonly first_due_on: string | null;
  readonly settle_on: string | null;
}

type Sums = Readonly<Record<'principal' | 'interest' | 'fee' | 'total', string>>;

/** Amounts are decimal text in the product's currency. */
export interface LoanQuote {
  readonly product: { readonly code: string; readonly version: number };
  readonly currency: string;
  readonly loan: {
    readonly principal: string;
    readonly rate: string;
    readonly rate_unit: string;
    readonly periods: number;
    readonly disbursed_on: string;
  };
  readonly schedule: readonly ScheduleRow[];
  readonly totals: Sums;
  readonly cost: SimulationResult['cost'];
  /** What a settlement takes when every instalment due before that day is paid on its due date. */
  readonly settlement: (Sums & { readonly on: string }) | null;
}

const SOURCE = 'quote';
const SETTLEMENT = 'settlement';

type Simulate = (
  events: readonly object[],
  through: string | null,
) => { readonly input: SimulationInput; readonly result: SimulationResult };

/**
 * The schedule of a loan under a product, its cost, and what settling it on a day would take.
 * Throws LoanbookError `invalid_document`, exit code 2, with path, rule and value, and the codes
 * that `loanbook simulate` refuses a document with.
 */
export async function quoteLoan(
  request: QuoteRequest,
  products: () => Promise<ProductFinder>,
): Promise<LoanQuote> {
  const { settle_on: settleOn, product: named, ...loan } = request;
  const isFile = statSync(named, { throwIfNoEntry: false })?.isFile() === true;
  const product = isFile ? parseProductDocument(await readTextFile(named), named).document : named;
  const findProduct = isFile ? () => undefined : await products();
  const read = simulationReader({ ledger: null, findProduct });
  const simulate: Simulate = (events, through) => {
    const input = read({ product, loan, events, through }, SOURCE);
    return { input, result: resultOf(input) };
  };
  const isDate = parseDay(loan.disbursed_on) !== undefined;
  const { input, result } = simulate([], isDate ? loan.disbursed_on : null);
  const { terms, contract } = input;
  const { minorDigits } = terms;
  return {
    product: { code: terms.code, version: terms.version },
    currency: terms.currency,
    loan: {
      principal: formatAmount(contract.principal, minorDigits),
      rate: loan.rate,
      rate_unit: terms.interest.rateUnit,
      periods: contract.periods,
      disbursed_on: loan.disbursed_on,
    },
    schedule: result.schedule,
    totals: sumsOf(result.schedule.flatMap(rowParts), minorDigits),
    cost: result.cost,
    settlement:
      settleOn === null
        ? null
        : {
            on: settleOn,
            ...sumsOf(settlementParts(settleOn, result.schedule, input, simulate), minorDigits),
          },
  };
}

function resultOf(input: SimulationInput): SimulationResult {
  try {
    return simulateLoan(input);
  } catch (error) {
    throw refusedDocument(error, SOURCE);
  }
}

function settlementParts(
  on: string,
  schedule: readonly ScheduleRow[],
  input: SimulationInput,
  simulate: Simulate,
): readonly Part[] {
  const { disbursedOn } = input.contract;
  const lastDueOn = schedule[schedule.length - 1]?.due_on ?? '';
  const day = parseDay(on) ?? -Infinity;
  if (day < disbursedOn || day > (parseDay(lastDueOn) ?? disbursedOn)) {
    const rule = `must be a date from ${formatDay(disbursedOn)} to ${lastDueOn}`;
    refuseViolations({ name: SOURCE }, [{ path: 'settle_on', rule, value: on }]);
  }
  const settlement = { ref: SETTLEMENT, type: 'settlement', value_date: on };
  const events = [...paidOnTime(schedule, input, on), settlement];
  const { allocations, rejected } = simulate(events, on).result;
  const refused = rejected.find(({ ref }) => ref === SETTLEMENT);
  if (refused !== undefined) {
    refuseViolations({ name: SOURCE }, [{ path: 'settle_on', rule: refused.rule, value: on }]);
  }
  return allocations.filter(({ ref }) => ref === SETTLEMENT);
}

/** A repayment for every instalment due before `day`; the loan may pay its down payment itself. */
function paidOnTime(
  schedule: readonly ScheduleRow[],
  { terms }: SimulationInput,
  day: string,
): object[] {
  const { downPayment } = terms.repayment;
  return schedule
    .filter(({ seq }) => seq > 1 || downPayment?.automatic !== true)
    .filter(({ due_on, total }) => due_on < day && /[1-9]/.test(total))
    .map(({ seq, due_on, total }) => ({
      ref: `instalment ${seq}`,
      type: 'repayment',
      value_date: due_on,
      amount: total,
    }));
}

interface Part {
  readonly component: Component | 'refund';
  readonly amount: string;
}

function rowParts({ principal, interest, fee }: ScheduleRow): Part[] {
  return [
    { component: 'principal', amount: principal },
    { component: 'interest', amount: interest },
    { component: 'fee', amount: fee },
  ];
}

/** A quote is paid on time: there is neither penalty nor compound interest in it. */
function sumsOf(parts: readonly Part[], minorDigits: number): Sums {
  const sum = (wanted: (part: Part) => boolean) => {
    const total = new Total();
    for (const { amount } of parts.filter(wanted)) total.add(parseAmount(amount, minorDigits) ?? 0);
    return formatAmount(total.value, minorDigits);
  };
  const of = (component: Component) => sum((part) => part.component === component);
  return {
    principal: of('principal'),
    interest: of('interest'),
    fee: of('fee'),
    total: sum(() => true),
  };
}
