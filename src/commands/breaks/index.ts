import type { CommandDomain } from '../shell/command-module.js';

export const BREAKS: CommandDomain = {
  groups: {
    breaks: 'what a reconciliation found',
  },
  commands: [
    {
      path: 'breaks list',
      summary: 'list what does not agree',
      load: () => import('./list.js'),
    },
    {
      path: 'breaks show',
      summary: 'one break with its history',
      load: () => import('./show.js'),
    },
    {
      path: 'breaks assign',
      summary: 'give a break to somebody',
      load: () => import('./assign.js'),
    },
    {
      path: 'breaks resolve',
      summary: 'end a break with a reason',
      load: () => import('./resolve.js'),
    },
  ],
};
