import type { CommandDomain } from '../shell/command-module.js';

export const FILES: CommandDomain = {
  groups: {
    files: 'files of others, as they come',
  },
  commands: [
    {
      path: 'files inspect',
      summary: 'guess what a file looks like, and write a layout to start from',
      load: () => import('./inspect.js'),
    },
  ],
};
