import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import { findZone, type WallTime } from '../../../src/operations/clock/zone.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FROM = Date.UTC(2026, 0, 1) / DAY_MS;
const TO = Date.UTC(2027, 11, 31) / DAY_MS;

/** `2026-03-29 03:00`, as the wall shows it: such texts sort as what they mean. */
function wallText(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (instant) => format.format(instant);
}

/** The days of two years on which the zone changes its clock, at noon of the day after at last. */
function changes(timeZone: string): number[] {
  const shown = wallText(timeZone);
  const days = Array.from({ length: TO - FROM }, (_, at) => FROM + at);
  const noon = (day: number) => shown(day * DAY_MS + DAY_MS / 2).slice(-5);
  return days.filter((day) => noon(day) !== noon(day + 1));
}

/**
 * Where the instants of some wall times on the days around each change of the clock, and on
 * `others` more, are not those of a scan of minutes, or do not rise from day to day.
 */
export function differencesFromScan(
  timeZone: string,
  times: readonly WallTime[],
  others: number,
): string[] {
  const apart = Math.floor((TO - FROM) / (others + 1));
  const spread = Array.from({ length: others }, (_, at) => FROM + (at + 1) * apart);
  return [...changes(timeZone), ...spread].flatMap((day) => scanned(timeZone, times, day));
}

function scanned(timeZone: string, times: readonly WallTime[], around: number): string[] {
  const zone = findZone(timeZone);
  if (zone === undefined) return [`${timeZone} is not known`];
  const wanted = [around - 1, around, around + 1, around + 2].flatMap((day) =>
    times.map((time) => ({ day, time, text: textOf(day, time), at: zone.instantOf(day, time) })),
  );
  wanted.sort((a, b) => (a.text < b.text ? -1 : 1));
  const shown = wallText(timeZone);
  const differences: string[] = [];
  let next = 0;
  const end = (around + 4) * DAY_MS;
  for (let now = (around - 2) * DAY_MS; now < end; now += MINUTE_MS) {
    const wall = shown(now);
    for (; next < wanted.length && wanted[next]!.text <= wall; next += 1) {
      const { text, at } = wanted[next]!;
      if (at !== now) differences.push(`${timeZone} ${text}: ${at}, by the scan ${now}`);
    }
  }
  if (next < wanted.length) differences.push(`${timeZone}: not reached ${wanted[next]!.text}`);
  for (const { day, time, at } of wanted) {
    const after = wanted.find((other) => other.day === day + 1 && other.time === time);
    if (after !== undefined && after.at <= at) differences.push(`${timeZone}: ${day} twice`);
  }
  return differences;
}

function textOf(day: number, time: WallTime): string {
  const [hour, minute] = [Math.floor(time / 60), time % 60];
  return `${formatDay(day)} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
