import { type BackupPlace, clusterOf, knownBackups } from '../../backup/known-backups.js';
import { type FactSource, NotTold } from '../fact-source.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A machine of backups that does not answer is not waited for: the rest is told without it. */
const ANSWER_MS = 60_000;

export const BACKUP_SOURCES: readonly FactSource[] = [
  {
    facts: ['backup_hours', 'restore_days'],
    async find(house) {
      const system = await clusterOf(await house.client());
      if (system === undefined) throw new NotTold('There is no loan book in the database.');
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

/**
 * How long ago the last of these was, to a tenth, never rounded to less; null: there is none. One
 * that a wrong clock dated ahead counts by how far ahead it is, and hides none that is nearer.
 */
function nearest(now: number, times: readonly (string | null)[], unit: number): number | null {
  const lengths = times.map((time) => Math.abs(now - Date.parse(time ?? '')) / unit);
  const known = lengths.filter((length) => Number.isFinite(length));
  return known.length === 0 ? null : Math.ceil(Math.min(...known) * 10) / 10;
}
