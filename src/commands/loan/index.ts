import type { CommandDomain } from '../shell/command-module.js';

export const LOAN: CommandDomain = {
  groups: {
    loan: 'loans: a list of them, and one at a time',
  },
  commands: [
    {
      path: 'loan list',
      summary: 'the loans of the book, filtered',
      load: () => import('./list.js'),
    },
    {
      path: 'loan show',
      summary: 'everything about one loan',
      load: () => import('./show.js'),
    },
    {
      path: 'loan statement',
      summary: 'the statement that a customer gets',
      load: () => import('./statement.js'),
    },
  ],
};
