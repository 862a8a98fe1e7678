import type { CommandDomain } from '../shell/command-module.js';

export const SIMULATE: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'simulate',
      summary: 'what-if for one loan, without a database',
      load: () => import('./simulate.js'),
    },
  ],
};
