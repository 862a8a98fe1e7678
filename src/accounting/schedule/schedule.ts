import { mulDivRound } from '../money/money.js';
import { Refusal } from '../money/refusal.js';
import { type Fen, RATE_SCALE } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import { dueDates } from './due-dates.js';
import { periodFactors, wholeTermFactor } from './period-factor.js';
import { periodRates } from './period-interest.js';
import { laySpan } from './schedule-methods.js';
import type { LaidSchedule, LoanContract, Schedule } from './schedule-rows.js';
import type { Span } from './schedule-span.js';

/**
 * Lays the repayment schedule of a contract under its product's terms (CONVENTIONS, Schedule).
 * Each period's interest is one exact fraction of the balance, rounded once; the last principal is
 * the balance, and the schedule ends where the balance is zero. Throws Refusal for a contract that
 * no schedule can be laid for.
 */
export function laySchedule(terms: ProductTerms, contract: LoanContract): Schedule {
  return layContract(terms, contract).schedule;
}

/** `laySchedule`, with the payment in force: what `layAgain` may keep. */
export function layContract(terms: ProductTerms, contract: LoanContract): LaidSchedule {
  checkContract(terms, contract);
  const { downPayment } = terms.repayment;
  if (downPayment === null) return laySpan(spanOf(terms, contract, contract.principal), null);
  const down = downPaymentOf(terms, contract.principal, downPayment.percentPpb);
  const laid = laySpan(spanOf(terms, contract, contract.principal - down), null);
  const { dueOn, principal, interest, balanceAfter } = laid.schedule;
  const schedule = {
    dueOn: [contract.disbursedOn, ...dueOn],
    principal: [down, ...principal],
    interest: [0, ...interest],
    balanceAfter: [contract.principal - down, ...balanceAfter],
  };
  return { ...laid, schedule };
}

/** Rounded by `interest.rounding`, then to the multiple, and never more than the loan. */
function downPaymentOf(terms: ProductTerms, principal: Fen, percentPpb: number): Fen {
  const { rounding } = terms.interest;
  const { paymentMultipleFen: multiple } = terms.repayment;
  const share = mulDivRound(principal, percentPpb, RATE_SCALE, rounding);
  return Math.min(principal, mulDivRound(share, 1, multiple, rounding) * multiple);
}

/** The whole term of a contract for the balance that is left after a down payment. */
function spanOf(terms: ProductTerms, contract: LoanContract, balance: Fen): Span {
  const { ratePpb, disbursedOn, periods } = contract;
  const { method, principalFreePeriods, amortizationPeriods, flatTotal } = terms.repayment;
  const dues = dueDates(terms, contract);
  const oneRow = method === 'bullet' || method === 'daily_interest';
  return {
    terms,
    principal: balance,
    ratePpb,
    dues: oneRow ? dues.slice(-1) : dues,
    factors: oneRow
      ? [wholeTermFactor(terms, periodRates(terms, ratePpb), dues, disbursedOn)]
      : periodFactors(terms, ratePpb, dues, disbursedOn),
    principalFree: oneRow ? 0 : principalFreePeriods,
    amortizationPeriods: amortizationPeriods ?? periods,
    flatBase: flatTotal ? contract.principal : balance,
    // Before reading 2 the down payment was a part of what is spread.
    flatPrincipal: flatTotal && terms.reading === 1 ? contract.principal : balance,
  };
}

function checkContract(terms: ProductTerms, contract: LoanContract): void {
  const { principal, ratePpb, periods } = contract;
  if (!Number.isSafeInteger(principal) || principal <= 0) {
    throw new Refusal('principal_not_positive', 'a loan has a positive principal', { principal });
  }
  if (!Number.isSafeInteger(ratePpb) || ratePpb < 0) {
    throw new Refusal('rate_out_of_range', 'a rate is not negative', { ratePpb });
  }
  if (!Number.isSafeInteger(periods) || periods < 1) {
    throw new Refusal('periods_not_positive', 'a loan has at least one period', { periods });
  }
  const free = terms.repayment.principalFreePeriods;
  if (free >= periods) {
    throw new Refusal('principal_free_too_long', 'principal-free periods are fewer than periods', {
      principalFreePeriods: free,
      periods,
    });
  }
}
