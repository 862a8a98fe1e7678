import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { CLASS_NAMES } from '../../accounting/fold/position.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { Fen } from '../../accounting/money/units.js';
import type { OpeningPosition } from '../../accounting/opening/opening-position.js';
import { CURRENT_READING, type ProductTerms } from '../../accounting/product/product.js';
import { laySchedule } from '../../accounting/schedule/schedule.js';
import { sameSchedule } from '../../accounting/schedule/schedule-rows.js';
import type { OurRow } from '../../files/layout/layout-writer.js';
import type { StandingLoan } from './standing-loans.js';

/** A loan as `import loans` reads it. */
export function loanRow(loan: StandingLoan, minorDigits: number): OurRow {
  const { loanNo, product, version, contract, rate, org } = loan;
  return {
    loan_no: loanNo,
    product,
    product_version: String(version),
    principal: formatAmount(contract.principal, minorDigits),
    rate,
    periods: String(contract.periods),
    disbursed_on: formatDay(contract.disbursedOn),
    first_due_on: contract.firstDueOn === null ? '' : formatDay(contract.firstDueOn),
    paid_periods: '',
    org,
  };
}

/**
 * Its schedule as agreed, for `import loans --schedules`; no rows where the product lays the same
 * in another book.
 */
export function scheduleRows(
  { loanNo, agreed, contract }: StandingLoan,
  terms: ProductTerms | undefined,
  minorDigits: number,
): OurRow[] {
  const isLaid = terms?.reading === CURRENT_READING;
  if (isLaid && sameSchedule(agreed, laySchedule(terms, contract))) return [];
  const text = (fen: Fen) => formatAmount(fen, minorDigits);
  return agreed.dueOn.map((dueOn, k) => ({
    loan_no: loanNo,
    seq: String(k + 1),
    due_on: formatDay(dueOn),
    principal: text(agreed.principal[k]!),
    interest: text(agreed.interest[k]!),
    total: text(agreed.principal[k]! + agreed.interest[k]!),
    balance_after: text(agreed.balanceAfter[k]!),
  }));
}

/** Its position as `import balances` reads it, with the sums of its open instalments. */
export function balanceRow(loanNo: string, opening: OpeningPosition, minorDigits: number): OurRow {
  const text = (fen: Fen) => formatAmount(fen, minorDigits);
  const sum = (key: 'principal' | 'interest' | 'penalty' | 'compound' | 'fee') =>
    opening.open.reduce((total, item) => total + item[key], 0);
  const { daysPastDue, classification } = opening;
  return {
    loan_no: loanNo,
    principal_not_due: text(opening.principalNotDue),
    interest_accrued: text(opening.interestAccrued),
    suspense: text(opening.suspense),
    accruing: String(opening.accruing),
    written_off: String(opening.writtenOff),
    periods_paid: '',
    history: String(opening.fromBirth),
    cut_over_on: formatDay(opening.cutOverOn),
    principal: text(opening.principalNotDue + sum('principal')),
    interest_due: text(sum('interest')),
    penalty_due: text(sum('penalty')),
    compound_due: text(sum('compound')),
    fee_due: text(sum('fee')),
    days_past_due: daysPastDue === null ? '' : String(daysPastDue),
    class: classification === null ? '' : (CLASS_NAMES[classification] ?? ''),
  };
}

/** Its instalments as `import balances --installments` reads them: open ones, and coming ones. */
export function installmentRows(
  loanNo: string,
  { open, coming }: OpeningPosition,
  minorDigits: number,
): OurRow[] {
  const text = (fen: Fen) => formatAmount(fen, minorDigits);
  const plain = { freeUntil: null, penalty: 0, compound: 0 };
  const rows = [...open, ...(coming ?? []).map((item) => ({ ...plain, ...item }))];
  return rows.map((item) => ({
    loan_no: loanNo,
    seq: String(item.seq),
    due_on: formatDay(item.dueOn),
    free_until: item.freeUntil === null ? '' : formatDay(item.freeUntil),
    principal: text(item.principal),
    interest: text(item.interest),
    penalty: text(item.penalty),
    compound: text(item.compound),
    fee: text(item.fee),
  }));
}
