import type { CommandDomain } from '../shell/command-module.js';

export const OPERATIONS: CommandDomain = {
  groups: {
    operations: 'the night, files and personal data, on paper',
  },
  commands: [
    {
      path: 'operations simulate',
      summary: 'work out cases of operations, without a database',
      load: () => import('./simulate.js'),
    },
  ],
};
