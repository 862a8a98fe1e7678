import type { CommandDomain } from '../shell/command-module.js';

export const IMPORT: CommandDomain = {
  groups: {
    import: 'loans, repayments and other events from files',
    'import manifest': 'what a set of files is listed by',
  },
  commands: [
    {
      path: 'import loans',
      summary: 'import loans from a CSV file',
      load: () => import('./loans.js'),
    },
    {
      path: 'import repayments',
      summary: 'import repayments and settlements from a CSV file',
      load: () => import('./repayments.js'),
    },
    {
      path: 'import events',
      summary: 'import events of every type from a CSV file',
      load: () => import('./events.js'),
    },
    {
      path: 'import balances',
      summary: 'import the positions of running loans from a CSV file',
      load: () => import('./balances.js'),
    },
    {
      path: 'import set',
      summary: 'import the files of a migration that are what their manifest says',
      load: () => import('./set.js'),
    },
    {
      path: 'import manifest schema',
      summary: 'print the JSON Schema of the manifest of a set',
      load: () => import('./manifest/schema.js'),
    },
    {
      path: 'import rehearse',
      summary: 'import the files of a migration into a copy of the book that is thrown away',
      load: () => import('./rehearse.js'),
    },
    {
      path: 'import map',
      summary: 'the numbers that loans came with, and those that they have here',
      load: () => import('./map.js'),
    },
    {
      path: 'import verify',
      summary: 'prove a migration against the files of the other system, to be signed',
      load: () => import('./verify.js'),
    },
    {
      path: 'import fit',
      summary: 'product parameters that reproduce the loans of another system',
      load: () => import('./fit.js'),
    },
    {
      path: 'import list',
      summary: 'files that were imported, the newest first',
      load: () => import('./list.js'),
    },
    {
      path: 'import explain',
      summary: 'what a rule means by which a row was rejected',
      load: () => import('./explain.js'),
    },
    {
      path: 'import cancel',
      summary: 'take back an import that no close has folded',
      load: () => import('./cancel.js'),
    },
  ],
};
