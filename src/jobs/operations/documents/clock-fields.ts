import { z } from 'zod';
import { field } from '../../../documents/fields.js';
import { type Duration, parseDuration, parseInstant } from '../../../operations/clock/instant.js';
import {
  findZone,
  parseWallTime,
  type WallTime,
  type Zone,
} from '../../../operations/clock/zone.js';

/** `HH:MM`, as minutes since midnight. */
export function wallTime() {
  const schema = { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' };
  return field('must be a wall time, HH:MM', schema, parseWallTime);
}

/** `90s`, `5m`, `2h`, as milliseconds. */
export function duration(min: Duration = 0) {
  const rule = `must be a time such as 90s, 5m or 2h${min > 0 ? ', above 0' : ''}`;
  return field(rule, { type: 'string', pattern: '^[0-9]{1,9}[smh]$' }, (text) => {
    const length = parseDuration(text);
    return length !== undefined && length >= min ? length : undefined;
  });
}

/** `2026-03-31T16:30:00Z`. */
export function instant() {
  const rule = 'must be an instant in UTC, such as 2026-03-31T16:30:00Z';
  return field(rule, { type: 'string', format: 'date-time' }, parseInstant);
}

/** An IANA time zone, kept as its name. */
export function zoneName() {
  return field('must be a time zone, such as Asia/Shanghai', { type: 'string' }, (text) =>
    findZone(text) === undefined ? undefined : text,
  );
}

/** `[opens, closes]`; over midnight where it closes before it opens. */
export function windowField() {
  const rule = 'must be two different wall times, from and to';
  return z
    .array(wallTime(), { error: rule })
    .length(2, { error: rule })
    .transform((times, context) => {
      const [opens, closes] = times as [WallTime, WallTime];
      if (opens !== closes) return { opens, closes };
      context.addIssue({ code: 'custom', message: `${rule}: it is empty` });
      return z.NEVER;
    });
}

/** The zone of a name that `zoneName` has checked. */
export function checkedZone(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined) throw new TypeError(`unchecked time zone ${name}`);
  return zone;
}
