import type { CommandDomain } from '../shell/command-module.js';

export const REPORT: CommandDomain = {
  groups: {
    report: 'what a morning begins with',
  },
  commands: [
    {
      path: 'report daily',
      summary: 'the page of a morning: figures, the night, what is red',
      load: () => import('./daily.js'),
    },
  ],
};
