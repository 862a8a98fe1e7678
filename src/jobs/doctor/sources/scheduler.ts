import type { FactSource } from '../fact-source.js';

export const SCHEDULER_SOURCES: readonly FactSource[] = [
  {
    facts: ['scheduled_plans', 'look_seconds'],
    async find(house) {
      const client = await house.client();
      const { rows } = await client.query<{ plans: number; seconds: number | null }>(
        `SELECT (SELECT count(DISTINCT plan) FROM plan_version)::integer AS plans,
           (SELECT extract(epoch FROM clock_timestamp() - max(looked_at))::integer
            FROM scheduler_look) AS seconds`,
      );
      const { plans, seconds } = rows[0]!;
      return { facts: { scheduled_plans: plans, look_seconds: seconds } };
    },
  },
];
