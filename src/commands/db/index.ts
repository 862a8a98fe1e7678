import type { CommandDomain } from '../shell/command-module.js';

export const DB: CommandDomain = {
  groups: {
    db: 'the database of the book',
  },
  commands: [
    {
      path: 'db start',
      summary: 'start the embedded PostgreSQL server of the book',
      load: () => import('./start.js'),
    },
    {
      path: 'db stop',
      summary: 'stop the embedded PostgreSQL server of the book',
      load: () => import('./stop.js'),
    },
    {
      path: 'db status',
      summary: 'show the server, its version and pending migrations',
      load: () => import('./status.js'),
    },
    {
      path: 'db migrate',
      summary: 'bring the schema of the book up to date',
      load: () => import('./migrate.js'),
    },
    {
      path: 'db url',
      summary: 'print an address that psql accepts',
      load: () => import('./url.js'),
    },
  ],
};
