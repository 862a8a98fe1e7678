import type { FactSource } from '../fact-source.js';

/** What nobody keeps yet: no scheduler looks at plans. */
export const NOT_KEPT_SOURCES: readonly FactSource[] = [
  {
    facts: ['scheduled_plans', 'look_seconds'],
    find: async () => ({ facts: { scheduled_plans: 0, look_seconds: null } }),
  },
];
