import type { RulePages } from './rule-page.js';

/** Rules of loans. */
export const LOAN_RULES: RulePages = {
  loan_no_in_book: [
    'The book has a loan of this number.',
    'Leave the row out: the loan came in before. `loanbook loan list` shows it. ' +
      'With `--delta` a loan that no close has folded is replaced.',
  ],
  loan_was_folded: [
    'A close has read the loan: it stands in a sealed day, or is held there.',
    'Leave the row out, and bring the change as an event.',
  ],
  loan_was_reconciled: [
    'A reconciliation has named the loan.',
    'Leave the row out, and bring the change as an event.',
  ],
  loan_no_repeated: [
    'An earlier row of the file has the same number; that one was looked at.',
    'Keep one of the rows.',
  ],
  loan_no_looks_like: [
    'The number differs from another one only in case, width or invisible characters; ' +
      'the value is that other number.',
    'Find out whether they are one loan. Then correct the number, or give it another one.',
  ],
  unknown_product: [
    'No product of the book has this code.',
    '`loanbook product list` shows them; apply the product first, or map the code.',
  ],
  unknown_product_version: [
    'The product has no version of this number.',
    '`loanbook product list` shows the versions; leave it empty for the one in force.',
  ],
  unknown_party: [
    'The store of customers has none of this number.',
    'Import the customers first with `loanbook party import`, or leave the field empty.',
  ],
  unknown_plan: [
    'No funding plan of the book has this code.',
    '`loanbook funding plan list` shows them; apply the plan first, or leave the field empty.',
  ],
  plan_not_effective: [
    'No version of the funding plan was in force on the day of disbursement.',
    'Apply a version with an earlier `effective_from`, or correct the day.',
  ],
  yield_above_rate: [
    'A party of the funding plan has a fixed yield above the rate of the loan.',
    'Correct the rate, or assign the loan to another plan.',
  ],
  partner_share_below_floor: [
    'The partners of the funding plan have less than the policy in force on that day asks.',
    'Assign the loan to another plan, or have the policy changed first.',
  ],
  unknown_merchant: [
    'No merchant of the book has this code.',
    '`loanbook merchant list` shows them; apply its document first, or leave the field empty.',
  ],
  merchant_not_effective: [
    'No version of the merchant was in force on the day of disbursement.',
    'Apply a version with an earlier `effective_from`, or correct the day.',
  ],
  product_not_effective: [
    'No version of the product was in force on the day of disbursement.',
    'Apply a version with an earlier `effective_from`, or correct the day.',
  ],
  principal_not_positive: [
    'The principal is zero or less.',
    'Correct it. A loan that is paid off is not opened.',
  ],
  principal_above_limit: [
    'The principal is above what the policy in force on that day allows.',
    'Correct it, or have the limit of the policy changed first.',
  ],
  amount_out_of_range: [
    'An amount, or the sum of those of a loan, is too large to be exact.',
    'Correct it; it may be given in a smaller unit than the currency has.',
  ],
  rate_out_of_range: [
    'The rate a year is negative or larger than can be reckoned with.',
    'Correct it; a rate a month or a day belongs to a product of that rate unit.',
  ],
  cost_above_cap: [
    'What the loan costs a year is above the cap of the policy in force.',
    'Correct rate or fees, or have the cap changed by a policy before that day.',
  ],
  fee_above_limit: [
    'The fees are a larger share of the principal than the policy allows.',
    'Correct the fee, or have the share changed by a policy.',
  ],
  term_too_long: [
    'The loan runs longer than 600 months or weeks.',
    'Correct the number of periods or the first due day.',
  ],
  value_date_too_far_ahead: [
    'The day lies further ahead of today than the policy allows.',
    'Correct it, or import the row nearer to its day.',
  ],
  principal_free_too_long: [
    'The periods without principal are not fewer than the periods.',
    'Correct the number of periods.',
  ],
  first_due_not_after_disbursement: [
    'The first instalment is due on or before the day of disbursement.',
    'Correct one of the two days.',
  ],
  schedule_out_of_range: [
    'The last instalment would be due beyond the year 9999.',
    'Correct days and periods.',
  ],
  paid_before_disbursement: [
    'Instalments are said to be paid of a loan that is not disbursed yet.',
    'Leave `paid_periods` at 0, or correct the day of disbursement.',
  ],
  paid_before_due: [
    'Instalments are said to be paid that are not due yet.',
    'Count only instalments due before the open day; bring what was paid early as an ' + 'event.',
  ],
  paid_to_the_end: [
    'All instalments are said to be paid: nothing is left to open.',
    'Leave the loan out.',
  ],
  calendar_year_not_loaded: [
    'The schedule needs working days of a year that the calendar of the book lacks.',
    '`loanbook calendar apply` the year first.',
  ],
  period_rate_out_of_range: [
    'The rate of a period needs more digits than can be reckoned with.',
    'Correct the rate or the periods.',
  ],
  periods_not_positive: ['The loan has no period.', 'Correct the number of periods.'],
  cost_not_defined: [
    'What the loan costs cannot be told: no money comes back.',
    'Correct principal and schedule.',
  ],
};
