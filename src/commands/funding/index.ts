import type { CommandDomain } from '../shell/command-module.js';

export const FUNDING: CommandDomain = {
  groups: {
    funding: 'partners who fund, guarantee and buy: shares, claims, settlement',
  },
  commands: [
    {
      path: 'funding simulate',
      summary: 'work out cases of funding, without a database',
      load: () => import('./simulate.js'),
    },
  ],
};
