import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { type Duration, MINUTE, SECOND } from '../../operations/clock/instant.js';
import type { WallTime } from '../../operations/clock/zone.js';
import type { Condition } from '../../operations/plan/condition.js';
import type { Job, Plan, Retry } from '../../operations/plan/plan.js';

/** The document of a plan with every default written out, its keys in the order of the page. */
export function writtenPlan(plan: Plan): Record<string, unknown> {
  return {
    plan: plan.name,
    version: plan.version,
    time_zone: plan.timeZone,
    calendar: plan.calendar,
    first_date: formatDay(plan.firstDate),
    at: wallTime(plan.at),
    after_days: plan.afterDays,
    on: condition(plan.on),
    missed: plan.missed,
    start_within: duration(plan.startWithin),
    parallel: plan.parallel,
    parameters: plan.parameters,
    jobs: plan.jobs.map(writtenJob),
    alarms: plan.alarms.map(({ on, way }) => ({ on, ...way })),
  };
}

function writtenJob(job: Job): Record<string, unknown> {
  return {
    job: job.name,
    [job.line.kind]: job.line.words,
    needs: job.needs,
    when: condition(job.when),
    always: job.always,
    files: job.files,
    files_by: orNull(job.filesBy, wallTime),
    files_missing: job.filesMissing,
    window: orNull(job.window, ({ opens, closes }) => [wallTime(opens), wallTime(closes)]),
    window_missed: job.windowMissed,
    deadline: orNull(job.deadline, wallTime),
    time_out: orNull(job.timeOut, duration),
    retry: orNull(job.retry, retry),
    accept: job.accept,
    skip: job.skip,
  };
}

function retry({ times, wait, factor, max, on }: Retry): Record<string, unknown> {
  return { times, wait: duration(wait), factor, max: duration(max), on };
}

/** What names nothing is left out. */
function condition(of: Condition): Record<string, unknown> {
  const { months, weekdays, working, monthDay, workingDay } = of;
  const keys = { months, weekdays, working, month_day: monthDay, working_day: workingDay };
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== null));
}

export function wallTime(time: WallTime): string {
  const parts = [Math.floor(time / 60), time % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** In the largest unit that holds it exactly. */
export function duration(length: Duration): string {
  const units: readonly (readonly [string, Duration])[] = [
    ['h', 60 * MINUTE],
    ['m', MINUTE],
  ];
  const [letter, unit] = units.find(([, each]) => length > 0 && length % each === 0) ?? [
    's',
    SECOND,
  ];
  return `${length / unit}${letter}`;
}

function orNull<T, R>(value: T | null, write: (value: T) => R): R | null {
  return value === null ? null : write(value);
}
