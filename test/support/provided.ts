import type { DatabaseTarget } from '../../src/db/target.js';

/** What the global setup hands to every test file; plain data, for it crosses processes. */
interface ProvidedDatabase {
  /** The login, connected to the server's first database. */
  readonly server: DatabaseTarget;
  /** A migrated database that nobody is connected to. */
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    database: ProvidedDatabase;
  }
}
