import type { CommandDomain } from '../shell/command-module.js';

export const POLICY: CommandDomain = {
  groups: {
    policy: 'dated rules of the whole book',
  },
  commands: [
    {
      path: 'policy apply',
      summary: 'take a dated policy into the book',
      load: () => import('./apply.js'),
    },
    {
      path: 'policy show',
      summary: 'print the policy in force',
      load: () => import('./show.js'),
    },
  ],
};
