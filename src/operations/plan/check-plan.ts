import { idleKeys } from './idle-keys.js';
import { BOOK_PLACES, DATE_PLACES, placesIn } from './places.js';
import type { Job, Plan, PlanFault } from './plan.js';

/** Exits that no later attempt can better: done, wrong usage, interrupted. */
const NEVER_AGAIN = [0, 2, 130];

/** All faults of a plan whose shape is right. */
export function planFaults(plan: Plan): PlanFault[] {
  const jobs = plan.jobs.flatMap((job, at) => jobFaults(plan, job, `jobs[${at}]`));
  return [...parameterFaults(plan), ...jobs, ...circleFaults(plan.jobs), ...idleKeys(plan)];
}

function parameterFaults({ parameters }: Plan): PlanFault[] {
  const taken: readonly string[] = [...DATE_PLACES, ...BOOK_PLACES];
  return Object.keys(parameters)
    .filter((name) => taken.includes(name))
    .map((name) => ({ path: `parameters.${name}`, rule: 'is the name of a place already' }));
}

function jobFaults(plan: Plan, job: Job, path: string): PlanFault[] {
  const faults: PlanFault[] = [];
  const add = (key: string, rule: string, value?: unknown) =>
    faults.push({ path: `${path}.${key}`, rule, value });
  if (plan.jobs.find(({ name }) => name === job.name) !== job) {
    add('job', 'there is another job of that name', job.name);
  }
  for (const [at, need] of job.needs.entries()) {
    const known = plan.jobs.some(({ name }) => name === need);
    if (!known) add(`needs[${at}]`, 'is no job of the plan', need);
    else if (job.needs.indexOf(need) < at) add(`needs[${at}]`, 'is named twice', need);
  }
  const dates: readonly string[] = DATE_PLACES;
  const places = [...dates, ...BOOK_PLACES, ...Object.keys(plan.parameters)];
  for (const [at, word] of job.line.words.entries()) {
    for (const place of placesIn(word).filter((name) => !places.includes(name))) {
      add(`${job.line.kind}[${at}]`, noPlace(places), `{${place}}`);
    }
  }
  for (const [at, { name }] of job.files.entries()) {
    for (const place of placesIn(name).filter((each) => !dates.includes(each))) {
      add(`files[${at}].name`, noPlace(dates), `{${place}}`);
    }
    if (name.includes('/')) add(`files[${at}].name`, 'must be a name in the inbox, no path', name);
    if (job.files.findIndex((file) => file.name === name) < at) {
      add(`files[${at}].name`, 'is named twice', name);
    }
  }
  for (const [at, exit] of (job.retry?.on ?? []).entries()) {
    if (NEVER_AGAIN.includes(exit)) {
      add(`retry.on[${at}]`, `must be none of ${NEVER_AGAIN.join(', ')}`, exit);
    }
  }
  return faults;
}

function noPlace(places: readonly string[]): string {
  return `has a place that nothing fills; there are ${places.map((name) => `{${name}}`).join(' ')}`;
}

/** The first circle, where it starts in the order of the plan. */
function circleFaults(jobs: readonly Job[]): PlanFault[] {
  for (const [at, { name }] of jobs.entries()) {
    const circle = wayTo(name, name, jobs, new Set());
    if (circle === undefined) continue;
    const rule = `must form no circle: ${[name, ...circle].join(' needs ')}`;
    return [{ path: `jobs[${at}].needs`, rule }];
  }
  return [];
}

/** The jobs on a way along needs from one job to another, the last included. */
function wayTo(
  to: string,
  from: string,
  jobs: readonly Job[],
  seen: Set<string>,
): string[] | undefined {
  for (const need of jobs.find(({ name }) => name === from)?.needs ?? []) {
    if (need === to) return [need];
    if (seen.has(need)) continue;
    seen.add(need);
    const way = wayTo(to, need, jobs, seen);
    if (way !== undefined) return [need, ...way];
  }
  return undefined;
}
