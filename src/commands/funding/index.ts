import type { CommandDomain } from '../shell/command-module.js';

export const FUNDING: CommandDomain = {
  groups: {
    funding: 'partners who fund, guarantee and buy: shares, claims, settlement',
    'funding guarantee': 'what guarantors pay for customers who do not',
    'funding plan': 'who funds loans, and who has what of them',
  },
  commands: [
    {
      path: 'funding plan apply',
      summary: 'take a funding plan into the book',
      load: () => import('./plan/apply.js'),
    },
    {
      path: 'funding plan list',
      summary: 'list the versions of the funding plans',
      load: () => import('./plan/list.js'),
    },
    {
      path: 'funding plan show',
      summary: 'print a funding plan as the book keeps it',
      load: () => import('./plan/show.js'),
    },
    {
      path: 'funding plan schema',
      summary: 'print the JSON Schema of a funding plan',
      load: () => import('./plan/schema.js'),
    },
    {
      path: 'funding guarantee apply',
      summary: 'take a version of a guarantee into the book',
      load: () => import('./guarantee/apply.js'),
    },
    {
      path: 'funding guarantee list',
      summary: 'list guarantees and their versions',
      load: () => import('./guarantee/list.js'),
    },
    {
      path: 'funding guarantee show',
      summary: 'print a guarantee as the book keeps it',
      load: () => import('./guarantee/show.js'),
    },
    {
      path: 'funding guarantee schema',
      summary: 'print the JSON Schema of a guarantee',
      load: () => import('./guarantee/schema.js'),
    },
    {
      path: 'funding simulate',
      summary: 'work out cases of funding, without a database',
      load: () => import('./simulate.js'),
    },
  ],
};
