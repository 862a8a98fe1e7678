import type { RulePages } from './rule-page.js';

/** Rules of the fields of any row. */
export const ROW_RULES: RulePages = {
  missing_field: [
    'A field that a row needs is empty.',
    'Fill it in. A column that no row has may be named by a mapping, or be a constant ' + 'there.',
  ],
  column_count: [
    'The row has more or fewer fields than the title line.',
    'Look for a comma in a field that has no quotes, or for a line that was cut off.',
  ],
  nul_character: [
    'A field holds the NUL character, which no text may hold.',
    'Ask for the file again: part of it was overwritten, or it is no text.',
  ],
  malformed_text: [
    'A number or a name is longer than 64 characters, or has blanks around it, control ' +
      'characters, or characters that are none of the charset.',
    'Correct it where it was made; name the charset of the file by a layout.',
  ],
  malformed_number: [
    'A small whole number is written with other characters than digits, or has too many.',
    'Write it without separators and decimals, such as 12.',
  ],
  malformed_amount: [
    'An amount is not written as one, or has more decimals than the currency or more ' +
      'digits than are exact.',
    'Write it as 1234.50: no separators, no currency, a point before the decimals.',
  ],
  malformed_rate: [
    'A rate is not written as a fraction, or has more than nine decimals.',
    'Write 18% as 0.18, or name the column a percentage in the mapping.',
  ],
  malformed_date: [
    'A date is not one of the calendar, or is not written as the column says.',
    'Write it as 2026-04-01, or name its format in the mapping.',
  ],
  value_not_mapped: [
    'The mapping lists what the values of this column mean, and this one is not among ' + 'them.',
    'Add it under `values` of the column, or correct the row.',
  ],
};
