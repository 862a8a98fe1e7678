import type { Condition } from './condition.js';
import { placesIn } from './places.js';
import type { Job, Plan, PlanFault } from './plan.js';

/** Set, why it can do nothing, what it is. */
type Idle = readonly [key: string, isIdle: boolean, why: string, value: unknown];

/** Keys that are set to other than their default and can do nothing: rule `no_effect`. */
export function idleKeys(plan: Plan): PlanFault[] {
  const used = new Set(plan.jobs.flatMap(({ line }) => line.words.flatMap(placesIn)));
  const unused = Object.entries(plan.parameters).map(
    ([name, value]): Idle => [`parameters.${name}`, !used.has(name), 'no job has its place', value],
  );
  const { parallel, jobs } = plan;
  return [
    ...faults('', [
      ['parallel', parallel > 1 && jobs.length === 1, 'there is one job', parallel],
      ...unused,
      ...conditionKeys('on', plan.on),
    ]),
    ...jobs.flatMap((job, at) => faults(`jobs[${at}].`, jobKeys(job))),
  ];
}

function faults(path: string, keys: readonly Idle[]): PlanFault[] {
  return keys
    .filter(([, isIdle]) => isIdle)
    .map(([key, , why, value]) => ({ path: `${path}${key}`, rule: `no_effect: ${why}`, value }));
}

function jobKeys(job: Job): Idle[] {
  const { files, filesBy, filesMissing, retry, accept } = job;
  const isLate = filesMissing !== 'fail';
  return [
    ['always', job.always && job.needs.length === 0, 'without needs', true],
    ['files_by', filesBy !== null && files.length === 0, 'without files', undefined],
    ['files_missing', isLate && filesBy === null, 'without files_by', filesMissing],
    ['window_missed', job.windowMissed !== 'wait' && job.window === null, 'without window', 'fail'],
    ...accept.map(
      (exit, at): Idle => [`accept[${at}]`, exit === 0, 'an exit of 0 is done anyhow', exit],
    ),
    ...(retry?.on ?? []).map(
      (exit, at): Idle => [`retry.on[${at}]`, accept.includes(exit), 'accept has it', exit],
    ),
    ...conditionKeys('when', job.when),
  ];
}

function conditionKeys(path: string, { working, workingDay }: Condition): Idle[] {
  const isImplied = working === true && workingDay !== null;
  return [[`${path}.working`, isImplied, 'working_day names worked days', true]];
}
