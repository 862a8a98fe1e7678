import type { CommandDomain } from '../shell/command-module.js';

export const KEYS: CommandDomain = {
  groups: {
    keys: 'master keys of personal data',
  },
  commands: [
    {
      path: 'keys init',
      summary: 'make the first master keys of a book',
      load: () => import('./init.js'),
    },
    {
      path: 'keys list',
      summary: 'list the master keys that the book knows',
      load: () => import('./list.js'),
    },
    {
      path: 'keys rotate',
      summary: 'put the keys of all customers under the next master key',
      load: () => import('./rotate.js'),
    },
    {
      path: 'keys retire',
      summary: 'say that a master key is needed no more',
      load: () => import('./retire.js'),
    },
  ],
};
