import { createHash } from 'node:crypto';
import { findZone } from '../../../operations/clock/zone.js';
import type { FactSource } from '../fact-source.js';
import type { House } from '../house.js';

const HALF_DAY_MS = 12 * 3_600_000;
/** From a month back to more than a year ahead: every rule of a zone comes by. */
const LOOKS = { before: 60, after: 800 } as const;

export const ZONE_SOURCES: readonly FactSource[] = [
  {
    facts: ['zones_known'],
    async find(house) {
      const client = await house.client();
      const { rows } = await client.query<{ name: string }>(
        'SELECT name FROM pg_timezone_names WHERE name = ANY ($1)',
        [house.zones],
      );
      const known = new Set(rows.map(({ name }) => name));
      const strange = house.zones.filter(
        (zone) => findZone(zone) === undefined || !known.has(zone),
      );
      return { facts: { zones_known: strange.length === 0 }, seen: { zones_known: strange } };
    },
  },
  {
    facts: ['tz_node', 'tz_server'],
    async find(house) {
      const [node, server] = [offsetsOfNode(house), await offsetsOfServer(house)];
      return { facts: { tz_node: digest(node), tz_server: digest(server) } };
    },
  },
];

/**
 * A server tells no version of its time zone data. So both say what their clocks would show in the
 * zones in use, and the answers are compared.
 */
function digest(offsets: readonly number[]): string {
  return createHash('sha256').update(offsets.join()).digest('hex').slice(0, 8);
}

function instantsOf(house: House): number[] {
  const first = Math.floor(house.now() / HALF_DAY_MS) - LOOKS.before;
  const count = LOOKS.before + LOOKS.after;
  return Array.from({ length: count }, (_, at) => (first + at) * HALF_DAY_MS);
}

const zonesOf = ({ zones }: House) => zones.filter((zone) => findZone(zone) !== undefined);

/** Minutes ahead of UTC, zone by zone. */
function offsetsOfNode(house: House): number[] {
  return zonesOf(house).flatMap((timeZone) => {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    return instantsOf(house).map((instant) => {
      const parts = format.formatToParts(instant);
      const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
      return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    });
  });
}

async function offsetsOfServer(house: House): Promise<number[]> {
  const client = await house.client();
  const { rows } = await client.query<{ minutes: number }>(
    `SELECT (extract(epoch FROM (t AT TIME ZONE z.name) - (t AT TIME ZONE 'UTC')) / 60)::int4
       AS minutes
     FROM unnest($1::text[]) WITH ORDINALITY AS z (name, place),
       unnest($2::float8[]) WITH ORDINALITY AS i (ms, number), to_timestamp(i.ms / 1000) AS t
     ORDER BY z.place, i.number`,
    [zonesOf(house), instantsOf(house)],
  );
  return rows.map(({ minutes }) => minutes);
}
