import { Refusal } from '../../accounting/money/refusal.js';
import type { Instant } from '../clock/instant.js';
import { type FileRow, hasLeft } from './file-row.js';

/**
 * The register once the file was taken into work. Throws Refusal `not_ready`: nothing else may be
 * taken.
 */
export function takeFile(rows: readonly FileRow[], name: string, at: Instant): FileRow[] {
  const isIt = (row: FileRow) => row.name === name && row.state === 'ready';
  return changed(rows, isIt, 'not_ready', { state: 'taken', since: at });
}

/** What became of a file that was taken, by its content. Throws Refusal `not_taken`. */
export function endFile(
  rows: readonly FileRow[],
  sha256: string,
  end: { readonly state: 'done' | 'rejected'; readonly at: Instant },
): FileRow[] {
  const isIt = (row: FileRow) => row.sha256 === sha256 && row.state === 'taken';
  return changed(rows, isIt, 'not_taken', { state: end.state, since: end.at });
}

/**
 * Lets the content that is held out of quarantine: the next scan judges it anew, by all but the
 * reasons to hold it. Throws Refusal `not_quarantined`. That two persons want it is the caller's
 * business.
 */
export function releaseFile(rows: readonly FileRow[], name: string): FileRow[] {
  const isIt = (row: FileRow) =>
    row.name === name && row.state === 'quarantined' && row.sha256 !== null;
  const content = rows.find(isIt)?.sha256 ?? null;
  return changed(rows, isIt, 'not_quarantined', { releasedSha256: content });
}

/** Those that left the folder come first, as after a scan. */
function changed(
  rows: readonly FileRow[],
  isIt: (row: FileRow) => boolean,
  rule: string,
  change: Partial<FileRow>,
): FileRow[] {
  const at = rows.findIndex(isIt);
  if (at < 0) throw new Refusal(rule, `no file is to be had so: ${rule}`);
  const next = rows.map((row, k) => (k === at ? { ...row, ...change } : row));
  return [...next.filter(hasLeft), ...next.filter((row) => !hasLeft(row))];
}
