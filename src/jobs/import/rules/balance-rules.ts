import type { RulePages } from './rule-page.js';

/** Rules of balances and of open instalments. */
export const BALANCE_RULES: RulePages = {
  loan_already_folded: [
    'A close of the loan is sealed: it stands as the book has it.',
    'Leave the row out, or correct the loan by an event.',
  ],
  loan_not_running: [
    'The loan is disbursed on the open day or later, so nothing of it is before the book.',
    'Leave the row out.',
  ],
  position_in_book: [
    'An earlier import brought the position of this loan.',
    'Leave the row out, replace it with `--delta`, or take that import back with ' +
      '`loanbook import cancel`.',
  ],
  fees_with_the_loan: [
    'Agreed fees came with the loan, for rows that are due, or are given here once more.',
    'Import the loan with `paid_periods`, or leave the fees here out.',
  ],
  cut_over_not_before_open_day: [
    'The position is of another day than the one before the open day.',
    'Send the position at the close of the day before the open one.',
  ],
  malformed_flag: ['The value is neither `true` nor `false`.', 'Write one of them.'],
  unknown_class: [
    'The class is none of the five classes of loans.',
    'Write one of them, or map the words of the source by `values`.',
  ],
};
