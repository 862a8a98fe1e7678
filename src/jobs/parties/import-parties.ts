import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { isSessionLost } from '../../db/outage.js';
import { readSql } from '../../db/sql-file.js';
import { LoanbookError } from '../../errors.js';
import { keptName } from '../../files/mask.js';
import { RejectFile } from '../../files/rejects/reject-file.js';
import { type RejectOptions, rejectPath } from '../../files/rejects/reject-place.js';
import { writeAudit } from '../approvals/audit.js';
import { messageOf, SHOWN_REJECTS, type ShownReject } from '../import/rejects/import-rejects.js';
import {
  type NamedOptions,
  rejectsCommand,
  tooManyRejects,
} from '../import/rejects/next-of-rejects.js';
import type { ProvedBy, SenderSays } from '../import/source/file-proof.js';
import { requireContent } from '../import/source/require-content.js';
import type { RowProblem } from '../import/source/source-columns.js';
import type { SourceFile } from '../import/source/source-file.js';
import { barrier } from '../runs/barrier.js';
import { isLost } from '../runs/lease.js';
import type { Waits } from '../runs/waiting.js';
import { type RunUnderWay, withRun } from '../runs/with-run.js';
import { sealerOf } from './book-keys.js';
import type { KeySource } from './key-source.js';
import { maskReject } from './mask-reject.js';
import { readRecord } from './party-record.js';
import { openPartyFile, type PartyRow, partyRows } from './party-rows.js';
import type { PartySealer } from './party-sealer.js';
import {
  type GoodRow,
  lateRejects,
  makeStage,
  requireLivingKeys,
  stageParties,
} from './stage-parties.js';

export interface PartyImportOptions extends RejectOptions {
  /** The content that was seen before: the file is refused if it has another one. */
  readonly sha256?: string;
  readonly keys: KeySource;
  /** Path or name of a layout. */
  readonly layout?: string;
  readonly says?: SenderSays;
  /** Above it nothing goes in; 0 when left out. */
  readonly maxRejects?: number;
  /** What else the command names that reads its file, for the command of the reject file. */
  readonly named?: NamedOptions;
  readonly dryRun?: boolean;
  readonly waits?: Waits;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

export interface PartyImportOutcome {
  readonly file: string;
  readonly sha256: string;
  readonly provedBy: ProvedBy;
  /** Null where the book is as it was: a dry run, or nothing new. */
  readonly importId: number | null;
  readonly rowsRead: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** By the rule that they broke. */
  readonly rejectedByRule: Readonly<Record<string, number>>;
  readonly rejectFile: string | null;
  /** The command that imports the reject file once it is corrected; left out without one. */
  readonly next?: string;
  /** The first of them, with masked values. */
  readonly rejects: readonly ShownParty[];
  readonly dryRun: boolean;
  readonly outcome: 'imported' | 'unchanged';
}

/** A rejected row as it is shown: the value is masked. */
export type ShownParty = Omit<ShownReject, 'loan'>;

const PHASES = ['stage', 'store'];
/** Rows that are looked up, sealed and staged together. */
const BATCH_ROWS = 5000;
/** Rows from which on the tables get fresh statistics. */
const ANALYZED_ROWS_MIN = 1000;

/**
 * Imports a file of parties in one transaction, in constant memory, as a run of its content: a
 * number that the book does not have is added, one whose record is another gets a new version, and
 * the same again changes nothing. The good rows go in and the others to the reject file, unless
 * there are more of them than `maxRejects`. Throws LoanbookError `too_many_rejects` (4), what
 * `requireKeys` and `openPartyFile` throw, and `import_is_running`, `run_lost` (75).
 */
export async function importParties(
  client: pg.Client,
  options: PartyImportOptions,
): Promise<PartyImportOutcome> {
  const sealer = await sealerOf(client, options.keys);
  const source = await openPartyFile(options);
  requireContent(source.content, options.sha256);
  const path = await rejectPath(options, source.content.sha256, options.layout);
  const rejects = new RejectFile(path, source.rejectLines, options.place);
  const key = `${options.dryRun ? 'dry run of ' : ''}parties/${source.content.sha256}`;
  const job = { job: 'import', key, phases: PHASES } as const;
  let isBegun = false;
  try {
    return await withRun(client, job, options.waits, async (run) => {
      isBegun = true;
      return takeFile(client, new PartyFile(client, sealer, source, rejects), options, run);
    });
  } catch (error) {
    if (!isBegun) await rejects.abandon();
    throw error;
  }
}

/** One attempt; the reject file is there when it has ended, or gone. */
async function takeFile(
  client: pg.Client,
  file: PartyFile,
  options: PartyImportOptions,
  run: RunUnderWay,
): Promise<PartyImportOutcome> {
  let end: 'close' | 'abandon' | 'remove' = 'remove';
  try {
    const outcome = await inTransaction(client, () => takeRows(client, file, options, run));
    end = 'close';
    const written = outcome.added + outcome.changed;
    if (outcome.importId !== null && written >= ANALYZED_ROWS_MIN) {
      await client.query('SELECT analyze_parties()');
    }
    return outcome;
  } catch (error) {
    if (error instanceof LoanbookError && error.code === 'too_many_rejects') end = 'close';
    else if (isLost(error) || run.lost.aborted || isSessionLost(error)) end = 'abandon';
    throw error;
  } finally {
    await file.rejects[end]();
  }
}

async function takeRows(
  client: pg.Client,
  file: PartyFile,
  options: PartyImportOptions,
  run: RunUnderWay,
): Promise<PartyImportOutcome> {
  const { onProgress, maxRejects = 0, dryRun = false } = options;
  const { content } = file.source;
  const signal = run.orLost(options.signal);
  await run.lock(client);
  await run.holdOpenDay(client);
  run.phase('stage');
  const { rows: rowsRead, provedBy } = await file.stage(signal, (bytes) =>
    onProgress?.(bytes, content.bytes),
  );
  await barrier('import.stage');
  const rejected = file.rejects.count;
  const { layout, named } = options;
  const next = rejectsCommand('party import', file.rejects.path, { layout, ...named });
  if (rejected > maxRejects) {
    const found = { file: content.path, rows: rowsRead, rejects: file.rejects, shown: file.shown };
    throw tooManyRejects({ ...found, maxRejects, command: next });
  }
  signal.throwIfAborted();
  const counts = await stagedCounts(client);
  const isNothing = counts.added + counts.changed === 0;
  const outcome = {
    ...{ file: content.path, sha256: content.sha256, provedBy, rowsRead, ...counts, rejected },
    rejectedByRule: file.rejects.byRule,
    rejectFile: rejected > 0 ? file.rejects.path : null,
    ...(rejected > 0 ? { next } : {}),
    rejects: file.shown,
    dryRun,
    outcome: isNothing ? ('unchanged' as const) : ('imported' as const),
  };
  if (dryRun || isNothing) return { ...outcome, importId: null };
  await run.fence(client);
  run.phase('store');
  const importId = await recordImport(client, outcome);
  await client.query(readSql(import.meta.url, 'parties-keys'), [importId]);
  await requireLivingKeys(client);
  await client.query(readSql(import.meta.url, 'parties-records'), [importId]);
  await barrier('import.store');
  await run.finish(client, { read: rowsRead, written: counts.added + counts.changed });
  await writeAudit(client, {
    action: 'party import',
    subject: importId,
    after: { sha256: content.sha256, rowsRead, ...counts, rejected },
  });
  await barrier('import.end');
  return { ...outcome, importId };
}

/** A file on its way into the temporary table, with what is rejected of it. */
class PartyFile {
  readonly source: SourceFile;
  readonly rejects: RejectFile;
  readonly shown: ShownParty[] = [];
  readonly #client: pg.Client;
  readonly #sealer: PartySealer;

  constructor(client: pg.Client, sealer: PartySealer, source: SourceFile, rejects: RejectFile) {
    this.#client = client;
    this.#sealer = sealer;
    this.source = source;
    this.rejects = rejects;
  }

  /** Reads, checks, seals and stages all rows; how many there are, and what proves the file. */
  async stage(signal: AbortSignal, onBytes: (bytes: number) => void) {
    await makeStage(this.#client);
    const rows = partyRows(this.source, signal);
    let waiting: GoodRow[] = [];
    for (;;) {
      const { done, value } = await rows.next();
      if (done) {
        if (waiting.length > 0) await stageParties(this.#client, this.#sealer, waiting);
        await this.#rejectLate(signal);
        return value;
      }
      for (const row of value.rows) {
        const record = row.problem ?? readRecord(row.fields);
        if ('rule' in record) await this.#reject(record, row);
        else waiting.push({ row, record });
      }
      onBytes(value.bytesRead);
      if (waiting.length < BATCH_ROWS) continue;
      await stageParties(this.#client, this.#sealer, waiting);
      waiting = [];
    }
  }

  async #reject(problem: RowProblem, { line, raw }: PartyRow): Promise<void> {
    const { columns } = this.source;
    const { field, rule, value } = problem;
    const reject = { line, field: columns.nameOf(field), rule, value };
    if (this.shown.length < SHOWN_REJECTS) {
      this.shown.push({
        ...reject,
        value: maskReject(field, rule, value),
        message: messageOf(rule),
      });
    }
    await this.rejects.add(reject, raw, line);
  }

  /** Rows of parties that an earlier row is of, or that were erased; only their lines are kept. */
  async #rejectLate(signal: AbortSignal): Promise<void> {
    const late = await lateRejects(this.#client);
    if (late.size === 0) return;
    // They are read from the file once more.
    for await (const { rows } of partyRows(this.source, signal)) {
      for (const row of rows) {
        const problem = late.get(row.line);
        if (problem !== undefined) await this.#reject(problem, row);
      }
    }
  }
}

async function stagedCounts(
  client: pg.Client,
): Promise<Pick<PartyImportOutcome, 'added' | 'changed' | 'unchanged'>> {
  const { rows } = await client.query<{ added: number; changed: number; unchanged: number }>(
    `SELECT count(*) FILTER (WHERE version = 1) AS added,
       count(*) FILTER (WHERE version > 1) AS changed,
       count(*) FILTER (WHERE version = 0) AS unchanged
     FROM stage_party`,
  );
  return rows[0]!;
}

/** The lock of imports is held, so the numbers follow one another. */
async function recordImport(
  client: pg.Client,
  outcome: Omit<PartyImportOutcome, 'importId'>,
): Promise<number> {
  const { file, sha256, rowsRead, added, changed, unchanged, rejected } = outcome;
  const { rows } = await client.query<{ id: number }>(readSql(import.meta.url, 'parties-import'), [
    keptName(file),
    sha256,
    rowsRead,
    added,
    changed,
    unchanged,
    rejected,
  ]);
  return rows[0]!.id;
}
