import type { CommandDomain } from '../shell/command-module.js';

export const EXPORT: CommandDomain = {
  groups: {
    export: 'running loans in the shapes that imports read',
  },
  commands: [
    {
      path: 'export loans',
      summary: 'loans in the shape that an import reads',
      load: () => import('./loans.js'),
    },
    {
      path: 'export schedules',
      summary: "the loans' own schedules",
      load: () => import('./schedules.js'),
    },
    {
      path: 'export balances',
      summary: 'where running loans stand at the close of the last sealed day',
      load: () => import('./balances.js'),
    },
    {
      path: 'export installments',
      summary: 'open instalments of running loans',
      load: () => import('./installments.js'),
    },
    {
      path: 'export events',
      summary: 'events that wait, and histories',
      load: () => import('./events.js'),
    },
  ],
};
