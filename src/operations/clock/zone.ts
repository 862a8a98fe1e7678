import { dayOf } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { DAY, type Instant, MINUTE, SECOND } from './instant.js';

declare const unit: unique symbol;

/** Minutes since midnight on the wall clock, 0 to 1439. */
export type WallTime = number & { readonly [unit]?: 'wall-time' };

const WALL_TIME = /^([01][0-9]|2[0-3]):([0-5][0-9])$/;

/** `HH:MM`, 00:00 to 23:59. */
export function parseWallTime(text: string): WallTime | undefined {
  const [, hour, minute] = WALL_TIME.exec(text) ?? [];
  return hour === undefined ? undefined : 60 * Number(hour) + Number(minute);
}

/** The wall clock of a time zone. */
export interface Zone {
  /** The date that the wall shows. */
  dayAt(instant: Instant): EpochDay;
  /**
   * When the wall shows that time of that day: of two such instants the first; where the clock
   * jumps over it, the first instant after the jump.
   */
  instantOf(day: EpochDay, time: WallTime): Instant;
}

/** Those asked for: their formats are slow to make. */
const zones = new Map<string, Zone>();

/** A zone by its name in the IANA database; undefined: there is none, or it is a mere offset. */
export function findZone(name: string): Zone | undefined {
  const shown = zones.has(name) ? undefined : wallOf(name);
  if (shown !== undefined) zones.set(name, zoneOf(shown));
  return zones.get(name);
}

function zoneOf(shown: Shown): Zone {
  // A look each minute asks for the same few again and again.
  const known = new Map<number, Instant>();
  return {
    dayAt: (instant) => Math.floor(shown(instant) / DAY),
    instantOf(day, time) {
      const wall = day * DAY + time * MINUTE;
      const instant = known.get(wall) ?? instantShowing(wall, shown);
      known.set(wall, instant);
      return instant;
    },
  };
}

function instantShowing(wall: number, shown: Shown): Instant {
  const offsetAt = (instant: Instant) => shown(instant) - instant;
  // No zone changes its clock twice in two days: these are all the offsets there can be.
  const before = wall - offsetAt(wall - DAY);
  const after = wall - offsetAt(wall + DAY);
  const real = [before, after].filter((instant) => shown(instant) === wall);
  return real.length > 0 ? Math.min(...real) : endOfGap(after, before, wall, shown);
}

/** The first instant whose wall is past `wall`, which none shows; `from` is before it. */
function endOfGap(from: Instant, to: Instant, wall: number, shown: Shown): Instant {
  let before = from / SECOND;
  let after = to / SECOND;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (shown(middle * SECOND) > wall) after = middle;
    else before = middle;
  }
  return after * SECOND;
}

/** What the wall shows, as if it were the instant of a clock in UTC. */
type Shown = (instant: Instant) => number;

function wallOf(timeZone: string): Shown | undefined {
  const format = formatOf(timeZone);
  if (format === undefined) return undefined;
  return (instant) => {
    const second = Math.floor(instant / SECOND) * SECOND;
    const [month = 0, day = 0, year = 0, hours = 0, minutes = 0, seconds = 0] = format
      .format(second)
      .split(/[^0-9]+/)
      .map(Number);
    const date = dayOf(year, month, day);
    return date * DAY + ((hours * 60 + minutes) * 60 + seconds) * SECOND + (instant - second);
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z]/.test(timeZone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}
