import { z } from 'zod';
import { Calendar } from '../../../accounting/calendar/calendar.js';
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
import { type Duration, type Instant, MINUTE, SECOND } from '../../../operations/clock/instant.js';
import type { Process, ScheduleScene } from '../../../operations/simulate/simulate-schedule.js';
import { calendarFromValue } from '../../book/documents/calendar-document.js';
import { duration, instant } from './clock-fields.js';
import { planAtHand, planFromValue } from './plan-document.js';

const span = listOf(instant()).length(2, { error: 'must be two instants, from and to' });
const minutes = () => integer(1, 527_040);

const scheduleDocument = mapping({
  kind: oneOf('schedule').optional(),
  plan: z.unknown(),
  calendar: z.unknown().optional(),
  hosts: listOf(mapping({ host: words(), up: listOf(span) })),
  lease: duration(SECOND).default(60 * SECOND),
  minutes: minutes().default(1),
  long: z.record(z.string(), minutes()).default({}),
  fails: z.record(z.string(), instant()).default({}),
  until: instant(),
});
type ScheduleDocument = z.output<typeof scheduleDocument>;

/** What a scheduler is simulated with; throws LoanbookError `invalid_document`. */
export function readSchedule(value: unknown, source: DocumentSource): ScheduleScene {
  const document = checkShape(scheduleDocument, value, source);
  const plan = planFromValue(document.plan, { ...source, path: 'plan' });
  const violations: Violation[] = [];
  const processes = readProcesses(document, violations);
  const long = byDate<Duration>(document.long, 'long', violations);
  const fails = byDate<Instant>(document.fails, 'fails', violations);
  for (const [day, at] of Object.entries(document.fails)) {
    const isUp = processes.some(({ from, to }) => from <= at && at < to);
    if (!isUp) violations.push({ path: `fails.${day}`, rule: 'no host is up then' });
  }
  refuseViolations(source, violations);
  return {
    hand: planAtHand(plan, calendarOf(document.calendar, source)),
    processes,
    lease: document.lease,
    lengthOf: (day) => (long.get(day) ?? document.minutes) * MINUTE,
    fails,
    until: document.until,
  };
}

/** The calendar that a simulation names; without one every day is worked. */
export function calendarOf(value: unknown, { name }: DocumentSource): Calendar {
  if (value === undefined || value === null) return Calendar.everyDayWorks;
  return calendarFromValue(value, { name, path: 'calendar' }).calendar;
}

function readProcesses({ hosts }: ScheduleDocument, violations: Violation[]): Process[] {
  return hosts.flatMap(({ host, up }, at) => {
    if (hosts.findIndex((other) => other.host === host) < at) {
      violations.push({ path: `hosts[${at}].host`, rule: 'is named twice', value: host });
    }
    return up.map(([from = 0, to = 0], k) => {
      const before = up[k - 1]?.[1] ?? from;
      if (from >= to || from < before) {
        const rule = 'must end after it begins, and begin when the one before it has ended';
        violations.push({ path: `hosts[${at}].up[${k}]`, rule });
      }
      return { host, process: k, from, to };
    });
  });
}

function byDate<T>(
  values: Readonly<Record<string, T>>,
  key: string,
  violations: Violation[],
): Map<number, T> {
  const day = date();
  const entries = Object.entries(values).filter(([text]) => {
    const isDate = day.safeParse(text).success;
    if (!isDate) violations.push({ path: key, rule: 'must name dates, YYYY-MM-DD', value: text });
    return isDate;
  });
  return new Map(entries.map(([text, value]) => [checkedDay(text), value]));
}
