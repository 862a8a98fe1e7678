/**
 * Who may import whom, by domain: a folder of an engine (`ENGINES`), of `src/jobs` or of
 * `src/commands`.
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
  'accounting/backdating': [
    'accounting/events',
    'accounting/fold',
    'accounting/money',
    'accounting/posting',
  ],
  'accounting/opening': [
    'accounting/calendar',
    'accounting/events',
    'accounting/fold',
    'accounting/money',
    'accounting/posting',
    'accounting/schedule',
  ],
  'accounting/simulate': [
    'accounting/backdating',
    'accounting/calendar',
    'accounting/cost',
    'accounting/events',
    'accounting/fold',
    'accounting/money',
    'accounting/opening',
    'accounting/posting',
    'accounting/product',
    'accounting/schedule',
  ],

  'operations/clock': ['accounting/calendar', 'accounting/money'],
  'operations/plan': ['accounting/calendar', 'accounting/money', 'operations/clock'],
  'operations/run': ['accounting/money', 'operations/clock', 'operations/plan'],
  'operations/schedule': ['accounting/money', 'operations/clock', 'operations/plan'],
  'operations/simulate': [
    'accounting/money',
    'operations/clock',
    'operations/plan',
    'operations/run',
    'operations/schedule',
  ],
  'operations/doctor': ['accounting/calendar'],
  'operations/figures': ['accounting/money'],
  'operations/files': ['accounting/calendar', 'accounting/money', 'operations/clock'],

  'jobs/approvals': [],
  'jobs/book': ['jobs/approvals'],
  'jobs/day': ['jobs/book'],
  'jobs/runs': ['jobs/book', 'jobs/day'],
  'jobs/simulate': ['jobs/book'],
  'jobs/generate': ['jobs/book'],
  'jobs/import': ['jobs/approvals', 'jobs/book', 'jobs/runs', 'jobs/simulate'],
  'jobs/export': ['jobs/book', 'jobs/day', 'jobs/import', 'jobs/simulate'],
  'jobs/migration': ['jobs/book', 'jobs/day', 'jobs/import', 'jobs/parties', 'jobs/runs'],
  'jobs/parties': ['jobs/approvals', 'jobs/book', 'jobs/import', 'jobs/runs'],
  'jobs/ledger': ['jobs/book', 'jobs/day', 'jobs/import'],
  'jobs/loan': ['jobs/book', 'jobs/day', 'jobs/ledger', 'jobs/parties'],
  'jobs/reconcile': [
    'jobs/approvals',
    'jobs/book',
    'jobs/day',
    'jobs/import',
    'jobs/ledger',
    'jobs/runs',
  ],
  'jobs/layouts': ['jobs/book', 'jobs/import', 'jobs/ledger', 'jobs/reconcile'],
  'jobs/period': [
    'jobs/approvals',
    'jobs/book',
    'jobs/day',
    'jobs/import',
    'jobs/ledger',
    'jobs/reconcile',
    'jobs/runs',
  ],
  'jobs/impairment': ['jobs/approvals', 'jobs/book', 'jobs/day', 'jobs/ledger', 'jobs/runs'],
  'jobs/tax': ['jobs/book', 'jobs/day', 'jobs/ledger'],
  'jobs/morning': ['jobs/book', 'jobs/day'],
  'jobs/operations': ['jobs/book', 'jobs/parties', 'jobs/simulate'],
  // Nothing imports the night but commands.
  'jobs/eod': ['jobs/book', 'jobs/day', 'jobs/ledger', 'jobs/runs', 'jobs/tax'],

  'commands/shell': ['jobs/approvals', 'jobs/eod', 'jobs/import', 'jobs/parties', 'jobs/runs'],
  'commands/approve': [
    'commands/shell',
    'jobs/approvals',
    'jobs/book',
    'jobs/period',
    'jobs/reconcile',
  ],
  'commands/audit': ['commands/shell', 'jobs/approvals'],
  'commands/breaks': ['commands/shell', 'jobs/reconcile'],
  'commands/calendar': ['commands/shell', 'jobs/book'],
  'commands/channel': ['commands/shell', 'jobs/reconcile'],
  'commands/check': ['commands/shell', 'jobs/day', 'jobs/eod'],
  'commands/db': ['commands/shell', 'jobs/approvals', 'jobs/import', 'jobs/reconcile'],
  'commands/eod': ['commands/shell', 'jobs/eod'],
  'commands/export': ['commands/shell', 'jobs/export'],
  'commands/files': ['commands/shell'],
  'commands/generate': ['commands/shell', 'jobs/generate'],
  'commands/gl': ['commands/shell', 'jobs/book', 'jobs/eod', 'jobs/ledger', 'jobs/period'],
  'commands/impairment': ['commands/shell', 'jobs/eod', 'jobs/impairment'],
  'commands/import': ['commands/shell', 'jobs/import', 'jobs/migration'],
  'commands/init': ['commands/shell', 'jobs/approvals', 'jobs/book'],
  'commands/keys': ['commands/shell', 'jobs/parties'],
  'commands/layout': ['commands/shell', 'jobs/layouts'],
  'commands/ledger': ['commands/gl', 'commands/shell'],
  'commands/loan': ['commands/shell', 'jobs/loan'],
  'commands/operations': ['commands/shell', 'jobs/operations'],
  'commands/party': ['commands/shell', 'jobs/parties'],
  'commands/person': ['commands/shell', 'jobs/approvals'],
  'commands/policy': ['commands/shell', 'jobs/book'],
  'commands/portfolio': ['commands/shell', 'jobs/ledger'],
  'commands/product': ['commands/shell', 'jobs/approvals', 'jobs/book'],
  'commands/quote': ['commands/shell', 'jobs/simulate'],
  'commands/reconcile': [
    'commands/shell',
    'jobs/approvals',
    'jobs/eod',
    'jobs/ledger',
    'jobs/reconcile',
  ],
  'commands/runs': ['commands/shell', 'jobs/eod', 'jobs/runs'],
  'commands/simulate': ['commands/shell', 'jobs/simulate'],
};

/** The pure engines: the loan, and what the others may take of it. */
export const ENGINES: readonly string[] = ['accounting', 'operations'];
export const LENT: readonly string[] = [
  'accounting/calendar',
  'accounting/money',
  'accounting/schedule',
];

/** One engine in two folders. */
export const TOGETHER: readonly string[] = ['accounting/events', 'accounting/fold'];

export const FILES_A_FOLDER = 25;
