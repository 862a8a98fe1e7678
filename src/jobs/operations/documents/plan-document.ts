import { z } from 'zod';
import type { Calendar } from '../../../accounting/calendar/calendar.js';
import {
  checkedDay,
  date,
  field,
  flag,
  integer,
  listOf,
  mapping,
  oneOf,
  someOf,
  someWords,
  words,
} from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
} from '../../../documents/violations.js';
import { SECOND } from '../../../operations/clock/instant.js';
import { planFaults } from '../../../operations/plan/check-plan.js';
import type { Job, Line, Plan, PlanAtHand } from '../../../operations/plan/plan.js';
import { BOOK_TIME_ZONE } from '../../book/today.js';
import { alarmSchema, readAlarm, wayless } from './alarm-fields.js';
import { checkedZone, duration, wallTime, windowField, zoneName } from './clock-fields.js';
import { conditionSchema, readCondition } from './condition-field.js';

/** Plan and job name folders and files, so they are short enough for every file system. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const EXIT_MAX = 255;

/** A name of at most 64 letters, digits, dashes and underscores. */
function name() {
  const rule = 'must be a name of 1 to 64 letters, digits, - and _, a letter first';
  return field(rule, { type: 'string', pattern: NAME.source }, (text) =>
    NAME.test(text) ? text : undefined,
  );
}

const retrySchema = mapping({
  times: integer(1, 1000).default(5),
  wait: duration().prefault('60s'),
  factor: integer(1, 100).default(2),
  max: duration().prefault('15m'),
  on: someOf(integer(0, EXIT_MAX)).default([75]),
});

const jobSchema = mapping({
  job: name(),
  run: someWords().optional(),
  program: someWords().optional(),
  needs: listOf(name()).default([]),
  when: conditionSchema.default({}),
  always: flag().default(false),
  files: listOf(mapping({ name: words(), control: words().nullable().default(null) })).default([]),
  files_by: wallTime().nullable().default(null),
  files_missing: oneOf('fail', 'skip', 'wait').default('fail'),
  window: windowField().nullable().default(null),
  window_missed: oneOf('wait', 'fail').default('wait'),
  deadline: wallTime().nullable().default(null),
  time_out: duration(SECOND).nullable().default(null),
  retry: retrySchema.nullable().default(null),
  accept: listOf(integer(0, EXIT_MAX)).default([]),
  skip: oneOf('two_persons', 'never').default('two_persons'),
});

const planSchema = mapping({
  plan: name(),
  version: integer(1),
  time_zone: zoneName().default(BOOK_TIME_ZONE),
  calendar: words().nullable().default(null),
  first_date: date(),
  at: wallTime(),
  after_days: integer(0, 7).default(1),
  on: conditionSchema.default({}),
  missed: oneOf('all', 'latest', 'none').default('all'),
  start_within: duration().prefault('5m'),
  parallel: integer(1, 64).default(1),
  parameters: z.record(name(), words()).default({}),
  jobs: listOf(jobSchema).default([]),
  alarms: listOf(alarmSchema).default([]),
});

/** A plan of a document that was read before; throws LoanbookError `invalid_document`. */
export function planFromValue(value: unknown, source: DocumentSource): Plan {
  const document = checkShape(planSchema, value, source);
  const lineless = document.jobs.flatMap(({ run, program }, at) =>
    (run === undefined) === (program === undefined)
      ? [{ path: `jobs[${at}]`, rule: 'must have either run or program' }]
      : [],
  );
  refuseViolations(source, [...lineless, ...wayless(document.alarms)]);
  const plan: Plan = {
    name: document.plan,
    version: document.version,
    timeZone: document.time_zone,
    calendar: document.calendar,
    firstDate: checkedDay(document.first_date),
    at: document.at,
    afterDays: document.after_days,
    on: readCondition(document.on),
    missed: document.missed,
    startWithin: document.start_within,
    parallel: document.parallel,
    parameters: document.parameters,
    jobs: document.jobs.map(readJob),
    alarms: document.alarms.map(readAlarm),
  };
  refuseViolations(source, planFaults(plan));
  return plan;
}

/** The JSON Schema of a plan. */
export function planJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook plan', planSchema);
}

/** The plan with its zone, and a calendar. */
export function planAtHand(plan: Plan, calendar: Calendar): PlanAtHand {
  return { plan, zone: checkedZone(plan.timeZone), calendar };
}

function readJob(job: z.output<typeof jobSchema>): Job {
  const line: Line =
    job.run === undefined
      ? { kind: 'program', words: job.program ?? [] }
      : { kind: 'run', words: job.run };
  return {
    name: job.job,
    line,
    needs: job.needs,
    when: readCondition(job.when),
    always: job.always,
    files: job.files,
    filesBy: job.files_by,
    filesMissing: job.files_missing,
    window: job.window,
    windowMissed: job.window_missed,
    deadline: job.deadline,
    timeOut: job.time_out,
    retry: job.retry,
    accept: job.accept,
    skip: job.skip,
  };
}
