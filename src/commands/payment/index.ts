import type { CommandDomain } from '../shell/command-module.js';

export const PAYMENT: CommandDomain = {
  groups: {
    payment: 'orders to the payment channel, and its answers',
  },
  commands: [
    {
      path: 'payment batch',
      summary: 'ask due loans for what is open, and write the files of orders',
      load: () => import('./batch.js'),
    },
    {
      path: 'payment result',
      summary: 'take a result or returns of the channel in, whole or not at all',
      load: () => import('./result.js'),
    },
    {
      path: 'payment query',
      summary: 'list orders: those in flight, of a loan, of a state',
      load: () => import('./query.js'),
    },
    {
      path: 'payment release',
      summary: 'end an order in flight by two persons',
      load: () => import('./release.js'),
    },
    {
      path: 'payment status',
      summary: 'count orders by state, and show their files',
      load: () => import('./status.js'),
    },
  ],
};
