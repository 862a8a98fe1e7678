import type { RulePages } from './rule-page.js';

/** Rules of the loans' own schedules. */
export const SCHEDULE_RULES: RulePages = {
  periods_not_rows: [
    "`periods` is another number than the rows of the loan's own schedule.",
    'Leave it empty, or complete the schedule.',
  ],
  first_due_not_of_schedule: [
    "`first_due_on` is another day than that of the first row of the loan's own schedule.",
    'Leave it empty, or correct the schedule.',
  ],
  loan_not_in_file: [
    'The file of schedules has a loan that neither the file of loans nor the book has.',
    'Add the loan, or take its schedule out.',
  ],
  rows_apart: [
    'The rows of one loan do not stand together.',
    'Sort the file of schedules by loan.',
  ],
  too_many_rows: [
    'The schedule has more than 32,767 rows.',
    'Look for rows of other loans under this number.',
  ],
  seq_out_of_order: [
    'The instalments are not numbered 1, 2, 3 and so on.',
    'Sort them, or look for one that is missing or there twice.',
  ],
  due_not_ascending: [
    'An instalment is due on the day of the one before, or earlier.',
    'Sort the rows, or correct the day.',
  ],
  due_out_of_range: ['A due day lies beyond the year 9999.', 'Correct the day.'],
  amount_negative: ['An amount of a schedule is below zero.', 'Correct it.'],
  total_not_sum: [
    'The total of a row is not its principal, interest and fee together.',
    'Correct the row, or leave the total empty.',
  ],
  balance_not_principal_left: [
    'What is left behind a row is not the principal less what was due so far.',
    'Correct the row, or leave the balance empty.',
  ],
  principal_not_sum: [
    'The principal of all rows is not the principal of the loan.',
    'Look for a row that is missing, or correct the amounts.',
  ],
  last_row_without_principal: [
    'The last row has no principal, so the loan would end before it.',
    'Put its interest into the row before, or correct its principal.',
  ],
};
