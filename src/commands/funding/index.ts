import type { CommandDomain } from '../shell/command-module.js';

export const FUNDING: CommandDomain = {
  groups: {
    funding: 'partners who fund, guarantee and buy: shares, claims, settlement',
    'funding files': 'files between partners and us',
    'funding layout': 'what files between partners and us look like',
    'funding plan': 'who funds loans, and who has what of them',
    'funding claims': 'what guarantors are asked for, and what they answer',
    'funding assignment': 'what changed hands: sales, buy-backs, clean-up calls',
    'funding guarantee': 'what guarantors pay for customers who do not',
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
      path: 'funding claims list',
      summary: 'list the claims on guarantors as they stand at a close',
      load: () => import('./claims/list.js'),
    },
    {
      path: 'funding claims write',
      summary: 'write the claims that a close made of a guarantor',
      load: () => import('./claims/write.js'),
    },
    {
      path: 'funding claims read',
      summary: "take a guarantor's answers: paid, short, refused",
      load: () => import('./claims/read.js'),
    },
    {
      path: 'funding claims pass',
      summary: "pass customers' money to the guarantors that paid for them",
      load: () => import('./claims/pass.js'),
    },
    {
      path: 'funding assign',
      summary: 'assign loans to another plan: sell them, buy them back',
      load: () => import('./assign.js'),
    },
    {
      path: 'funding assignment list',
      summary: 'list what changed hands',
      load: () => import('./assignment/list.js'),
    },
    {
      path: 'funding assignment schema',
      summary: 'print the JSON Schema of a list of loans that change hands',
      load: () => import('./assignment/schema.js'),
    },
    {
      path: 'funding limits',
      summary: "hold the lender's own balances to the bounds of the policy",
      load: () => import('./limits.js'),
    },
    {
      path: 'funding route',
      summary: 'route applications to the plans that have room',
      load: () => import('./route.js'),
    },
    {
      path: 'funding show',
      summary: 'who has what of one loan: shares, claims, orders, settlements',
      load: () => import('./show.js'),
    },
    {
      path: 'funding report',
      summary: 'how every party stands: funded, outstanding, paid, fees, cover left',
      load: () => import('./report.js'),
    },
    {
      path: 'funding settle',
      summary: 'settle what partners are owed: one transfer, one entry',
      load: () => import('./settle.js'),
    },
    {
      path: 'funding layout apply',
      summary: 'take a version of a layout into the book',
      load: () => import('./layout/apply.js'),
    },
    {
      path: 'funding layout list',
      summary: 'list layouts of partner files and their versions',
      load: () => import('./layout/list.js'),
    },
    {
      path: 'funding layout show',
      summary: 'print a layout of partner files as the book keeps it',
      load: () => import('./layout/show.js'),
    },
    {
      path: 'funding layout schema',
      summary: 'print the JSON Schema of a layout of partner files',
      load: () => import('./layout/schema.js'),
    },
    {
      path: 'funding files write',
      summary: 'write the files that a partner gets of a day',
      load: () => import('./files/write.js'),
    },
    {
      path: 'funding files read',
      summary: 'take a file of a partner in',
      load: () => import('./files/read.js'),
    },
    {
      path: 'funding check',
      summary: "compare a partner's snapshot with its share in the book",
      load: () => import('./check.js'),
    },
    {
      path: 'funding simulate',
      summary: 'work out cases of funding, without a database',
      load: () => import('./simulate.js'),
    },
  ],
};
