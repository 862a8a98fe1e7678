import type { CommandDomain } from '../shell/command-module.js';

export const RUNS: CommandDomain = {
  groups: {
    runs: 'jobs: what ran, with its counts and totals',
  },
  commands: [
    {
      path: 'runs list',
      summary: 'jobs that ran, the newest first',
      load: () => import('./list.js'),
    },
    {
      path: 'runs show',
      summary: 'one run with its steps, totals and held loans',
      load: () => import('./show.js'),
    },
  ],
};
