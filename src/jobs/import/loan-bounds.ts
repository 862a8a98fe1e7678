import { formatAmount } from '../../accounting/money/amount-text.js';
import {
  isAboveFeeShare,
  isAbovePrincipalLimit,
  isSpanTooLong,
  isTermTooLong,
} from '../../accounting/product/policy-bounds.js';
import type { ProductTerms } from '../../accounting/product/product.js';
import type { LoanContract, Schedule } from '../../accounting/schedule/schedule-rows.js';
import { type DateBounds, dateBounds, isTooFarAhead } from './date-bounds.js';
import type { LoanScene } from './row-intake.js';
import type { RowProblem } from './source/source-columns.js';

/** Holds new loans to the bounds of the policy in force on their disbursement day. */
export class LoanBounds {
  readonly #scene: LoanScene;
  readonly #dates: DateBounds;

  constructor(scene: LoanScene) {
    this.#scene = scene;
    this.#dates = dateBounds(scene);
  }

  /** `fields` are the columns of a loan in order. */
  contractProblem(
    { principal, periods, disbursedOn }: LoanContract,
    { repayment }: ProductTerms,
    fields: readonly string[],
  ): RowProblem | undefined {
    const problem = (field: string, rule: string, value = '') => ({ field, rule, value });
    if (isTooFarAhead(this.#dates, disbursedOn)) {
      return problem('disbursed_on', 'value_date_too_far_ahead', fields[6]);
    }
    const bounds = this.#scene.boundsOn(disbursedOn);
    if (bounds !== null && isAbovePrincipalLimit(principal, this.#scene, bounds)) {
      return problem('principal', 'principal_above_limit', fields[3]);
    }
    if (isTermTooLong(periods, repayment.interval)) {
      return problem('periods', 'term_too_long', fields[5]);
    }
    return undefined;
  }

  scheduleProblem(
    { principal, disbursedOn }: LoanContract,
    { dueOn, fee }: Schedule,
    firstDueText: string,
  ): RowProblem | undefined {
    if (isSpanTooLong(disbursedOn, dueOn[dueOn.length - 1]!)) {
      return { field: 'first_due_on', rule: 'term_too_long', value: firstDueText };
    }
    const fees = (fee ?? []).reduce((sum, part) => sum + BigInt(part), 0n);
    const bounds = this.#scene.boundsOn(disbursedOn);
    if (bounds === null || !isAboveFeeShare(fees, principal, bounds)) return undefined;
    const value = formatAmount(fees, this.#scene.minorDigits);
    return { field: 'principal', rule: 'fee_above_limit', value };
  }
}
