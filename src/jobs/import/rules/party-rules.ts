import type { RulePages } from './rule-page.js';

/** Rules of customers; docs/parties.md has what each field may hold. */
export const PARTY_RULES: RulePages = {
  party_is_personal: [
    'The number of the customer is itself an identity number, a phone, a card or a name.',
    'Give the customer a number that says nothing: it stands in clear in tables and reports.',
  ],
  party_repeated: [
    'An earlier row of the file is of the same customer; that one was looked at.',
    'Keep one of the rows.',
  ],
  party_erased: [
    'The customer was erased; the number is not taken again.',
    'Take the row out at its source. A customer who comes anew has another number.',
  ],
  unknown_id_type: [
    'The kind of document is none of `resident`, `passport` and `other`.',
    'Write one of them, or map the words of the source by `values` of a layout.',
  ],
  malformed_id_number: ['The identity number has not 18 characters.', 'Correct it at its source.'],
  id_number_15_digits: [
    'The identity number has 15 digits, of before 1999; such numbers are no longer valid.',
    'Ask for the number of 18 characters.',
  ],
  id_number_check: [
    'The last character of the identity number is not its check character (GB 11643).',
    'A digit was mistyped or lost: correct the number at its source.',
  ],
  id_number_date: [
    'The date of birth in the identity number is no date.',
    'Correct the number at its source.',
  ],
  birth_not_of_id_number: [
    'The date of birth is another one than that of the identity number.',
    'Correct one of the two, or leave `birth` empty.',
  ],
  malformed_phone: ['The phone has not 5 to 20 digits.', 'Correct it, or leave it empty.'],
  malformed_account: ['The account has not 6 to 32 digits.', 'Correct it, or leave it empty.'],
  malformed_email: ['This is no e-mail address.', 'Correct it, or leave it empty.'],
  malformed_address: [
    'The address is too long or holds control characters.',
    'Correct it, or leave it empty.',
  ],
  malformed_device: [
    'The device is too long or holds control characters.',
    'Correct it, or leave it empty.',
  ],
  too_many_values: ['A field has more than 20 values.', 'Keep those that are in use.'],
};
