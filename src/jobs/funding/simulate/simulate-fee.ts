import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { Fen } from '../../../accounting/money/units.js';
import { integer, mapping, oneOf } from '../../../documents/fields.js';
import { checkShape, refuseViolations } from '../../../documents/violations.js';
import { feeOfGuarantor } from '../../../funding/guarantee/fee.js';
import { MINOR_DIGITS } from '../documents/amount-fields.js';
import { guaranteeFee, guaranteeFeeSchema } from '../documents/guarantee-document.js';
import { amountsOfLoanSchema, faultsOfLoan } from './loan-fields.js';

const feeSchema = mapping({
  kind: oneOf('fee'),
  fee: guaranteeFeeSchema,
  loan: amountsOfLoanSchema,
  settled_after: integer(0).nullable().default(null),
});

/**
 * What a customer pays the guarantor, and gets back of it when the loan is settled after so many
 * instalments. Throws LoanbookError `invalid_document`.
 */
export function simulateFee(input: unknown, name = 'fee'): object {
  const { fee, loan, settled_after } = checkShape(feeSchema, input, { name });
  const past = settled_after ?? loan.schedule.length;
  const faults = faultsOfLoan(loan);
  if (past > loan.schedule.length) {
    const rule = 'must not be above the number of instalments';
    faults.push({ path: 'settled_after', rule, value: past });
  }
  refuseViolations({ name }, faults);
  const paid = feeOfGuarantor(guaranteeFee(fee), loan.principal, loan.schedule, past);
  return {
    total: shown(paid.total),
    rows: paid.rows.map(({ seq, fee: amount }) => ({ seq, fee: shown(amount) })),
    refund: shown(paid.refund),
    kept: shown(paid.kept),
  };
}

function shown(amount: Fen): string {
  return formatAmount(amount, MINOR_DIGITS);
}
