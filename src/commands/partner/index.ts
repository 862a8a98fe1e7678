import type { CommandDomain } from '../shell/command-module.js';

export const PARTNER: CommandDomain = {
  groups: {
    partner: 'who funds, leads, guarantees or buys loans beside us',
  },
  commands: [
    {
      path: 'partner apply',
      summary: 'take a version of a partner into the book',
      load: () => import('./apply.js'),
    },
    {
      path: 'partner list',
      summary: 'list partners and their versions',
      load: () => import('./list.js'),
    },
    {
      path: 'partner show',
      summary: 'print a partner as the book keeps it',
      load: () => import('./show.js'),
    },
    {
      path: 'partner schema',
      summary: 'print the JSON Schema of a partner',
      load: () => import('./schema.js'),
    },
  ],
};
