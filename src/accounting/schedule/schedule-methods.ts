import { mulDivRound } from '../money/money.js';
import type { Fen } from '../money/units.js';
import { levelPayment } from './level-payment.js';
import { periodRates } from './period-interest.js';
import { layActuarial } from './schedule-actuarial.js';
import { layFlat } from './schedule-flat.js';
import { layRows } from './schedule-lay-rows.js';
import type { LaidSchedule, PaymentInForce } from './schedule-rows.js';
import { solvedPayment } from './schedule-solved.js';
import { payingPeriods, type Span } from './schedule-span.js';

/**
 * Lays a span by its product's method (CONVENTIONS, Schedule). `kept` is the payment in force, for
 * `keep: payment`; null: the method's own payment for this span.
 */
export function laySpan(span: Span, kept: PaymentInForce | null): LaidSchedule {
  switch (span.terms.repayment.method) {
    case 'flat_interest':
      return layFlat(span, kept?.payment ?? null);
    case 'level_payment_actuarial':
      return layActuarial(span, kept?.payment ?? null);
    default: {
      const { payment, principalPart } = kept ?? paymentOf(span);
      return { schedule: layRows(span, { payment, principalPart }), payment, principalPart };
    }
  }
}

function paymentOf(span: Span): PaymentInForce {
  const { method, paymentRounding, paymentMultipleFen: multiple } = span.terms.repayment;
  const paying = payingPeriods(span);
  switch (method) {
    case 'level_payment':
      return { payment: level(span, paying, multiple), principalPart: 0 };
    case 'balloon':
      return { payment: level(span, span.amortizationPeriods, multiple), principalPart: 0 };
    case 'level_payment_solved': {
      const solved = solvedPayment(span, level(span, paying, 1));
      const payment = mulDivRound(solved, 1, multiple, paymentRounding) * multiple;
      return { payment, principalPart: 0 };
    }
    case 'equal_principal':
      return {
        payment: null,
        principalPart: mulDivRound(span.principal, 1, paying, paymentRounding),
      };
    default:
      return { payment: null, principalPart: 0 };
  }
}

/** The payment of regular periods that repays the span's balance over so many of them. */
function level({ terms, principal, ratePpb }: Span, periods: number, multiple: Fen): Fen {
  const { regular } = periodRates(terms, ratePpb);
  return levelPayment(principal, regular, periods, terms.repayment.paymentRounding, multiple);
}
