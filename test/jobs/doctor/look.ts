import { backupPlaceOf } from '../../../src/commands/backup/backup-store.js';
import {
  type Examination,
  examineHouse,
  type HouseFinding,
} from '../../../src/jobs/doctor/examine-house.js';
import type { HousePlace } from '../../../src/jobs/doctor/house.js';

/** What is found in a house of two workers, by a clock that says what is given. */
export function look(
  place: Pick<HousePlace, 'env' | 'bookFolder'> & Partial<HousePlace> & { readonly at?: string },
): Promise<Examination> {
  const { at, ...given } = place;
  const instant = Date.parse(at ?? '2026-03-28T20:00:00+08:00');
  return examineHouse({
    backups: () => backupPlaceOf({ ...place, signal: new AbortController().signal }),
    keys: { file: `${place.bookFolder}/keys` },
    node: '20.19.0',
    now: () => instant,
    workers: 2,
    zones: ['Asia/Shanghai'],
    ...given,
  });
}

export function findingOf({ findings }: Examination, check: string): HouseFinding {
  const found = findings.find((finding) => finding.check === check);
  if (found === undefined) throw new Error(`there is no check ${check}`);
  return found;
}

/** `check status`, and what there was to see. */
export function told(examination: Examination, check: string): string {
  const { status, seen } = findingOf(examination, check);
  return [`${check} ${status}`, ...seen].join(': ');
}
