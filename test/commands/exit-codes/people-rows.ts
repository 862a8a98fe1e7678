import type { ExitRow } from './row.js';

/** Persons, approvals and the audit; each on a copy, since a first person changes every command. */
export const PEOPLE_ROWS: readonly ExitRow[] = [
  ['person add', 0, 'fresh', '甲 --role finance --by 甲'],
  ['person add', 2, 'fresh', '甲 --role king --by 甲'],
  ['person list', 0, 'book', ''],
  ['person list', 2, 'book', '--format x'],
  ['person disable', 0, 'people', '乙 --by 甲'],
  ['person disable', 2, 'people', '甲 --by 甲'],
  ['person logins', 0, 'people', 'shared --by 甲'],
  ['person logins', 2, 'people', 'both --by 甲'],

  ['approve list', 0, 'book', '--all'],
  ['approve list', 2, 'book', '--format x'],
  ['approve show', 0, 'book', '1'],
  ['approve show', 2, 'book', '9999'],
  ['approve grant', 0, 'fresh', '1 --by 乙'],
  ['approve grant', 2, 'book', '9999 --by 乙'],
  ['approve grant', 75, 'closing', '1 --by 乙'],
  ['approve refuse', 0, 'fresh', '1 --by 乙 --reason why'],
  ['approve refuse', 2, 'book', '9999 --by 乙 --reason why'],

  ['keys init', 0, 'book', '--by 甲'],
  ['keys init', 1, 'blank', '--by 甲'],
  ['keys init', 2, 'book', '--suite x --by 甲'],
  ['keys list', 0, 'book', ''],
  ['keys list', 1, 'blank', ''],
  ['keys list', 2, 'book', '--format x'],

  ['party import', 0, 'book', '@parties.csv'],
  ['party import', 1, 'book', '@empty.csv'],
  ['party import', 2, 'book', '@missing.csv'],
  ['party import', 4, 'book', '@parties-bad.csv'],
  ['party list', 0, 'book', ''],
  ['party list', 1, 'blank', ''],
  ['party list', 2, 'book', '--find email'],
  ['party list', 3, 'tampered', ''],
  ['party show', 0, 'book', 'C1'],
  ['party show', 1, 'book', 'C9'],
  ['party show', 2, 'book', 'C1 --format x'],
  ['party show', 3, 'tampered', 'C1'],
  ['party reveal', 0, 'book', 'C1 --reason why --by 甲'],
  ['party reveal', 1, 'book', 'C9 --reason why --by 甲'],
  ['party reveal', 2, 'book', 'C1 --reason 13800138000 --by 甲'],
  ['party reveal', 3, 'tampered', 'C1 --reason why --by 甲'],

  ['audit show', 0, 'book', ''],
  ['audit show', 2, 'book', '--limit x'],
  ['audit verify', 0, 'book', ''],
  ['audit verify', 3, 'tampered', ''],
];

/** What looks after the house. */
export const CARE_ROWS: readonly ExitRow[] = [
  ['completion', 0, 'nobody', 'bash'],
  ['completion', 2, 'nobody', 'fish'],
  ['doctor', 1, 'no-folder', ''],
  ['doctor', 2, 'bad-url', ''],
  ['doctor', 3, 'book', ''],
  ['doctor', 75, 'nobody', ''],
];
