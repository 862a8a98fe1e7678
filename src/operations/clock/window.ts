import type { Instant } from './instant.js';
import type { WallTime, Zone } from './zone.js';

/** Open each day from one wall time to another; over midnight where it closes before it opens. */
export interface Window {
  readonly opens: WallTime;
  readonly closes: WallTime;
}

/** One opening: what is from `opens` on and before `closes`. */
export interface Opening {
  readonly opens: Instant;
  readonly closes: Instant;
}

/** The first wall time of the kind at or after an instant. */
export function timeFrom(zone: Zone, time: WallTime, from: Instant): Instant {
  let day = zone.dayAt(from) - 1;
  while (zone.instantOf(day, time) < from) day += 1;
  return zone.instantOf(day, time);
}

/** The first opening that closes after an instant; a day whose gap leaves it empty has none. */
export function openingAfter(zone: Zone, window: Window, instant: Instant): Opening {
  const over = window.closes < window.opens ? 1 : 0;
  for (let day = zone.dayAt(instant) - 1 - over; ; day += 1) {
    const closes = zone.instantOf(day + over, window.closes);
    if (closes <= instant) continue;
    const opens = zone.instantOf(day, window.opens);
    if (opens < closes) return { opens, closes };
  }
}

/** When what is ready at an instant may start: at once if the window is open. */
export function startIn(zone: Zone, window: Window, ready: Instant): Instant {
  return Math.max(ready, openingAfter(zone, window, ready).opens);
}
