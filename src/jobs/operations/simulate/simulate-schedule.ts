import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatInstant } from '../../../operations/clock/instant.js';
import { simulateHosts } from '../../../operations/simulate/simulate-schedule.js';
import { refusedDocument } from '../../simulate/simulator.js';
import { readSchedule } from '../documents/schedule-document.js';

/**
 * Which instances of a plan the schedulers of some hosts begin, and when. Throws LoanbookError
 * `invalid_document`, or `calendar_year_not_loaded` where a condition asks for another year.
 */
export function simulateSchedule(input: unknown, sourceName = 'input'): object {
  const scene = readSchedule(input, { name: sourceName });
  try {
    const { instances, alarms } = simulateHosts(scene);
    const counts: Record<string, number> = {};
    for (const { state } of instances) counts[state] = (counts[state] ?? 0) + 1;
    return {
      instances: instances.map(({ date, due, state, starts, ended }) => ({
        date: formatDay(date),
        due: formatInstant(due),
        state,
        starts: starts.map(({ host, at }) => ({ host, at: formatInstant(at) })),
        ended: state === 'running' || ended === null ? null : formatInstant(ended),
      })),
      alarms: alarms.map(({ at, date, kind }) => ({
        at: formatInstant(at),
        date: formatDay(date),
        kind,
      })),
      counts,
    };
  } catch (error) {
    throw refusedDocument(error, sourceName);
  }
}
