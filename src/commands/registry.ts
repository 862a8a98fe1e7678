import type { CommandEntry } from './command-module.js';

/** What `loanbook --help` says of each group; a group without a command is not shown. */
export const GROUP_SUMMARIES: Readonly<Record<string, string>> = {
  product: 'loan products and their versions',
  policy: 'dated rules of the whole book',
  calendar: 'working days and holidays',
  import: 'loans and repayments from files',
  eod: 'the close of a business day',
  gl: 'the general ledger',
  loan: 'single loans',
  runs: 'jobs: what ran, with its counts and totals',
  db: 'the database of the book',
};

/**
 * Every command as data, in the order of `--help`. Listing them imports nothing; only the chosen
 * command's module is loaded, which keeps a small command near the start-up time of Node itself.
 */
export const REGISTRY: readonly CommandEntry[] = [
  {
    path: 'generate',
    summary: 'write a believable loan book to import',
    load: () => import('./generate.js'),
  },
  {
    path: 'eod run',
    summary: 'close business days',
    load: () => import('./eod-run.js'),
  },
  {
    path: 'eod status',
    summary: 'show the open day and the close under way',
    load: () => import('./eod-status.js'),
  },
  {
    path: 'eod discard',
    summary: 'drop an unfinished close of the open day',
    load: () => import('./eod-discard.js'),
  },
  {
    path: 'check',
    summary: 'prove that a sealed day ties',
    load: () => import('./check.js'),
  },
  {
    path: 'portfolio',
    summary: 'loans and balances by class and M bucket',
    load: () => import('./portfolio.js'),
  },
  {
    path: 'db start',
    summary: 'start the embedded PostgreSQL server of the book',
    load: () => import('./db-start.js'),
  },
  {
    path: 'db stop',
    summary: 'stop the embedded PostgreSQL server of the book',
    load: () => import('./db-stop.js'),
  },
  {
    path: 'db status',
    summary: 'show the server, its version and pending migrations',
    load: () => import('./db-status.js'),
  },
  {
    path: 'db migrate',
    summary: 'bring the schema of the book up to date',
    load: () => import('./db-migrate.js'),
  },
  {
    path: 'db url',
    summary: 'print an address that psql accepts',
    load: () => import('./db-url.js'),
  },
];
