import type { CommandEntry } from './command-module.js';

/** The commands of the general ledger and of reconciliation; see REGISTRY. */
export const LEDGER_COMMANDS: readonly CommandEntry[] = [
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
    path: 'gl chart apply',
    summary: 'take a chart of accounts into the book, the rules as they are',
    load: () => import('./gl-chart-apply.js'),
  },
  {
    path: 'gl chart explain',
    summary: 'what moves an account: its sub-ledger, rules and tax',
    load: () => import('./gl-chart-explain.js'),
  },
  {
    path: 'gl rules show',
    summary: 'the posting rules in force on a day',
    load: () => import('./gl-rules-show.js'),
  },
  {
    path: 'gl rules apply',
    summary: 'take posting rules into the book, the chart as it is',
    load: () => import('./gl-rules-apply.js'),
  },
  {
    path: 'gl rules explain',
    summary: 'which rules posted a voucher, and why',
    load: () => import('./gl-rules-explain.js'),
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
    path: 'reconcile clearing',
    summary: 'prove what stands on the clearing accounts, order by order',
    load: () => import('./reconcile-clearing.js'),
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
];
