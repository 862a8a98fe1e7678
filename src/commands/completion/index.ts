import type { CommandDomain } from '../shell/command-module.js';

export const COMPLETION: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'completion',
      summary: 'print what completes command lines in bash or zsh',
      load: () => import('./completion.js'),
    },
  ],
};
