import type { FactSource } from '../fact-source.js';

/** What nobody counts yet: files in quarantine. */
export const NOT_KEPT_SOURCES: readonly FactSource[] = [
  { facts: ['quarantined'], find: async () => ({ facts: { quarantined: 0 } }) },
];
