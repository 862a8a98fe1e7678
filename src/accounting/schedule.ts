import { dueDates } from './due-dates.js';
import { levelPayment } from './level-payment.js';
import { mulDivRound } from './money.js';
import { periodFactor, periodRates, wholeTermFactor } from './period-interest.js';
import type { ProductTerms } from './product.js';
import { Refusal } from './refusal.js';
import type { LoanContract, Schedule } from './schedule-rows.js';
import type { EpochDay, Fen } from './units.js';

/**
 * Lays the repayment schedule of a contract under its product's terms (CONVENTIONS, Schedule).
 * Each period's interest is one exact fraction of the balance, rounded once; the last principal is
 * the balance, and the schedule ends where the balance is zero. Throws Refusal for a method that
 * is not supported and for a contract that no schedule can be laid for.
 */
export function laySchedule(terms: ProductTerms, contract: LoanContract): Schedule {
  checkContract(terms, contract);
  switch (terms.repayment.method) {
    case 'level_payment':
    case 'equal_principal':
    case 'interest_only':
      return layInstallments(terms, contract);
    case 'bullet':
      return layBullet(terms, contract);
    default:
      throw new Refusal('method_not_supported', 'this repayment method cannot be laid', {
        method: terms.repayment.method,
      });
  }
}

/** What every period with principal aims at: a total (level payment) or a principal part. */
interface Aim {
  readonly payment: Fen | null;
  readonly principalPart: Fen;
}

function aimOf(terms: ProductTerms, contract: LoanContract): Aim {
  const { method, principalFreePeriods, paymentRounding, paymentMultipleFen } = terms.repayment;
  const { principal, periods } = contract;
  const paying = periods - principalFreePeriods;
  if (method === 'interest_only') return { payment: null, principalPart: 0 };
  if (method === 'equal_principal') {
    return { payment: null, principalPart: mulDivRound(principal, 1, paying, paymentRounding) };
  }
  const { regular } = periodRates(terms, contract.ratePpb);
  const payment = levelPayment(principal, regular, paying, paymentRounding, paymentMultipleFen);
  return { payment, principalPart: 0 };
}

function layInstallments(terms: ProductTerms, contract: LoanContract): Schedule {
  const { rounding } = terms.interest;
  const free = terms.repayment.principalFreePeriods;
  const rates = periodRates(terms, contract.ratePpb);
  const dues = dueDates(terms, contract);
  const { payment, principalPart } = aimOf(terms, contract);
  const last = contract.periods - 1;
  const dueOn: EpochDay[] = [];
  const principal: Fen[] = [];
  const interest: Fen[] = [];
  const balanceAfter: Fen[] = [];
  let balance = contract.principal;
  let startOn = contract.disbursedOn;
  for (let k = 0; k <= last && balance > 0; k += 1) {
    const endOn = dues[k] ?? startOn;
    const factor = periodFactor(terms, rates, k === 0, startOn, endOn);
    const charged = mulDivRound(balance, factor.num, factor.den, rounding);
    let repaid = balance;
    if (k < free) repaid = 0;
    else if (k < last) {
      const wanted = payment === null ? principalPart : payment - charged;
      repaid = wanted < 0 ? 0 : Math.min(wanted, balance);
    }
    balance -= repaid;
    dueOn.push(endOn);
    principal.push(repaid);
    interest.push(charged);
    balanceAfter.push(balance);
    startOn = endOn;
  }
  return { dueOn, principal, interest, balanceAfter };
}

function layBullet(terms: ProductTerms, contract: LoanContract): Schedule {
  const { principal, disbursedOn } = contract;
  const dues = dueDates(terms, contract);
  const rates = periodRates(terms, contract.ratePpb);
  const factor = wholeTermFactor(terms, rates, dues, disbursedOn);
  return {
    dueOn: [dues[dues.length - 1] ?? disbursedOn],
    principal: [principal],
    interest: [mulDivRound(principal, factor.num, factor.den, terms.interest.rounding)],
    balanceAfter: [0],
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
