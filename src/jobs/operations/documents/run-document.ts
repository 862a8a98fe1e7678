import { z } from 'zod';
import {
  checkedDay,
  date,
  integer,
  listOf,
  mapping,
  oneOf,
  words,
} from '../../../documents/fields.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import { MINUTE, SECOND } from '../../../operations/clock/instant.js';
import { dueOf } from '../../../operations/plan/due.js';
import type { Plan } from '../../../operations/plan/plan.js';
import {
  ACTS,
  type RunScene,
  type SimulatedAct,
} from '../../../operations/simulate/simulate-run.js';
import { instant } from './clock-fields.js';
import { planAtHand, planFromValue } from './plan-document.js';
import { calendarOf } from './schedule-document.js';

const actSchema = mapping({
  at: instant(),
  do: oneOf(...ACTS),
  job: words().optional(),
  by: words().optional(),
  checker: words().optional(),
  reason: z.string({ error: 'must be text' }).optional(),
});
type ActDocument = z.output<typeof actSchema>;

const outcomeSchema = mapping({
  exit: integer(0, 255).default(0),
  seconds: integer(0, 31_622_400).default(60),
});

const runDocument = mapping({
  kind: oneOf('plan').optional(),
  plan: z.unknown(),
  calendar: z.unknown().optional(),
  date: date(),
  start: instant(),
  outcomes: z.record(z.string(), listOf(outcomeSchema)).default({}),
  files: listOf(mapping({ name: words(), ready_at: instant() })).default([]),
  acts: listOf(actSchema).default([]),
  until: instant(),
});
type RunDocument = z.output<typeof runDocument>;

/** The keys that an act has beside its time: `!` marks one that is required. */
const ACT_KEYS: Readonly<Record<ActDocument['do'], readonly string[]>> = {
  hold: ['job', 'by', 'reason'],
  release: ['job', 'by'],
  skip: ['job!', 'by!', 'checker', 'reason'],
  resume: ['by'],
  stop: ['by'],
  kill: [],
};

/** What one instance of a plan is simulated with; throws LoanbookError `invalid_document`. */
export function readRun(value: unknown, source: DocumentSource): RunScene {
  const document = checkShape(runDocument, value, source);
  const plan = planFromValue(document.plan, { ...source, path: 'plan' });
  const hand = planAtHand(plan, calendarOf(document.calendar, source));
  const day = checkedDay(document.date);
  const violations = [...jobless(plan, document), ...idleActs(plan, document)];
  if (day < plan.firstDate) {
    violations.push({ path: 'date', rule: 'must not be before first_date', value: document.date });
  }
  if (document.start < dueOf(hand, day)) {
    violations.push({ path: 'start', rule: 'must not be before the due time' });
  }
  refuseViolations(source, violations);
  return {
    hand,
    date: day,
    start: document.start,
    outcomeOf(step, attempt) {
      const outcomes = document.outcomes[plan.jobs[step]?.name ?? ''] ?? [];
      const { exit, seconds } = outcomes[attempt] ?? { exit: 0, seconds: MINUTE / SECOND };
      return { exit, length: seconds * SECOND };
    },
    files: new Map(document.files.map(({ name, ready_at }) => [name, ready_at] as const)),
    acts: document.acts.map((act) => readAct(plan, act)),
    until: document.until,
  };
}

function jobless(plan: Plan, { outcomes }: RunDocument): Violation[] {
  const rule = 'is no job of the plan';
  const unknown = Object.keys(outcomes).filter((name) => indexOf(plan, name) === -1);
  const empty = plan.jobs.length === 0 ? [{ path: 'plan.jobs', rule: 'must have a job' }] : [];
  return [...empty, ...unknown.map((name) => ({ path: `outcomes.${name}`, rule }))];
}

function idleActs(plan: Plan, { acts, start }: RunDocument): Violation[] {
  return acts.flatMap((act, k) => {
    const path = `acts[${k}]`;
    const keys = ACT_KEYS[act.do];
    const violations: Violation[] = [];
    for (const key of ['job', 'by', 'checker', 'reason'] as const) {
      const value = act[key];
      const isKey = keys.includes(key) || keys.includes(`${key}!`);
      if (value === undefined && keys.includes(`${key}!`)) {
        violations.push({ path: `${path}.${key}`, rule: 'is required' });
      } else if (value !== undefined && !isKey) {
        violations.push({ path: `${path}.${key}`, rule: `is no key of ${act.do}`, value });
      }
    }
    if (act.job !== undefined && indexOf(plan, act.job) === -1) {
      violations.push({ path: `${path}.job`, rule: 'is no job of the plan', value: act.job });
    }
    if (act.at < start) violations.push({ path: `${path}.at`, rule: 'must not be before start' });
    return violations;
  });
}

function readAct(plan: Plan, { job, ...act }: ActDocument): SimulatedAct {
  return { ...act, step: job === undefined ? null : indexOf(plan, job) };
}

function indexOf(plan: Plan, name: string): number {
  return plan.jobs.findIndex((job) => job.name === name);
}
