import type { CommandDomain } from '../shell/command-module.js';

export const PERSON: CommandDomain = {
  groups: {
    person: 'who may do what',
  },
  commands: [
    {
      path: 'person add',
      summary: 'register a person, or change roles and login',
      load: () => import('./add.js'),
    },
    {
      path: 'person list',
      summary: 'list persons, their roles and what nothing proves',
      load: () => import('./list.js'),
    },
    {
      path: 'person disable',
      summary: 'let a person do nothing any more',
      load: () => import('./disable.js'),
    },
    {
      path: 'person logins',
      summary: 'say whether a login is one person',
      load: () => import('./logins.js'),
    },
  ],
};
