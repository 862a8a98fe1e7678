import type { CommandDomain } from '../shell/command-module.js';

export const PLAN: CommandDomain = {
  groups: {
    plan: 'what a night runs, when and in which order',
  },
  commands: [
    {
      path: 'plan apply',
      summary: 'take a version of a plan into the book',
      load: () => import('./apply.js'),
    },
    {
      path: 'plan check',
      summary: 'check a plan without a book',
      load: () => import('./check.js'),
    },
    {
      path: 'plan list',
      summary: 'list plans and their versions',
      load: () => import('./list.js'),
    },
    {
      path: 'plan schema',
      summary: 'print the JSON Schema of a plan',
      load: () => import('./schema.js'),
    },
    {
      path: 'plan show',
      summary: 'print a plan as the book keeps it',
      load: () => import('./show.js'),
    },
  ],
};
