import type { CommandDomain } from '../shell/command-module.js';

export const QUOTE: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'quote',
      summary: 'the schedule, cost and settlement of a loan under a product',
      load: () => import('./quote.js'),
    },
  ],
};
