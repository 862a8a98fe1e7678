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

  ['audit show', 0, 'book', ''],
  ['audit show', 2, 'book', '--limit x'],
  ['audit verify', 0, 'book', ''],
  ['audit verify', 3, 'tampered', ''],
];
