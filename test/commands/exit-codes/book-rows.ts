import type { ExitRow } from './row.js';

const FIRST = '--entity T --currency CNY --first-business-date 2026-03-28';
const LOAN = '--principal 10000 --rate 0.18 --disbursed-on 2026-01-15';
const GENERATE = '--loans 20 --seed 1';

/** Set-up, products, documents, loans, simulation: `@name` is a file or folder of the test. */
export const BOOK_ROWS: readonly ExitRow[] = [
  ['init', 2, 'bookless', '--entity T --currency CNY --first-business-date x'],
  ['init', 0, 'bookless', FIRST],
  ['init', 1, 'bookless', FIRST.replace('T', 'U')],

  ['product apply', 0, 'book', '@product.yaml'],
  ['product apply', 1, 'blank', '@product.yaml'],
  ['product apply', 2, 'book', '@missing.yaml'],
  ['product list', 0, 'book', ''],
  ['product list', 1, 'blank', ''],
  ['product list', 2, 'book', '--format x'],
  ['product show', 0, 'book', 'LP'],
  ['product show', 1, 'book', 'NONE'],
  ['product show', 2, 'book', 'LP --product-version x'],
  ['product schema', 0, 'nobody', ''],

  ['layout check', 0, 'nobody', '@rows.yaml @rows.txt'],
  ['layout check', 1, 'nobody', '@rows.yaml @empty.csv'],
  ['layout check', 2, 'nobody', '@layout.yaml'],
  ['layout check', 4, 'nobody', '@rows.yaml @rows-bad.txt'],
  ['layout check', 130, 'stopped', '@rows.yaml @rows.txt'],
  ['layout show', 0, 'nobody', '@rows.yaml'],
  ['layout show', 2, 'nobody', '@missing.yaml'],
  ['layout list', 0, 'nobody', ''],
  ['layout list', 2, 'nobody', '--format x'],
  ['layout migrate', 0, 'nobody', '@channel.yaml'],
  ['layout migrate', 2, 'nobody', '@product.yaml'],
  ['layout schema', 0, 'nobody', ''],

  ['policy apply', 0, 'book', '@policy.yaml'],
  ['policy apply', 1, 'blank', '@policy.yaml'],
  ['policy apply', 2, 'book', '@missing.yaml'],
  ['policy apply', 75, 'closing', '@policy-today.yaml'],
  ['policy show', 0, 'book', ''],
  ['policy show', 1, 'blank', ''],

  ['ledger apply', 0, 'book', '@ledger.yaml'],
  ['ledger apply', 1, 'blank', '@ledger.yaml'],
  ['ledger apply', 2, 'book', '@missing.yaml'],
  ['ledger apply', 75, 'closing', '@ledger-today.yaml'],

  ['calendar apply', 0, 'unsealed', '@calendar.yaml'],
  ['calendar apply', 1, 'blank', '@calendar.yaml'],
  ['calendar apply', 2, 'book', '@missing.yaml'],
  ['calendar show', 0, 'book', ''],
  ['calendar show', 1, 'blank', ''],
  ['calendar show', 2, 'book', '--format csv --out @days.xlsx'],

  ['quote', 0, 'book', `LP --periods 12 ${LOAN}`],
  ['quote', 2, 'book', `LP --periods none ${LOAN}`],
  ['simulate', 0, 'nobody', '@simulate.json'],
  ['simulate', 2, 'nobody', '@missing.json'],

  ['files inspect', 0, 'nobody', '@loans.csv --out @loans-layout.yaml'],
  ['files inspect', 1, 'nobody', '@empty.csv'],
  ['files inspect', 2, 'nobody', '@missing.csv'],

  ['generate', 0, 'nobody', `${GENERATE} --out @generated`],
  ['generate', 2, 'nobody', '--loans 21 --seed 1 --out @generated'],
  ['generate', 1, 'nobody', `${GENERATE} --out @product.yaml/under`],
  ['generate', 130, 'stopped', `${GENERATE} --out @stopped`],
];

/** Imports, and what looks at loans. */
export const LOAN_ROWS: readonly ExitRow[] = [
  ...['loans', 'repayments', 'events'].flatMap((kind): ExitRow[] => [
    [`import ${kind}`, 0, 'book', `@${kind}.csv`],
    [`import ${kind}`, 1, 'book', '@empty.csv'],
    [`import ${kind}`, 2, 'book', '@missing.csv'],
    [`import ${kind}`, 4, 'book', `@${kind}-bad.csv`],
    [`import ${kind}`, 75, 'closing', `@${kind}.csv --wait 0`],
    [`import ${kind}`, 130, 'stopped', `@${kind}.csv`],
  ]),
  // N5 is of the loans above; taken in, it would stand in the way of their cancelling below.
  ['import balances', 0, 'book', '@balances.csv --dry-run'],
  ['import balances', 1, 'book', '@empty.csv'],
  ['import balances', 2, 'book', '@missing.csv'],
  ['import balances', 4, 'book', '@balances-bad.csv'],
  ['import balances', 75, 'closing', '@balances.csv --wait 0 --max-rejects 9'],
  ['import balances', 130, 'stopped', '@balances.csv'],
  ['import list', 0, 'book', ''],
  ['import list', 1, 'blank', ''],
  ['import list', 2, 'book', '--limit x'],
  // The dump has 33 imports; the first one after them is that of loans above.
  ['import cancel', 0, 'book', '34 --reason why'],
  ['import cancel', 1, 'book', '2 --reason why'],
  ['import cancel', 2, 'book', '9999 --reason why'],
  ['import cancel', 75, 'closing', '33 --reason why'],
  ['loan list', 0, 'book', '--bucket M1'],
  ['loan list', 1, 'unsealed', ''],
  ['loan list', 2, 'book', '--bucket M8'],
  ['loan show', 0, 'book', 'LOSS-1'],
  ['loan show', 1, 'book', 'NONE'],
  ['loan show', 2, 'book', 'LOSS-1 --as-of 2026-13-01'],
  ['loan statement', 0, 'book', 'CUT-1'],
  ['loan statement', 1, 'book', 'NONE'],
  ['loan statement', 2, 'book', 'CUT-1 --to 2030-01-01'],
  ['loan statement', 3, 'tampered', 'CUT-1'],
  ['portfolio', 0, 'book', ''],
  ['portfolio', 2, 'book', '--as-of 2030-01-01'],
];

/** The close, its checks and runs, and the server. */
export const OPERATION_ROWS: readonly ExitRow[] = [
  ['check', 0, 'book', 'debits_equal_credits'],
  ['check', 2, 'book', 'nonsense'],
  ['check', 3, 'tampered', 'position_sums'],
  ['eod status', 0, 'book', ''],
  ['eod status', 1, 'blank', ''],
  ['eod run', 0, 'fresh', '--date 2026-03-03 --workers 1'],
  ['eod run', 1, 'book', '--date 2026-03-09'],
  ['eod run', 2, 'book', '--date x'],
  ['eod run', 3, 'tampered', '--workers 1'],
  ['eod run', 75, 'closing', '--workers 1 --wait 0'],
  ['eod run', 130, 'stopped', '--workers 1'],
  ['eod discard', 0, 'book', '--date 2026-03-03 --reason none'],
  ['eod discard', 1, 'book', '--date 2026-03-01 --reason none'],
  ['eod discard', 2, 'book', '--date 2026-03-03'],
  ['eod discard', 75, 'closing', '--date 2026-03-03 --reason none'],
  ['runs list', 0, 'book', ''],
  ['runs list', 2, 'book', '--limit x'],
  ['runs show', 0, 'book', '1'],
  ['runs show', 1, 'book', '9999'],
  ['runs show', 2, 'book', 'x'],

  ['db migrate', 0, 'book', ''],
  ['db migrate', 1, 'newer', ''],
  ['db start', 0, 'nobody', ''],
  ['db start', 1, 'no-folder', ''],
  ['db status', 0, 'embedded', ''],
  ['db status', 75, 'nobody', ''],
  ['db status', 2, 'bad-url', ''],
  ['db stop', 0, 'embedded', ''],
  ['db stop', 2, 'nobody', ''],
  ['db url', 0, 'nobody', ''],
  ['db url', 1, 'no-folder', ''],
];
