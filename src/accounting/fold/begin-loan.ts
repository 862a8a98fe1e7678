import { FLAT_SCALE } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import { openAhead, specialOf } from './ahead.js';
import { installmentAt, startPeriod } from './billing.js';
import type { LoanFile } from './loan-terms-at-hand.js';
import type { Position } from './position.js';

/**
 * Makes a blank position the loan on the evening before its disbursement: all principal not yet
 * due, the first instalment running, agreed fees waiting for their instalments.
 */
export function beginLoan(
  position: Position,
  terms: ProductTerms,
  { contract, schedule }: LoanFile,
): void {
  position.ratePpb = contract.ratePpb;
  position.principal = contract.principal;
  position.principalNotDue = contract.principal;
  startPeriod(position, contract.disbursedOn, installmentAt(schedule, 0));
  if (terms.repayment.method === 'flat_interest') {
    const isDownPayment = schedule.dueOn[0] === contract.disbursedOn && !terms.repayment.flatTotal;
    const base = contract.principal - (isDownPayment ? schedule.principal[0]! : 0);
    specialOf(position).flatBase = base * FLAT_SCALE;
  }
  for (const [k, fee] of (schedule.fee ?? []).entries()) {
    if (fee > 0) openAhead(position, k + 1).feeDue = fee;
  }
}
