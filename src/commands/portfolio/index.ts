import type { CommandDomain } from '../shell/command-module.js';

export const PORTFOLIO: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'portfolio',
      summary: 'loans and balances by class and M bucket',
      load: () => import('./portfolio.js'),
    },
  ],
};
