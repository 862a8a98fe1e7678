import type { CommandDomain } from '../shell/command-module.js';

export const SCHEDULER: CommandDomain = {
  groups: {
    scheduler: 'begin the nights of all plans when they are due',
  },
  commands: [
    {
      path: 'scheduler run',
      summary: 'look each minute at what is due, and run it',
      load: () => import('./run.js'),
    },
    {
      path: 'scheduler status',
      summary: 'show who looks, and what is next',
      load: () => import('./status.js'),
    },
    {
      path: 'scheduler install',
      summary: 'print units of systemd, or lines of cron, that run what is due',
      load: () => import('./install.js'),
    },
  ],
};
