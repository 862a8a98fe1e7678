import type { CommandDomain } from '../shell/command-module.js';

export const DOCTOR: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'doctor',
      summary: 'examine the machine, the server and the book',
      load: () => import('./doctor.js'),
    },
  ],
};
