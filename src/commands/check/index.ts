import type { CommandDomain } from '../shell/command-module.js';

export const CHECK: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'check',
      summary: 'prove that a sealed day ties',
      load: () => import('./check.js'),
    },
  ],
};
