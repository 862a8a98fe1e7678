/**
 * Who may import whom, by domain: a folder of `src/accounting`, of `src/jobs` or of `src/commands`.
 * No entry is idle, and the imports go in no circle; but `fold` and `events` are one engine in two
 * folders: the state of a loan, and what happens to it.
 */
export const HOUSE: Readonly<Record<string, readonly string[]>> = {
  'accounting/money': [],
  'accounting/calendar': ['accounting/money'],
  'accounting/product': ['accounting/calendar', 'accounting/money'],
  'accounting/schedule': ['accounting/calendar', 'accounting/money', 'accounting/product'],
  'accounting/posting': ['accounting/money', 'accounting/product'],
  'accounting/cost': [
    'accounting/calendar',
    'accounting/money',
    'accounting/product',
    'accounting/schedule',
  ],
  'accounting/fold': [
    'accounting/calendar',
    'accounting/events',
    'accounting/money',
    'accounting/posting',
    'accounting/product',
    'accounting/schedule',
  ],
  'accounting/events': [
    'accounting/calendar',
    'accounting/fold',
    'accounting/money',
    'accounting/posting',
    'accounting/product',
    'accounting/schedule',
  ],
  'accounting/simulate': [
    'accounting/calendar',
    'accounting/cost',
    'accounting/events',
    'accounting/fold',
    'accounting/money',
    'accounting/posting',
    'accounting/product',
    'accounting/schedule',
  ],

  'jobs/book': [],
  'jobs/day': ['jobs/book'],
  'jobs/runs': ['jobs/book', 'jobs/day'],
  'jobs/simulate': ['jobs/book'],
  'jobs/generate': ['jobs/book'],
  'jobs/import': ['jobs/book', 'jobs/runs', 'jobs/simulate'],
  'jobs/ledger': ['jobs/book', 'jobs/day', 'jobs/import'],
  'jobs/loan': ['jobs/book', 'jobs/day', 'jobs/ledger'],
  'jobs/reconcile': ['jobs/book', 'jobs/day', 'jobs/import', 'jobs/ledger', 'jobs/runs'],
  'jobs/period': [
    'jobs/book',
    'jobs/day',
    'jobs/import',
    'jobs/ledger',
    'jobs/reconcile',
    'jobs/runs',
  ],
  'jobs/impairment': ['jobs/book', 'jobs/day', 'jobs/ledger', 'jobs/runs'],
  'jobs/tax': ['jobs/book', 'jobs/day', 'jobs/ledger'],
  // Nothing imports the night but commands.
  'jobs/eod': ['jobs/book', 'jobs/day', 'jobs/impairment', 'jobs/ledger', 'jobs/runs', 'jobs/tax'],

  'commands/shell': ['jobs/eod', 'jobs/import', 'jobs/ledger', 'jobs/runs'],
  'commands/breaks': ['commands/shell', 'jobs/reconcile'],
  'commands/calendar': ['commands/shell', 'jobs/book'],
  'commands/channel': ['commands/shell', 'jobs/reconcile'],
  'commands/check': ['commands/shell', 'jobs/day', 'jobs/eod'],
  'commands/db': ['commands/shell', 'jobs/reconcile'],
  'commands/eod': ['commands/shell', 'jobs/eod'],
  'commands/generate': ['commands/shell', 'jobs/generate'],
  'commands/gl': ['commands/shell', 'jobs/book', 'jobs/eod', 'jobs/ledger', 'jobs/period'],
  'commands/impairment': ['commands/shell', 'jobs/eod', 'jobs/impairment'],
  'commands/import': ['commands/shell', 'jobs/import'],
  'commands/init': ['commands/shell', 'jobs/book'],
  'commands/ledger': ['commands/gl', 'commands/shell'],
  'commands/loan': ['commands/shell', 'jobs/loan'],
  'commands/policy': ['commands/shell', 'jobs/book'],
  'commands/portfolio': ['commands/shell', 'jobs/ledger'],
  'commands/product': ['commands/shell', 'jobs/book'],
  'commands/quote': ['commands/shell', 'jobs/simulate'],
  'commands/reconcile': ['commands/shell', 'jobs/eod', 'jobs/ledger', 'jobs/reconcile'],
  'commands/runs': ['commands/shell', 'jobs/eod', 'jobs/runs'],
  'commands/simulate': ['commands/shell', 'jobs/simulate'],
};

/** One engine in two folders. */
export const TOGETHER: readonly string[] = ['accounting/events', 'accounting/fold'];

export const FILES_A_FOLDER = 25;
