import type { CommandDomain } from '../shell/command-module.js';

export const APPROVE: CommandDomain = {
  groups: {
    approve: 'what waits for a second person',
  },
  commands: [
    {
      path: 'approve list',
      summary: 'list what waits for a second person',
      load: () => import('./list.js'),
    },
    {
      path: 'approve show',
      summary: 'what was asked for, by whom and against what',
      load: () => import('./show.js'),
    },
    {
      path: 'approve grant',
      summary: 'decide that it is done, and do it',
      load: () => import('./grant.js'),
    },
    {
      path: 'approve refuse',
      summary: 'decide that it is not done, with a reason',
      load: () => import('./refuse.js'),
    },
  ],
};
