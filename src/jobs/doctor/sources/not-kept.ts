import { type FactSource, NotTold } from '../fact-source.js';

/** What nobody keeps yet: no plan can be applied, so there is none; of backups nothing is known. */
export const NOT_KEPT_SOURCES: readonly FactSource[] = [
  {
    facts: ['scheduled_plans', 'look_seconds'],
    find: async () => ({ facts: { scheduled_plans: 0, look_seconds: null } }),
  },
  {
    facts: ['backup_hours', 'restore_days'],
    async find() {
      throw new NotTold('No list of backups is kept.');
    },
  },
];
