import type { z } from 'zod';
import { checkedDay, date, integer, listOf, mapping } from '../../../documents/fields.js';
import type { Violation } from '../../../documents/violations.js';
import { amount, code } from '../documents/amount-fields.js';

const instalment = { seq: integer(1), principal: amount(), interest: amount() };

/** A loan of which only the amounts matter. */
export const amountsOfLoanSchema = mapping({
  principal: amount(1),
  schedule: listOf(mapping({ ...instalment, due_on: date().optional() })).min(1, {
    error: 'must have an instalment at least',
  }),
});

export const datedLoanSchema = mapping({
  loan_no: code(),
  principal: amount(1),
  disbursed_on: date(),
  schedule: listOf(mapping({ ...instalment, due_on: date() })).min(1, {
    error: 'must have an instalment at least',
  }),
});

/** Instalments that do not ascend, or do not sum to the principal. */
export function faultsOfLoan(
  loan: z.output<typeof amountsOfLoanSchema> & { readonly disbursed_on?: string },
): Violation[] {
  const faults: Violation[] = [];
  let before = { seq: 0, due_on: loan.disbursed_on };
  let sum = 0;
  for (const [at, { seq, due_on, principal }] of loan.schedule.entries()) {
    const path = `loan.schedule[${at}]`;
    if (seq <= before.seq) faults.push({ path: `${path}.seq`, rule: 'must ascend', value: seq });
    const isLate = before.due_on !== undefined && due_on !== undefined;
    if (isLate && checkedDay(due_on) <= checkedDay(before.due_on!)) {
      faults.push({ path: `${path}.due_on`, rule: 'must be after the date before', value: due_on });
    }
    before = { seq, due_on: due_on ?? before.due_on };
    sum += principal;
  }
  if (sum !== loan.principal) {
    faults.push({ path: 'loan.schedule', rule: 'must sum to the principal of the loan' });
  }
  return faults;
}
