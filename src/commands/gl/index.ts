import type { CommandDomain } from '../shell/command-module.js';

export const GL: CommandDomain = {
  groups: {
    gl: 'the general ledger',
    'gl chart': 'the chart of accounts',
    'gl rules': 'the posting rules',
    'gl export': 'the journal for other programs',
    'gl period': 'accounting periods: months that are closed for good',
    'gl voucher': 'manual vouchers, posted once a second person approves',
  },
  commands: [
    {
      path: 'gl trial-balance',
      summary: 'balances and turnover of every account on a sealed day',
      load: () => import('./trial-balance.js'),
    },
    {
      path: 'gl chart show',
      summary: 'the chart of accounts with its balances',
      load: () => import('./chart/show.js'),
    },
    {
      path: 'gl chart apply',
      summary: 'take a chart of accounts into the book, the rules as they are',
      load: () => import('./chart/apply.js'),
    },
    {
      path: 'gl chart explain',
      summary: 'what moves an account: its sub-ledger, rules and tax',
      load: () => import('./chart/explain.js'),
    },
    {
      path: 'gl rules show',
      summary: 'the posting rules in force on a day',
      load: () => import('./rules/show.js'),
    },
    {
      path: 'gl rules apply',
      summary: 'take posting rules into the book, the chart as it is',
      load: () => import('./rules/apply.js'),
    },
    {
      path: 'gl rules explain',
      summary: 'which rules posted a voucher, and why',
      load: () => import('./rules/explain.js'),
    },
    {
      path: 'gl rules preview',
      summary: 'which postings other rules would have changed',
      load: () => import('./rules/preview.js'),
    },
    {
      path: 'gl explain',
      summary: 'why a voucher stands in the journal',
      load: () => import('./explain.js'),
    },
    {
      path: 'gl ledger',
      summary: 'each account by day: opening, debit, credit, closing',
      load: () => import('./ledger.js'),
    },
    {
      path: 'gl statement',
      summary: 'every journal line of one account with its running balance',
      load: () => import('./statement.js'),
    },
    {
      path: 'gl subledger',
      summary: 'the balance of each sub-ledger account by loan',
      load: () => import('./subledger.js'),
    },
    {
      path: 'gl export vouchers',
      summary: 'voucher lines for a finance system, in a declared layout',
      load: () => import('./export/vouchers.js'),
    },
    {
      path: 'gl export hledger',
      summary: 'the journal in the format of hledger',
      load: () => import('./export/hledger.js'),
    },
    {
      path: 'gl period close',
      summary: 'close a month for good once all of it ties',
      load: () => import('./period/close.js'),
    },
    {
      path: 'gl period reopen',
      summary: 'open the last closed month again, with a reason',
      load: () => import('./period/reopen.js'),
    },
    {
      path: 'gl period list',
      summary: 'list the months of the book and who closed them',
      load: () => import('./period/list.js'),
    },
    {
      path: 'gl voucher import',
      summary: 'bring in manual vouchers from a CSV file',
      load: () => import('./voucher/import.js'),
    },
    {
      path: 'gl voucher list',
      summary: 'manual vouchers that wait for a decision',
      load: () => import('./voucher/list.js'),
    },
    {
      path: 'gl voucher approve',
      summary: 'approve a manual voucher of another person',
      load: () => import('./voucher/approve.js'),
    },
    {
      path: 'gl voucher reject',
      summary: 'reject a manual voucher, with a reason',
      load: () => import('./voucher/reject.js'),
    },
  ],
};
