import type { CommandDomain } from '../shell/command-module.js';

export const IMPAIRMENT: CommandDomain = {
  groups: {
    impairment: 'the allowance for loan losses',
  },
  commands: [
    {
      path: 'impairment apply',
      summary: 'take impairment parameters into the book',
      load: () => import('./apply.js'),
    },
    {
      path: 'impairment run',
      summary: 'measure the allowance and post what it lacks',
      load: () => import('./run.js'),
    },
  ],
};
