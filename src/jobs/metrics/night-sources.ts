import type pg from 'pg';
import { ALARM_KINDS } from '../../operations/plan/alarm-rule.js';
import type { InstanceState } from '../../operations/schedule/look.js';
import { FILE_STATES } from '../files/list-files.js';
import type { Metric, MetricSource, Sample } from './metric.js';

const STATES: Readonly<Record<InstanceState, true>> = {
  ...{ waiting: true, running: true, done: true, failed: true, held: true },
  ...{ interrupted: true, missed: true },
};

/** The last attempt of each job that has ended, of the jobs that the plan has by now. */
const LAST_ATTEMPTS = `
  SELECT DISTINCT ON (n.plan, a.job) n.plan, a.job, a.exit,
    extract(epoch FROM a.ended_at - a.began_at)::float8 AS seconds
  FROM night_attempt a JOIN night n USING (night_id)
  WHERE a.ended_at IS NOT NULL AND EXISTS (
    SELECT FROM night_step s WHERE s.job = a.job AND s.night_id = (
      SELECT night_id FROM night l WHERE l.plan = n.plan AND l.version IS NOT NULL
      ORDER BY business_date DESC LIMIT 1))
  ORDER BY n.plan, a.job, a.began_at DESC, night_id DESC, a.number DESC`;

/** What becomes of the nights of plans, of files that come in, and who looks after both. */
export const NIGHT_SOURCES: readonly MetricSource[] = [
  async (client) => {
    const { rows } = await client.query<{ host: string; value: number }>(
      `SELECT host, extract(epoch FROM looked_at)::float8 AS value FROM scheduler_look
       ORDER BY host`,
    );
    return {
      name: 'scheduler_look_timestamp_seconds',
      help: 'Last look of the scheduler of a host.',
      type: 'gauge',
      samples: rows.map(({ host, value }) => ({ labels: { host }, value })),
    };
  },
  planStates,
  async (client) =>
    lastAttempts(
      client,
      'step_duration_seconds',
      'seconds',
      'How long the last attempt of a job took.',
    ),
  async (client) =>
    lastAttempts(client, 'step_exit_code', 'exit', 'Exit of the last attempt of a job.'),
  async (client) => ({
    name: 'alarms_total',
    help: 'Alarms of nights by their kind.',
    type: 'counter',
    samples: await counted(
      client,
      'SELECT kind AS of, count(*) AS value FROM night_alarm GROUP BY kind',
      'kind',
      ALARM_KINDS,
    ),
  }),
  async (client) => ({
    name: 'files',
    help: 'Files of the register by their state.',
    type: 'gauge',
    samples: await counted(
      client,
      'SELECT state AS of, count(*) AS value FROM inbox_file GROUP BY state',
      'state',
      FILE_STATES,
    ),
  }),
];

/** Dates go in order: a plan stands at the first that has not ended well, else at its last one. */
async function planStates(client: pg.Client): Promise<Metric> {
  const { rows } = await client.query<{ plan: string; state: string }>(
    `SELECT DISTINCT ON (plan) plan, state FROM night
     ORDER BY plan, state IN ('done', 'missed'),
       CASE WHEN state IN ('done', 'missed') THEN NULL ELSE business_date END,
       business_date DESC`,
  );
  return {
    name: 'plan_state',
    help: 'One for the state at which a plan stands: of its first date that has not ended well.',
    type: 'gauge',
    samples: rows.flatMap(({ plan, state }) =>
      Object.keys(STATES).map((each) => ({
        labels: { plan, state: each },
        value: each === state ? 1 : 0,
      })),
    ),
  };
}

async function lastAttempts(
  client: pg.Client,
  name: string,
  column: 'seconds' | 'exit',
  help: string,
): Promise<Metric> {
  const { rows } = await client.query<{ plan: string; job: string; value: number }>(
    `SELECT plan, job, ${column} AS value FROM (${LAST_ATTEMPTS}) AS l
     WHERE ${column} IS NOT NULL ORDER BY plan, job`,
  );
  const samples = rows.map(({ plan, job, value }) => ({ labels: { plan, job }, value }));
  return { name, help, type: 'gauge', samples };
}

/** Each value of a label that may come, those without a row too: a rate needs where it began. */
async function counted(
  client: pg.Client,
  sql: string,
  label: string,
  values: readonly string[],
): Promise<Sample[]> {
  const { rows } = await client.query<{ of: string; value: number }>(sql);
  const found = new Map(rows.map(({ of, value }) => [of, value]));
  const all = new Set([...values, ...found.keys()]);
  return [...all].map((of) => ({ labels: { [label]: of }, value: found.get(of) ?? 0 }));
}
