import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { maskText } from '../../files/mask.js';
import { formatInstant } from '../../operations/clock/instant.js';
import { loadFiles } from '../files/files-in-force.js';
import { instantNow, keptFiles } from '../files/register.js';
import { missingOf } from '../files/scan-inbox.js';

/** A file of a business date, as the register has it. */
export interface FileOfDay {
  /** Code of its rule; null: none fits. */
  readonly rule: string | null;
  /** Null: it is missing. */
  readonly name: string | null;
  /** As `files list` has it, or `missing`. */
  readonly state: string;
  readonly reason: string | null;
  readonly isLate: boolean;
  /** Since when it is in this state, or when it was due, ISO 8601, UTC. */
  readonly since: string;
}

/**
 * The files of a business date, those first that are due by now and of which none has come. Nothing
 * is expected where no rules are in force. Throws what the rules ask of the calendar (2).
 */
export async function filesOfDay(client: pg.Client, day: EpochDay): Promise<FileOfDay[]> {
  const kept = await keptFiles(client, 'f.business_date = $1', [formatDay(day)]);
  const files = kept.map(({ file, name, state, reason, isLate, since }) => ({
    ...{ rule: file, name: maskText(name), state, reason, isLate },
    since: formatInstant(since),
  }));
  const { rows } = await client.query<{ has: boolean }>(
    'SELECT EXISTS (SELECT FROM files_version) AS has',
  );
  if (!rows[0]!.has) return files;
  const { rules } = await loadFiles(client, '');
  const scan = { at: await instantNow(client), openDate: day };
  const missing = missingOf(rules, kept, scan).map(({ file, by }) => ({
    ...{ rule: file, name: null, state: 'missing', reason: null, isLate: true },
    since: formatInstant(by),
  }));
  return [...missing, ...files];
}

/** Codes of the rules of which a file is missing. */
export function missingRules(files: readonly FileOfDay[]): string[] {
  const missing = files.filter(({ state }) => state === 'missing');
  return missing.flatMap(({ rule }) => rule ?? []);
}
