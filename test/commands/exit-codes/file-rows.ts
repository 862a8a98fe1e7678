import type { ExitRow } from './row.js';

/** Files of others and for others. */
export const FILE_ROWS: readonly ExitRow[] = [
  ['files apply', 0, 'book', '@inbox.yaml'],
  ['files apply', 1, 'blank', '@inbox.yaml'],
  ['files apply', 2, 'book', '@missing.yaml'],
  ['files schema', 0, 'nobody', ''],
  ['files scan', 0, 'fresh', ''],
  ['files scan', 1, 'blank', ''],
  ['files scan', 2, 'unsealed', ''],
  ['files list', 0, 'book', ''],
  ['files list', 1, 'blank', ''],
  ['files list', 2, 'book', '--state x'],
  ['files show', 0, 'book', 'bank-2026-03-03.txt'],
  ['files show', 1, 'blank', '1'],
  ['files show', 2, 'book', 'none'],
  ['files release', 0, 'book', 'bank-2026-03-03.txt --reason why --by 甲'],
  ['files release', 1, 'blank', '1 --reason why --by 甲'],
  ['files release', 2, 'book', 'none --reason why --by 甲'],
  ['files verify', 0, 'book', ''],
  ['files verify', 1, 'blank', ''],
  ['files verify', 2, 'unsealed', ''],
  ['files verify', 3, 'tampered', ''],
  ['files tidy', 0, 'book', ''],
  ['files tidy', 1, 'blank', ''],
  ['files tidy', 2, 'book', '--format x'],
  ['files tidy', 3, 'tampered', ''],
];
