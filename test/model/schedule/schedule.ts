import { newRow, type Row, sumOf } from '../row.js';
import { minorUnits, paymentMultiple, type Terms } from '../terms.js';
import { dayOf } from './days.js';
import { dueDates } from './due-dates.js';
import { type RateFrom, regularFactor, rowFactor, type Span } from './factors.js';
import { type Fraction, whole } from './fraction.js';
import { lay } from './layout.js';
import type { LayRequest } from './level-rows.js';

export interface FirstSchedule {
  rows: Row[];
  payment: bigint | null;
  flatBase: Fraction;
}

function spansBetween(start: number, dues: readonly number[]): Span[] {
  return dues.map((due, index) => ({
    start: index === 0 ? start : dues[index - 1]!,
    due,
    first: index === 0,
  }));
}

/** One list of spans a row: bullet and daily interest have a single row at maturity. */
function spansOfRows(terms: Terms): Span[][] {
  const { method } = terms.product.repayment;
  const dues = dueDates(terms);
  const spans = spansBetween(terms.disbursedOn, dues);
  const oneRow = method === 'bullet' || method === 'daily_interest';
  return oneRow ? [spans] : spans.map((span) => [span]);
}

export interface LayFrom {
  terms: Terms;
  balance: bigint;
  flatBase: Fraction;
  factors: Fraction[];
  annual: Fraction;
  /** Instalments of the agreement that have become due. */
  dueCount: number;
  keptPayment: bigint | null;
}

export function layRequest(from: LayFrom): LayRequest {
  const { terms, dueCount } = from;
  const { repayment } = terms.product;
  const amortization = repayment.amortization_periods ?? terms.periods;
  return {
    product: terms.product,
    digits: terms.digits,
    balance: from.balance,
    flatBase: from.flatBase,
    factors: from.factors,
    regular: regularFactor(terms.product, from.annual),
    freePeriods: Math.max(0, repayment.principal_free_periods - dueCount),
    amortizationPeriods: Math.max(1, amortization - dueCount),
    multiple: paymentMultiple(terms.product, terms.digits),
    keptPayment: from.keptPayment,
  };
}

/** Sets the balance after every row that is not yet due, the balance before them given. */
export function runBalance(rows: readonly Row[], balance: bigint): void {
  let left = balance;
  for (const row of rows) {
    left -= row.asked.principal;
    row.balanceAfter = left;
  }
}

function importedSchedule(terms: Terms, rates: readonly RateFrom[]): FirstSchedule {
  const imported = terms.imported!;
  const dues = imported.map((row) => dayOf(row.due_on));
  const spans = spansBetween(terms.disbursedOn, dues);
  const rows = imported.map((written, index) => {
    const row = newRow(written.seq ?? index + 1, 'period', [spans[index]!], {
      principal: minorUnits(written.principal, terms.digits),
      interest: minorUnits(written.interest, terms.digits),
      fee: minorUnits(written.fee ?? '0', terms.digits),
    });
    row.factor = rowFactor(terms.product, row.spans, rates);
    return row;
  });
  if (sumOf(rows, (row) => row.asked.principal) !== terms.principal) {
    throw new Error('the principal of the schedule does not sum to the loan');
  }
  runBalance(rows, terms.principal);
  return { rows, payment: null, flatBase: whole(terms.principal) };
}

/** The schedule as agreed. */
export function firstSchedule(terms: Terms): FirstSchedule {
  const rates = [{ from: terms.disbursedOn, rate: terms.rate }];
  if (terms.imported) return importedSchedule(terms, rates);
  const { product, downPayment } = terms;
  const rows: Row[] = [];
  if (product.repayment.down_payment) {
    const day = terms.disbursedOn;
    const spans = [{ start: day, due: day, first: true }];
    rows.push(newRow(1, 'down_payment', spans, { principal: downPayment }));
  }
  const financed = terms.principal - downPayment;
  const rowSpans = spansOfRows(terms);
  const factors = rowSpans.map((spans) => rowFactor(product, spans, rates));
  const base = product.repayment.flat_total ? terms.principal : financed;
  const laid = lay(
    layRequest({
      terms,
      balance: financed,
      flatBase: whole(base),
      factors,
      annual: terms.rate,
      dueCount: 0,
      keptPayment: null,
    }),
  );
  for (const [index, amounts] of laid.rows.entries()) {
    const row = newRow(rows.length + 1, 'period', rowSpans[index]!, amounts);
    row.factor = factors[index]!;
    rows.push(row);
  }
  runBalance(rows, terms.principal);
  return { rows, payment: laid.payment, flatBase: whole(base) };
}
