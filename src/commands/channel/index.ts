import type { CommandDomain } from '../shell/command-module.js';

export const CHANNEL: CommandDomain = {
  groups: {
    channel: 'payment channels and banks',
  },
  commands: [
    {
      path: 'channel apply',
      summary: 'declare a payment channel or a bank',
      load: () => import('./apply.js'),
    },
    {
      path: 'channel schema',
      summary: 'print the JSON Schema of a payment channel or a bank',
      load: () => import('./schema.js'),
    },
  ],
};
