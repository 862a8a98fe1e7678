import { openAhead, specialOf } from './ahead.js';
import { installmentAt, startPeriod } from './billing.js';
import type { LoanFile } from './loan-file.js';
import type { Position } from './position.js';
import type { ProductTerms } from './product.js';
import { type Fen, FLAT_SCALE } from './units.js';

/**
 * Makes a blank position the loan on the evening before its disbursement: all principal not yet due,
 * the first instalment running. `fees` are those of a schedule that the loan brought along, by row.
 */
export function beginLoan(
  position: Position,
  terms: ProductTerms,
  { contract, schedule }: LoanFile,
  fees: readonly Fen[] | null,
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
  for (const [k, fee] of (fees ?? []).entries()) {
    if (fee > 0) openAhead(position, k + 1).feeDue = fee;
  }
}
