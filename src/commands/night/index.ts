import type { CommandDomain } from '../shell/command-module.js';

export const NIGHT: CommandDomain = {
  groups: {
    night: 'run a plan for a business date, and see to it',
  },
  commands: [
    {
      path: 'night run',
      summary: 'begin or resume a night of a plan',
      load: () => import('./run.js'),
    },
    {
      path: 'night status',
      summary: 'show how far a night is',
      load: () => import('./status.js'),
    },
    {
      path: 'night resume',
      summary: 'run again what failed or was interrupted',
      load: () => import('./resume.js'),
    },
    {
      path: 'night hold',
      summary: 'stop the starts of a night, or of one of its jobs',
      load: () => import('./hold.js'),
    },
    {
      path: 'night release',
      summary: 'let go what is held',
      load: () => import('./release.js'),
    },
    {
      path: 'night skip',
      summary: 'count a job as done, by two persons',
      load: () => import('./skip.js'),
    },
    {
      path: 'night stop',
      summary: 'stop a night that is running',
      load: () => import('./stop.js'),
    },
    {
      path: 'night dry-run',
      summary: 'show what a night would run',
      load: () => import('./dry-run.js'),
    },
  ],
};
