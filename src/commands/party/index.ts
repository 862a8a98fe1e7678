import type { CommandDomain } from '../shell/command-module.js';

export const PARTY: CommandDomain = {
  groups: {
    party: 'customers, sealed',
  },
  commands: [
    {
      path: 'party import',
      summary: 'import customers from a CSV file',
      load: () => import('./import.js'),
    },
    {
      path: 'party list',
      summary: 'list customers by masks, or find them by a value',
      load: () => import('./list.js'),
    },
    {
      path: 'party show',
      summary: 'show one customer by masks',
      load: () => import('./show.js'),
    },
    {
      path: 'party reveal',
      summary: 'show the clear values of one customer, for a reason',
      load: () => import('./reveal.js'),
    },
    {
      path: 'party erase',
      summary: 'destroy what is kept of one customer; two persons',
      load: () => import('./erase.js'),
    },
    {
      path: 'party erasures',
      summary: 'list the customers that were erased',
      load: () => import('./erasures.js'),
    },
    {
      path: 'party replay-erasures',
      summary: 'erase again, after a restore, what a list says',
      load: () => import('./replay-erasures.js'),
    },
  ],
};
