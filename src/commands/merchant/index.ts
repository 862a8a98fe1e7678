import type { CommandDomain } from '../shell/command-module.js';

export const MERCHANT: CommandDomain = {
  groups: {
    merchant: 'merchants whose sales loans pay for',
  },
  commands: [
    {
      path: 'merchant apply',
      summary: 'take a version of a merchant into the book',
      load: () => import('./apply.js'),
    },
    {
      path: 'merchant list',
      summary: 'list merchants and their versions',
      load: () => import('./list.js'),
    },
    {
      path: 'merchant show',
      summary: 'print a merchant as the book keeps it',
      load: () => import('./show.js'),
    },
    {
      path: 'merchant settle',
      summary: 'settle what merchants are owed of closed days',
      load: () => import('./settle.js'),
    },
    {
      path: 'merchant refund',
      summary: 'take what customers gave back to merchants',
      load: () => import('./refund.js'),
    },
    {
      path: 'merchant statement',
      summary: 'print what a merchant and we have with each other',
      load: () => import('./statement.js'),
    },
    {
      path: 'merchant schema',
      summary: 'print the JSON Schema of a merchant',
      load: () => import('./schema.js'),
    },
  ],
};
