import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { stepsOfDate } from '../plan/run/steps-of-date.js';
import { isoTime } from '../runs/list-runs.js';

/** Runs that a usual time is the median of. */
const MEDIAN_RUNS = 10;

/** A step of the night; times are ISO 8601, UTC. */
export interface NightStep {
  readonly step: string;
  /** The plan whose night it is of; null: a run that any command began. */
  readonly plan: string | null;
  /** What makes the page red if it failed. */
  readonly job: string;
  /** When it was to begin; null: nobody planned it. */
  readonly planned: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly seconds: number | null;
  /** What it took in the median of its last ten runs. */
  readonly median: number | null;
  /** As `night status` has it. */
  readonly state: string;
}

/** Where steps of a night come from: a domain that runs some adds a line. */
type NightSource = (client: pg.Client, day: EpochDay) => Promise<readonly NightStep[]>;

const NIGHT_SOURCES: readonly NightSource[] = [jobsOfPlans, runsOfDay];

/** Jobs of plans in the order of each, then what ran for the day in that in which it began. */
export async function nightSteps(client: pg.Client, day: EpochDay): Promise<NightStep[]> {
  const steps: NightStep[] = [];
  for (const source of NIGHT_SOURCES) steps.push(...(await source(client, day)));
  return steps;
}

/** The jobs of plans; a night that has not begun is one step of its own. */
async function jobsOfPlans(client: pg.Client, day: EpochDay): Promise<readonly NightStep[]> {
  const steps = await stepsOfDate(client, day);
  return steps.map(({ plan, job, state, why, due, began, ended, seconds, usual }) => ({
    step: job === null ? plan : `${plan} ${job}`,
    plan,
    job: job ?? plan,
    planned: due,
    from: began,
    to: ended,
    seconds,
    median: usual,
    state: why === null ? state : `${state} ${why}`,
  }));
}

/**
 * The jobs of a day, and of its close each phase. A job that was done again counts once, by its
 * last run; one that nobody finished failed unless somebody is at it.
 */
async function runsOfDay(client: pg.Client, day: EpochDay): Promise<readonly NightStep[]> {
  const { rows } = await client.query<NightStep>(
    `WITH part AS (
       SELECT r.run_id, r.job, r.business_date, CASE WHEN r.job = 'eod' THEN s.phase END AS phase,
         min(s.started_at) AS began, max(s.ended_at) AS ended,
         bool_and(s.status = 'done') AS is_done, max(r.finished_at) AS finished,
         coalesce(bool_or(r.lease_until > clock_timestamp()), false) AS is_held
       FROM run r JOIN step s USING (run_id)
       WHERE r.status <> 'discarded' AND (r.business_date = $1 OR r.run_id IN (
         SELECT run_id FROM run WHERE status = 'done' AND business_date < $1
         ORDER BY run_id DESC LIMIT 200))
       GROUP BY r.run_id, r.job, r.business_date, 4
     ), last AS (
       SELECT DISTINCT ON (job, phase) * FROM part WHERE business_date = $1
       ORDER BY job, phase, run_id DESC
     )
     SELECT concat_ws(' ', l.job, l.phase) AS step, NULL AS plan, l.job, NULL AS planned,
       ${isoTime('l.began')} AS "from", ${isoTime('l.ended')} AS "to",
       round(extract(epoch FROM l.ended - l.began))::int AS seconds,
       (SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY took))::int FROM (
          SELECT extract(epoch FROM p.ended - p.began) AS took FROM part p
          WHERE p.job = l.job AND p.phase IS NOT DISTINCT FROM l.phase AND p.is_done
            AND p.business_date < $1 AND p.ended IS NOT NULL
          ORDER BY p.run_id DESC LIMIT ${MEDIAN_RUNS}) AS usual) AS median,
       CASE WHEN l.is_done OR l.finished IS NOT NULL THEN 'done' WHEN l.is_held THEN 'running'
         WHEN l.began IS NULL THEN 'waiting' ELSE 'failed' END AS state
     FROM last l ORDER BY l.began, l.run_id, step`,
    [formatDay(day)],
  );
  return rows;
}

/** The jobs of a day that failed or were left: the close by its name, however far it came. */
export function failedSteps(steps: readonly NightStep[]): string[] {
  const broken = steps.filter(isBroken).map(({ job }) => job);
  return [...new Set(broken)];
}

export function isBroken({ state }: NightStep): boolean {
  return /^(failed|interrupted)\b/.test(state);
}
