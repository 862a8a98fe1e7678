import type { CommandEntry } from './command-module.js';

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
    path: 'gl trial-balance',
    summary: 'balances and turnover of every account on a sealed day',
    load: () => import('./gl-trial-balance.js'),
  },
  {
    path: 'gl chart show',
    summary: 'the chart of accounts with its balances',
    load: () => import('./gl-chart-show.js'),
  },
  {
    path: 'gl rules show',
    summary: 'the posting rules in force on a day',
    load: () => import('./gl-rules-show.js'),
  },
  {
    path: 'gl rules preview',
    summary: 'which postings other rules would have changed',
    load: () => import('./gl-rules-preview.js'),
  },
  {
    path: 'gl explain',
    summary: 'why a voucher stands in the journal',
    load: () => import('./gl-explain.js'),
  },
  {
    path: 'reconcile core',
    summary: 'compare a day with the balances of another core',
    load: () => import('./reconcile-core.js'),
  },
  {
    path: 'gl ledger',
    summary: 'each account by day: opening, debit, credit, closing',
    load: () => import('./gl-ledger.js'),
  },
  {
    path: 'gl statement',
    summary: 'every journal line of one account with its running balance',
    load: () => import('./gl-statement.js'),
  },
  {
    path: 'gl subledger',
    summary: 'the balance of each sub-ledger account by loan',
    load: () => import('./gl-subledger.js'),
  },
  {
    path: 'gl export vouchers',
    summary: 'voucher lines for a finance system, in a declared layout',
    load: () => import('./gl-export-vouchers.js'),
  },
  {
    path: 'gl export hledger',
    summary: 'the journal in the format of hledger',
    load: () => import('./gl-export-hledger.js'),
  },
  {
    path: 'gl period close',
    summary: 'close a month for good once all of it ties',
    load: () => import('./gl-period-close.js'),
  },
  {
    path: 'gl period reopen',
    summary: 'open the last closed month again, with a reason',
    load: () => import('./gl-period-reopen.js'),
  },
  {
    path: 'gl period list',
    summary: 'list the months of the book and who closed them',
    load: () => import('./gl-period-list.js'),
  },
  {
    path: 'gl voucher import',
    summary: 'bring in manual vouchers from a CSV file',
    load: () => import('./gl-voucher-import.js'),
  },
  {
    path: 'gl voucher list',
    summary: 'manual vouchers that wait for a decision',
    load: () => import('./gl-voucher-list.js'),
  },
  {
    path: 'gl voucher approve',
    summary: 'approve a manual voucher of another person',
    load: () => import('./gl-voucher-approve.js'),
  },
  {
    path: 'gl voucher reject',
    summary: 'reject a manual voucher, with a reason',
    load: () => import('./gl-voucher-reject.js'),
  },
  {
    path: 'impairment apply',
    summary: 'take impairment parameters into the book',
    load: () => import('./impairment-apply.js'),
  },
  {
    path: 'impairment run',
    summary: 'measure the allowance and post what it lacks',
    load: () => import('./impairment-run.js'),
  },
  {
    path: 'reconcile gl',
    summary: 'every account against its sub-ledger, and the loans that differ',
    load: () => import('./reconcile-gl.js'),
  },
  {
    path: 'channel apply',
    summary: 'declare a payment channel or a bank',
    load: () => import('./channel-apply.js'),
  },
  {
    path: 'reconcile channel',
    summary: 'reconcile a channel statement three ways',
    load: () => import('./reconcile-channel.js'),
  },
  {
    path: 'reconcile bank',
    summary: 'reconcile a bank statement with the channels',
    load: () => import('./reconcile-bank.js'),
  },
  {
    path: 'reconcile report',
    summary: 'write open breaks by type and age',
    load: () => import('./reconcile-report.js'),
  },
  {
    path: 'breaks list',
    summary: 'list what does not agree',
    load: () => import('./breaks-list.js'),
  },
  {
    path: 'breaks show',
    summary: 'one break with its history',
    load: () => import('./breaks-show.js'),
  },
  {
    path: 'breaks assign',
    summary: 'give a break to somebody',
    load: () => import('./breaks-assign.js'),
  },
  {
    path: 'breaks resolve',
    summary: 'end a break with a reason',
    load: () => import('./breaks-resolve.js'),
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
