import { type BackupPlace, knownBackups } from '../../backup/known-backups.js';
import { type FactSource, NotTold } from '../fact-source.js';
import type { House } from '../house.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A machine of backups that does not answer is not waited for: the rest is told without it. */
const ANSWER_MS = 60_000;

export const BACKUP_SOURCES: readonly FactSource[] = [
  {
    facts: ['backup_hours', 'restore_days'],
    async find(house) {
      const system = await systemOf(house);
      const { backups, trials } = await knownBackups(inTime(house.backups()));
      const isOwn = (each: { readonly system: string | null }) => each.system === system;
      const taken = backups.filter(isOwn).map(({ takenAt }) => takenAt);
      const proven = trials.filter(isOwn).map(({ provenAt }) => provenAt);
      const damaged = backups.filter(({ kind }) => kind === 'damaged');
      const foreign = backups.length - damaged.length - taken.length;
      const now = house.now();
      return {
        facts: {
          backup_hours: nearest(now, taken, HOUR),
          restore_days: nearest(now, proven, DAY),
        },
        seen: {
          backup_hours: [
            ...damaged.map(({ backup }) => `damaged: ${backup}`),
            ...(foreign > 0 ? [`of another server: ${foreign}`] : []),
          ],
        },
      };
    },
  },
];

function inTime({ store, stanza }: BackupPlace): BackupPlace {
  if (stanza === undefined) return { store };
  const signal = AbortSignal.any([stanza.signal, AbortSignal.timeout(ANSWER_MS)]);
  return { store, stanza: { ...stanza, signal } };
}

/** PostgreSQL's number of the book's cluster: books may keep their backups in one folder. */
async function systemOf(house: House): Promise<string> {
  const client = await house.client();
  const { rows } = await client.query<{ system: string }>(
    'SELECT system_identifier::text AS system FROM pg_control_system(), book',
  );
  if (rows[0] === undefined) throw new NotTold('There is no loan book in the database.');
  return rows[0].system;
}

/**
 * How long ago the last of these was, to a tenth, never rounded to less; null: there is none. One
 * that a wrong clock dated ahead counts by how far ahead it is, and hides none that is nearer.
 */
function nearest(now: number, times: readonly (string | null)[], unit: number): number | null {
  const lengths = times.map((time) => Math.abs(now - Date.parse(time ?? '')) / unit);
  const known = lengths.filter((length) => Number.isFinite(length));
  return known.length === 0 ? null : Math.ceil(Math.min(...known) * 10) / 10;
}
