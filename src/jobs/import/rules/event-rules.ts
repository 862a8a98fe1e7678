import type { RulePages } from './rule-page.js';

/** Rules of repayments and other events. */
export const EVENT_RULES: RulePages = {
  unknown_loan: [
    'The book has no loan of this number.',
    'Import the loan first, or correct the number.',
  ],
  value_date_before_disbursement: [
    'The event is dated before its loan was disbursed.',
    'Correct the date.',
  ],
  value_date_too_late: [
    'The event is dated further back than the policy allows.',
    'Correct the date, or have `late_days` of the policy changed.',
  ],
  value_date_after_business_date: [
    'The event is booked before the day that it is dated.',
    'Correct one of the two dates.',
  ],
  business_date_before_open_day: [
    'The day on which the event is to be booked is closed.',
    'Leave it empty: a late event is booked on the open day.',
  ],
  ref_in_book: [
    'The loan has an event of this reference.',
    'Leave the row out: it came in before.',
  ],
  ref_repeated: [
    'An earlier row of the file has the same loan and reference.',
    'Keep one of the rows, or number them.',
  ],
  ref_reserved: ['The book gives this reference itself.', 'Use another one.'],
  unknown_type: [
    'The type is none that this command takes.',
    '`loanbook import events --help` lists the types.',
  ],
  superfluous_field: [
    'The type of the event has no use for a field that is filled in.',
    'Empty it, or correct the type.',
  ],
  amount_not_positive: [
    'The amount is zero or less.',
    'Correct it; money that goes back is a reversal or a refund.',
  ],
  unknown_early_payment: [
    'What is to become of an early payment is no word that is known.',
    'Use hold, pay_next, pay_last, pay_evenly or prepay, or leave it empty.',
  ],
  unknown_component: [
    'The component is none, or none that this type may have.',
    'Use principal, interest, penalty, compound or fee; a fee event charges fee or ' + 'penalty.',
  ],
  seq_out_of_range: ['The number of the instalment is not between 1 and 32,767.', 'Correct it.'],
  unknown_of: [
    'The event that a reversal undoes is neither in the book nor on an earlier line.',
    'Correct the reference; put the event before its reversal.',
  ],
  reversal_of_a_reversal: [
    'A reversal cannot be undone.',
    'Send the event itself again under a new reference.',
  ],
  already_reversed: ['The event was undone before.', 'Leave the row out.'],
  reversal_before_event: [
    'The reversal is booked before the event that it undoes.',
    'Correct its business date.',
  ],
};
