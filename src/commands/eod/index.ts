import type { CommandDomain } from '../shell/command-module.js';

export const EOD: CommandDomain = {
  groups: {
    eod: 'the close of a business day',
  },
  commands: [
    {
      path: 'eod run',
      summary: 'close business days',
      load: () => import('./run.js'),
    },
    {
      path: 'eod status',
      summary: 'show the open day and the close under way',
      load: () => import('./status.js'),
    },
    {
      path: 'eod discard',
      summary: 'drop an unfinished close of the open day',
      load: () => import('./discard.js'),
    },
  ],
};
