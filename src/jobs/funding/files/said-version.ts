import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { placesInName } from '../../../files/layout/file-places.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { type FileOfDay, takenOfDay } from './file-register.js';
import type { OpenFile } from './open-file.js';

/**
 * Holds a partner's file to those of its day that were taken: under a version that was taken no
 * other content comes, and none behind a later one. A layout whose names say no version takes every
 * other content as the next. Throws LoanbookError `version_changed`, `version_behind` (1).
 */
export async function requireNextVersion(
  client: pg.Client,
  { content, layout }: OpenFile,
  of: FileOfDay,
): Promise<void> {
  const name = content.path.split('/').at(-1) ?? '';
  const said = versionIn(layout, name);
  if (said === undefined) return;
  const evidence = {
    ...{ file: content.path, partner: of.partner, family: of.family, day: formatDay(of.day) },
    version: said,
  };
  for (const taken of await takenOfDay(client, of)) {
    const version = versionIn(layout, taken.name) ?? 0;
    if (version === said && taken.sha256 !== content.sha256) {
      throw new LoanbookError('version_changed', 'The version was taken with other content.', {
        exitCode: EXIT.failed,
        evidence: { ...evidence, expected: taken.sha256, actual: content.sha256 },
        next: 'Nothing was taken. A correction is the next version: ask for it.',
      });
    }
    if (version > said) {
      throw new LoanbookError('version_behind', 'A later version has been taken already.', {
        exitCode: EXIT.failed,
        evidence: { ...evidence, taken: version },
        next: 'Nothing was taken, and nothing is to be done: the later one rules.',
      });
    }
  }
}

function versionIn(layout: LayoutDocument, name: string): number | undefined {
  const version = placesInName(layout, name)?.version ?? '';
  return /^[0-9]{1,9}$/.test(version) ? Number(version) : undefined;
}
