import type { CommandDomain } from '../shell/command-module.js';

export const LEDGER: CommandDomain = {
  groups: {
    ledger: 'the chart of accounts and the posting rules',
  },
  commands: [
    {
      path: 'ledger apply',
      summary: 'take a chart of accounts and posting rules into the book',
      load: () => import('./apply.js'),
    },
  ],
};
