import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LoanbookError } from '../../errors.js';

/** What a server writes anew at its start: the folder is kept, and nothing of what is in it. */
const EMPTIED = new Set([
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots'],
  ...['pg_stat_tmp', 'pg_subtrans'],
]);
/** Of the running server alone, at the top of its data. */
const OF_THE_PROCESS = new Set([
  ...['postmaster.pid', 'postmaster.opts', 'current_logfiles', 'postgresql.auto.conf.tmp'],
  ...['backup_label', 'backup_label.old', 'tablespace_map', 'tablespace_map.old'],
]);
/** Temporary files and relations, and a cache that a server makes anew. */
const PASSING = /^(pgsql_tmp.*|pg_internal\.init.*|t\d+_\d+(_[a-z]+)?(\.\d+)?)$/;

export const CONTROL_FILE = 'global/pg_control';

export interface DataFiles {
  readonly folders: readonly string[];
  /** The control file last: it has to be as late as what it speaks of. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/**
 * What a base backup has of a data folder, without its WAL (documentation: Making a Base Backup
 * Using the Low Level API). Throws LoanbookError `data_folder_link`.
 */
export function dataFiles(dataFolder: string): DataFiles {
  const folders: string[] = [];
  const files: string[] = [];
  let bytes = 0;
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(dataFolder, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) throw isLink(join(dataFolder, path));
      if (entry.isDirectory()) {
        if (PASSING.test(entry.name)) continue;
        folders.push(path);
        if (!EMPTIED.has(path)) walk(path);
        continue;
      }
      const isLeftOut =
        PASSING.test(entry.name) || (folder === '' && OF_THE_PROCESS.has(entry.name));
      if (!entry.isFile() || isLeftOut || path === CONTROL_FILE) continue;
      files.push(path);
      bytes += statSync(join(dataFolder, path), { throwIfNoEntry: false })?.size ?? 0;
    }
  };
  walk('');
  return { folders, files: [...files, CONTROL_FILE], bytes };
}

function isLink(link: string): LoanbookError {
  return new LoanbookError('data_folder_link', 'The server’s data lie in more than one place.', {
    evidence: { link, rule: 'no symbolic link in the data folder' },
    next: 'Move what it leads to here, or back the server up with tools of its own.',
  });
}
