import type { CommandDomain } from '../shell/command-module.js';

export const METRICS: CommandDomain = {
  groups: {},
  commands: [
    {
      path: 'metrics',
      summary: 'figures of the moment, for Prometheus',
      load: () => import('./metrics.js'),
    },
  ],
};
