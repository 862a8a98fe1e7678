import type { CommandDomain } from '../shell/command-module.js';

export const CALENDAR: CommandDomain = {
  groups: {
    calendar: 'working days and holidays',
  },
  commands: [
    {
      path: 'calendar apply',
      summary: 'add years to the calendar',
      load: () => import('./apply.js'),
    },
    {
      path: 'calendar show',
      summary: 'list holidays and worked weekend days',
      load: () => import('./show.js'),
    },
  ],
};
