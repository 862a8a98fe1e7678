import type { CommandDomain } from '../shell/command-module.js';

export const INIT: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'init',
      summary: 'create the loan book of a database',
      load: () => import('./init.js'),
    },
  ],
};
