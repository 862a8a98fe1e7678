import type { CommandDomain } from '../shell/command-module.js';

export const BACKUP: CommandDomain = {
  groups: {
    backup: 'backups of the book, and restores that prove them',
  },
  commands: [
    {
      path: 'backup run',
      summary: 'take a backup while the book is worked in',
      load: () => import('./run.js'),
    },
    {
      path: 'backup list',
      summary: 'list backups, their last sealed day and when a restore was proven',
      load: () => import('./list.js'),
    },
    {
      path: 'backup verify',
      summary: 'restore a backup beside the book and prove it',
      load: () => import('./verify.js'),
    },
    {
      path: 'backup restore',
      summary: 'restore a backup into a folder that has no book',
      load: () => import('./restore.js'),
    },
  ],
};
