import type { CommandDomain } from '../shell/command-module.js';

export const FILES: CommandDomain = {
  groups: {
    files: 'files of others as they come, and files for others',
  },
  commands: [
    {
      path: 'files inspect',
      summary: 'guess what a file looks like, and write a layout to start from',
      load: () => import('./inspect.js'),
    },
    {
      path: 'files apply',
      summary: 'name the folders and the rules of the inbox',
      load: () => import('./apply.js'),
    },
    {
      path: 'files schema',
      summary: 'print the JSON Schema of folders and rules',
      load: () => import('./schema.js'),
    },
    {
      path: 'files scan',
      summary: 'look at the inbox',
      load: () => import('./scan.js'),
    },
    {
      path: 'files list',
      summary: 'list the files of the register',
      load: () => import('./list.js'),
    },
    {
      path: 'files show',
      summary: 'show one file of the register',
      load: () => import('./show.js'),
    },
    {
      path: 'files release',
      summary: 'ask to let a file out of quarantine',
      load: () => import('./release.js'),
    },
    {
      path: 'files verify',
      summary: 'hold what was taken and sent against its hashes',
      load: () => import('./verify.js'),
    },
    {
      path: 'files tidy',
      summary: 'take away what has been kept long enough',
      load: () => import('./tidy.js'),
    },
  ],
};
