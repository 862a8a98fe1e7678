import { join, resolve } from 'node:path';
import type pg from 'pg';
import { Calendar } from '../../accounting/calendar/calendar.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { OUT_MARK } from '../../files/out-folder.js';
import type { FileRule } from '../../operations/files/file-row.js';
import { writeAudit } from '../approvals/audit.js';
import { loadCalendar } from '../book/load-book.js';
import { noBook } from '../book/open-day.js';
import { type ApplyOutcome, storedDocument, valueOfStored } from '../book/stored-document.js';
import {
  filesFromValue,
  type NamedFolders,
  parseFilesDocument,
} from './documents/files-document.js';
import { makeFolder } from './folder.js';
import { takeFilesLock } from './register.js';

/** Absolute paths. */
export interface Folders {
  readonly inbox: string;
  readonly work: string;
  readonly outbox: string | null;
}

export interface FilesInForce {
  readonly version: number;
  readonly folders: Folders;
  readonly rules: readonly FileRule[];
}

export interface AppliedFiles extends Folders {
  readonly version: number;
  readonly rules: number;
  readonly outcome: ApplyOutcome;
}

/**
 * Puts a document of folders and inbox rules in force, and makes the folders that are not there.
 * `home`: the folder of the book. Throws LoanbookError `invalid_document`, `no_book`,
 * `files_version_exists`, `files_version_gap` (2), and `folder_unusable` as `makeFolder` does.
 */
export async function applyFiles(
  client: pg.Client,
  text: string,
  source: string,
  { home, by }: { readonly home: string; readonly by: string },
): Promise<AppliedFiles> {
  const { document, version, folders, rules } = parseFilesDocument(
    text,
    source,
    await calendarOfBook(client),
  );
  const stored = storedDocument(document);
  return inTransaction(client, async () => {
    await takeFilesLock(client, 'transaction');
    const { rows } = await client.query<{ version: number; sha256: string }>(
      'SELECT version, sha256 FROM files_version ORDER BY version DESC',
    );
    const standing = rows.find((row) => row.version === version);
    const next = (rows[0]?.version ?? 0) + 1;
    if (standing !== undefined && standing.sha256 !== stored.sha256) {
      throw refused('files_version_exists', 'The version was applied with other content.', next, {
        source,
        version,
      });
    }
    if (standing === undefined && version !== next) {
      throw refused('files_version_gap', 'Versions follow one another.', next, {
        source,
        version,
        expected: next,
      });
    }
    const placed = placedIn(folders, home);
    const outcome = standing === undefined ? 'applied' : 'unchanged';
    if (standing === undefined) {
      await client.query(
        'INSERT INTO files_version (version, document, sha256, applied_by) VALUES ($1, $2, $3, $4)',
        [version, stored.document, stored.sha256, by],
      );
      const after = { sha256: stored.sha256 };
      await writeAudit(client, { action: 'files apply', subject: version, after });
    }
    await makeFolders(placed);
    return { version, ...placed, rules: rules.length, outcome };
  });
}

/** Folders and rules in force. Throws LoanbookError `no_files_document` (2), `document_changed`. */
export async function loadFiles(client: pg.Client, home: string): Promise<FilesInForce> {
  const inForce = await filesInForce(client, home);
  if (inForce !== undefined) return inForce;
  throw new LoanbookError('no_files_document', 'The book has no inbox yet.', {
    exitCode: EXIT.usage,
    next: 'Name its folders and rules: `loanbook files apply FILES.yaml` (docs/inbox.md).',
  });
}

/** As `loadFiles`; undefined: the book has no inbox yet. */
export async function filesInForce(
  client: pg.Client,
  home: string,
): Promise<FilesInForce | undefined> {
  const { rows } = await client.query<{ version: number; document: string; sha256: string }>(
    'SELECT version, document, sha256 FROM files_version ORDER BY version DESC LIMIT 1',
  );
  if (rows[0] === undefined) return undefined;
  const name = `files ${rows[0].version}`;
  const value = valueOfStored('files_version', name, rows[0]);
  const checked = filesFromValue(value, { name }, await calendarOfBook(client));
  const { version, folders, rules } = checked;
  return { version, folders: placedIn(folders, home), rules };
}

async function makeFolders({ inbox, work, outbox }: Folders): Promise<void> {
  await makeFolder('inbox', inbox);
  await makeFolder('work', work);
  if (outbox !== null) await makeFolder('outbox', outbox, OUT_MARK);
}

function placedIn({ inbox, work, outbox }: NamedFolders, home: string): Folders {
  const placed = (folder: string) => resolve(join(home), folder);
  return {
    inbox: placed(inbox),
    work: placed(work),
    outbox: outbox === null ? null : placed(outbox),
  };
}

async function calendarOfBook(client: pg.Client): Promise<Calendar> {
  const { rows } = await client.query<{ calendar: string }>('SELECT calendar FROM book');
  if (rows[0] === undefined) throw noBook();
  if (rows[0].calendar === 'none') return Calendar.everyDayWorks;
  const days = await loadCalendar(client);
  return days === null ? Calendar.everyDayWorks : new Calendar(days);
}

function refused(code: string, message: string, next: number, evidence: Record<string, unknown>) {
  return new LoanbookError(code, message, {
    exitCode: EXIT.usage,
    evidence: evidence as Record<string, string | number>,
    next: `Give the document the version ${next}: one that was applied never changes.`,
  });
}
