import type { CommandDomain } from '../shell/command-module.js';

export const AUDIT: CommandDomain = {
  groups: {
    audit: 'who changed what',
  },
  commands: [
    {
      path: 'audit show',
      summary: 'list who changed what, the newest first',
      load: () => import('./show.js'),
    },
    {
      path: 'audit verify',
      summary: 'prove that no row of the audit was changed or removed',
      load: () => import('./verify.js'),
    },
  ],
};
