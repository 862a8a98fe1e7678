import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { isSessionLost } from '../../db/outage.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { FileContent } from '../../files/file-content.js';
import { keptName } from '../../files/mask.js';
import { type RejectOptions, rejectPath } from '../../files/rejects/reject-place.js';
import { writeAudit } from '../approvals/audit.js';
import { dayIsBeingClosed, noBook, type OpenDay } from '../book/open-day.js';
import { boundsOn, loadBounds } from '../book/policy-bounds.js';
import { todayOfBook } from '../book/today.js';
import { barrier } from '../runs/barrier.js';
import { isLost } from '../runs/lease.js';
import type { Waits } from '../runs/waiting.js';
import { type RunUnderWay, withRun } from '../runs/with-run.js';
import { type ImportOutcome, outcomeOfThen } from './import-outcome.js';
import { recordImport, requireNew, reserveEvents } from './import-record.js';
import { ImportRejects } from './rejects/import-rejects.js';
import { type NamedOptions, rejectsCommand, tooManyRejects } from './rejects/next-of-rejects.js';
import type { ImportKind } from './row-intake.js';
import type { SenderSays } from './source/file-proof.js';
import { requireContent } from './source/require-content.js';
import { openSource } from './source/source-file.js';
import type { ImportFile } from './stage-file.js';

/** Rows from which on the close is planned with fresh statistics. */
const ANALYZED_ROWS_MIN = 1000;

export interface ImportOptions extends RejectOptions {
  /** The content that was seen before: the file is refused if it has another one. */
  readonly sha256?: string;
  /** Path of a column mapping document. */
  readonly mapping?: string;
  /** Path or name of a layout, in the place of a mapping. */
  readonly layout?: string;
  /** What its sender says of the file. */
  readonly says?: SenderSays;
  /** Above it nothing goes in; 0 when left out. */
  readonly maxRejects?: number;
  /** Take a file whose content was imported before. */
  readonly again?: boolean;
  /** What else the command names that reads its files, for the command of the reject file. */
  readonly named?: NamedOptions;
  /** Check everything and write the reject file, but let nothing in. */
  readonly dryRun?: boolean;
  /** The clock's day where another one than today is meant. */
  readonly today?: EpochDay;
  readonly waits?: Waits;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

const PHASES = ['stage', 'store'];

/**
 * Imports one file in one transaction, in constant memory, as a run of its content. The good rows
 * go in and the others to the reject file, unless there are more of them than `maxRejects`. Waits
 * for other imports, and for the close of the day that it enters. Throws LoanbookError
 * `too_many_rejects` (exit 4), `already_imported`, `day_is_being_closed`, `import_is_running` and
 * `run_lost` (75), `no_book`, and the errors of the file as a whole: `file_missing`,
 * `file_unreadable`, `file_empty`, `wrong_header`, `wrong_charset`, `file_truncated`,
 * `file_total_differs`, `bad_trailer`, `csv_malformed`, and those of its control file.
 */
export async function importFile(
  client: pg.Client,
  kind: ImportKind,
  options: ImportOptions,
): Promise<ImportOutcome> {
  let file = await openFile(client, kind, options);
  const { sha256 } = file.content;
  const key = `${options.dryRun ? 'dry run of ' : ''}${kind.kind}/${sha256}`;
  const job = { job: 'import', key, phases: PHASES } as const;
  let isBegun = false;
  const take = async (run: RunUnderWay): Promise<ImportOutcome> =>
    run.besideClose(client, async () => {
      if (isBegun) file = await openFile(client, kind, options);
      isBegun = true;
      return takeFile(client, kind, file, options, run);
    });
  try {
    return await withRun(client, job, options.waits, take);
  } catch (error) {
    if (!isBegun) await file.rejects.abandon();
    throw error;
  }
}

/** One attempt; the reject file is there when it has ended, or gone. */
async function takeFile(
  client: pg.Client,
  kind: ImportKind,
  file: ImportFile,
  options: ImportOptions,
  run: RunUnderWay,
): Promise<ImportOutcome> {
  let isDone = false;
  let isAnothers = false;
  // What another process may go on with stays where it is.
  let isOver = true;
  try {
    const { isAnalyzed, ...outcome } = await inTransaction(client, () =>
      runImport(client, kind, file, options, run),
    );
    isAnothers = outcome.doneBefore === true;
    isDone = !isAnothers;
    if (isDone && !isAnalyzed && outcome.rowsTaken >= ANALYZED_ROWS_MIN) {
      if (outcome.importId !== null) await client.query(`SELECT ${kind.analyze}()`);
    }
    return outcome;
  } catch (error) {
    isDone = error instanceof LoanbookError && error.code === 'too_many_rejects';
    isAnothers = isLost(error) || run.lost.aborted || isSessionLost(error);
    isOver = error instanceof LoanbookError && error.exitCode !== EXIT.interrupted && !isAnothers;
    throw error;
  } finally {
    if (isOver) await kind.clear?.(client).catch(() => undefined);
    if (isDone) await file.rejects.close();
    else if (isAnothers) await file.rejects.abandon();
    else await file.rejects.remove();
  }
}

async function openFile(
  client: pg.Client,
  kind: ImportKind,
  options: ImportOptions,
): Promise<ImportFile> {
  const { signal, onProgress } = options;
  const { minorDigits } = await currencyOfBook(client);
  const source = await openSource(kind.kind, kind.columns, { ...options, minorDigits });
  requireContent(source.content, options.sha256);
  const { mapping, layout, place } = options;
  const path = await rejectPath(options, source.content.sha256, mapping, layout);
  const rejects = new ImportRejects(path, source, place);
  return { ...source, rejects, signal, onProgress };
}

async function runImport(
  client: pg.Client,
  kind: ImportKind,
  opened: ImportFile,
  options: ImportOptions,
  run: RunUnderWay,
): Promise<ImportOutcome & { readonly isAnalyzed?: true }> {
  const { content } = opened;
  const signal = run.orLost(opened.signal);
  await run.lock(client);
  const openDay = await run.holdOpenDay(client);
  // What has to wait for the close anyway is not read to its end first.
  const check = (intake: { readonly entersOpenDay: boolean }) =>
    requireDayNotClosing(openDay, intake, content);
  const file = { ...opened, signal, ...(options.waits?.waitMs ? { check } : {}) };
  const before = await requireNew(client, kind.kind, content, {
    again: options.again === true,
    isDelta: kind.isDelta === true,
    secondSha256: kind.secondSha256 ?? null,
  });
  const { minorDigits, currency } = await currencyOfBook(client);
  if (before.doneBefore !== undefined) {
    return outcomeOfThen(kind.kind, content, before.doneBefore, minorDigits);
  }
  const boundsThen = boundsOn(await loadBounds(client));
  const today = options.today ?? todayOfBook();
  const scene = {
    ...{ client, openDay: openDay.date, minorDigits, currency, today },
    boundsOn: boundsThen,
  };
  await client.query(`SET LOCAL work_mem = '256MB'`);
  run.phase('stage');
  const staged = await kind.stage(scene, file, run);
  await barrier('import.stage');
  const rowsRejected = file.rejects.count;
  const { mapping, layout, named, maxRejects = 0 } = options;
  const words = `import ${kind.kind}${kind.isDelta === true ? ' --delta' : ''}`;
  const { rejects } = file;
  const next = rejectsCommand(words, rejects.path, { mapping, layout, ...named });
  if (rowsRejected > maxRejects) {
    const found = { file: content.path, rows: staged.rowsRead, rejects, shown: rejects.shown };
    throw tooManyRejects({ ...found, maxRejects, command: next });
  }
  requireDayNotClosing(openDay, staged, content);
  signal.throwIfAborted();
  const counts = { rowsRead: staged.rowsRead, rowsTaken: staged.rows, rowsRejected };
  const outcome = {
    kind: kind.kind,
    file: content.path,
    sha256: content.sha256,
    provedBy: staged.provedBy,
    ...counts,
    amount: staged.amount,
    minorDigits,
    ...(rowsRejected > 0 ? { rejectedByRule: rejects.byRule, rejects: rejects.shown, next } : {}),
    rejectFile: rowsRejected > 0 ? rejects.path : null,
    dryRun: options.dryRun === true,
    ...staged.outcome,
  };
  // A file without rows leaves no trace: those of two quiet days have the same content.
  if (options.dryRun === true || staged.rowsRead === 0) return { ...outcome, importId: null };
  await run.fence(client);
  run.phase('store');
  const importId = await recordImport(client, {
    ...outcome,
    name: keptName(content.path),
    again: before.again,
  });
  const firstEventId = await reserveEvents(client, staged.events);
  const isAnalyzed = await staged.store(importId, firstEventId);
  await barrier('import.store');
  await run.finish(client, { read: staged.rowsRead, written: staged.rows });
  await writeAudit(client, {
    action: `import ${kind.kind}`,
    subject: importId,
    after: {
      sha256: content.sha256,
      ...counts,
      amount: String(staged.amount),
      ...staged.outcome?.delta,
    },
  });
  await barrier('import.end');
  return { ...outcome, importId, ...(isAnalyzed ? ({ isAnalyzed } as const) : {}) };
}

export async function currencyOfBook(
  client: pg.Client,
): Promise<{ minorDigits: number; currency: string }> {
  const { rows } = await client.query<{ minorDigits: number; currency: string }>(
    'SELECT minor_digits AS "minorDigits", currency FROM book',
  );
  if (rows[0] === undefined) throw noBook();
  return rows[0];
}

function requireDayNotClosing(
  openDay: OpenDay,
  staged: { readonly entersOpenDay: boolean },
  content: FileContent,
): void {
  if (!openDay.isBeingClosed || !staged.entersOpenDay) return;
  throw dayIsBeingClosed(formatDay(openDay.date), content.path);
}
