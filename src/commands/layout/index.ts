import type { CommandDomain } from '../shell/command-module.js';

export const LAYOUT: CommandDomain = {
  groups: {
    layout: 'what files look like',
  },
  commands: [
    {
      path: 'layout check',
      summary: 'check a layout, and show what it reads of a file',
      load: () => import('./check.js'),
    },
    {
      path: 'layout show',
      summary: 'print a layout with every default',
      load: () => import('./show.js'),
    },
    {
      path: 'layout list',
      summary: 'list the layouts that come with the program',
      load: () => import('./list.js'),
    },
    {
      path: 'layout migrate',
      summary: 'turn a mapping, a channel or a voucher layout into a layout',
      load: () => import('./migrate.js'),
    },
    {
      path: 'layout schema',
      summary: 'print the JSON Schema of a layout',
      load: () => import('./schema.js'),
    },
  ],
};
