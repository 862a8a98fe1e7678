import type { CommandDomain } from '../shell/command-module.js';

export const GENERATE: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'generate',
      summary: 'write a believable loan book to import',
      load: () => import('./generate.js'),
    },
  ],
};
