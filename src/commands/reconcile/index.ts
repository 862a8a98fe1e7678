import type { CommandDomain } from '../shell/command-module.js';

export const RECONCILE: CommandDomain = {
  groups: {
    reconcile: 'compare what ought to be the same, and name every break',
  },
  commands: [
    {
      path: 'reconcile core',
      summary: 'compare a day with the balances of another core',
      load: () => import('./core.js'),
    },
    {
      path: 'reconcile gl',
      summary: 'every account against its sub-ledger, and the loans that differ',
      load: () => import('./gl.js'),
    },
    {
      path: 'reconcile channel',
      summary: 'reconcile a channel statement three ways',
      load: () => import('./channel.js'),
    },
    {
      path: 'reconcile bank',
      summary: 'reconcile a bank statement with the channels',
      load: () => import('./bank.js'),
    },
    {
      path: 'reconcile clearing',
      summary: 'prove what stands on the clearing accounts, order by order',
      load: () => import('./clearing.js'),
    },
    {
      path: 'reconcile report',
      summary: 'write open breaks by type and age',
      load: () => import('./report.js'),
    },
  ],
};
