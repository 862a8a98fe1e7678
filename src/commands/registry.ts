import type { CommandEntry } from './command-module.js';
import { LEDGER_COMMANDS } from './registry-ledger.js';

/** What `loanbook --help` says of each group; a group without a command is not shown. */
export const GROUP_SUMMARIES: Readonly<Record<string, string>> = {
  product: 'loan products and their versions',
  policy: 'dated rules of the whole book',
  ledger: 'the chart of accounts and the posting rules',
  calendar: 'working days and holidays',
  import: 'loans, repayments and other events from files',
  eod: 'the close of a business day',
  gl: 'the general ledger',
  'gl chart': 'the chart of accounts',
  'gl rules': 'the posting rules',
  reconcile: 'compare what ought to be the same, and name every break',
  'gl export': 'the journal for other programs',
  'gl period': 'accounting periods: months that are closed for good',
  'gl voucher': 'manual vouchers, posted once a second person approves',
  impairment: 'the allowance for loan losses',
  channel: 'payment channels and banks',
  breaks: 'what a reconciliation found',
  loan: 'loans: a list of them, and one at a time',
  runs: 'jobs: what ran, with its counts and totals',
  db: 'the database of the book',
};

/**
 * Every command as data, in the order of `--help`. Listing them imports nothing; only the chosen
 * command's module is loaded, which keeps a small command near the start-up time of Node itself.
 */
export const REGISTRY: readonly CommandEntry[] = [
  {
    path: 'init',
    summary: 'create the loan book of a database',
    load: () => import('./init.js'),
  },
  {
    path: 'product apply',
    summary: 'take product documents into the book',
    load: () => import('./product-apply.js'),
  },
  {
    path: 'product list',
    summary: 'list products and their versions',
    load: () => import('./product-list.js'),
  },
  {
    path: 'product show',
    summary: 'print a product document',
    load: () => import('./product-show.js'),
  },
  {
    path: 'product schema',
    summary: 'print the JSON Schema of a product document',
    load: () => import('./product-schema.js'),
  },
  {
    path: 'policy apply',
    summary: 'take a dated policy into the book',
    load: () => import('./policy-apply.js'),
  },
  {
    path: 'policy show',
    summary: 'print the policy in force',
    load: () => import('./policy-show.js'),
  },
  {
    path: 'ledger apply',
    summary: 'take a chart of accounts and posting rules into the book',
    load: () => import('./ledger-apply.js'),
  },
  {
    path: 'calendar apply',
    summary: 'add years to the calendar',
    load: () => import('./calendar-apply.js'),
  },
  {
    path: 'calendar show',
    summary: 'list holidays and worked weekend days',
    load: () => import('./calendar-show.js'),
  },
  {
    path: 'import loans',
    summary: 'import loans from a CSV file',
    load: () => import('./import-loans.js'),
  },
  {
    path: 'import repayments',
    summary: 'import repayments and settlements from a CSV file',
    load: () => import('./import-repayments.js'),
  },
  {
    path: 'import events',
    summary: 'import events of every type from a CSV file',
    load: () => import('./import-events.js'),
  },
  {
    path: 'import list',
    summary: 'files that were imported, the newest first',
    load: () => import('./import-list.js'),
  },
  {
    path: 'import cancel',
    summary: 'take back an import that no close has folded',
    load: () => import('./import-cancel.js'),
  },
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
  ...LEDGER_COMMANDS,
  {
    path: 'loan list',
    summary: 'the loans of the book, filtered',
    load: () => import('./loan-list.js'),
  },
  {
    path: 'loan show',
    summary: 'everything about one loan',
    load: () => import('./loan-show.js'),
  },
  {
    path: 'loan statement',
    summary: 'the statement that a customer gets',
    load: () => import('./loan-statement.js'),
  },
  {
    path: 'runs list',
    summary: 'jobs that ran, the newest first',
    load: () => import('./runs-list.js'),
  },
  {
    path: 'runs show',
    summary: 'one run with its steps, totals and held loans',
    load: () => import('./runs-show.js'),
  },
  {
    path: 'quote',
    summary: 'the schedule, cost and settlement of a loan under a product',
    load: () => import('./quote.js'),
  },
  {
    path: 'simulate',
    summary: 'what-if for one loan, without a database',
    load: () => import('./simulate.js'),
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
