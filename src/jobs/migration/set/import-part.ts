import type pg from 'pg';
import type { RejectPlace } from '../../../files/rejects/reject-place.js';
import { importBalances } from '../../import/balances/import-balances.js';
import { importEvents } from '../../import/import-events.js';
import { importLoans } from '../../import/import-loans.js';
import type { DeltaOutcome, ImportOutcome } from '../../import/import-outcome.js';
import { importRepayments } from '../../import/import-repayments.js';
import type { NamedOptions } from '../../import/rejects/next-of-rejects.js';
import type { SenderSays } from '../../import/source/file-proof.js';
import { importParties } from '../../parties/import-parties.js';
import type { KeySource } from '../../parties/key-source.js';
import type { Waits } from '../../runs/waiting.js';
import { PART_FORMS } from './file-kinds.js';
import type { SetFile, SetPart } from './file-set.js';

export interface ImportPartOptions {
  readonly keys: KeySource;
  /** Of each file; 0 when left out. */
  readonly maxRejects?: number;
  /** Where files of rejected rows lie; beside theirs when left out. */
  readonly place?: RejectPlace;
  /** What the commands that are printed are given beside the file. */
  readonly named?: NamedOptions;
  readonly waits?: Waits;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/** What an import says of its file, whatever the kind. */
export interface PartOutcome {
  /** Null where the book is as it was. */
  readonly importId: number | null;
  readonly read: number;
  readonly taken: number;
  readonly rejected: number;
  readonly rejectedByRule: Readonly<Record<string, number>>;
  /** Minor units; null where its rows have no amount. */
  readonly amount: bigint | null;
  readonly rejectFile: string | null;
  /** The command that imports that file; null: there is none. */
  readonly next: string | null;
  /** Loans that took a schedule, or instalments, of the second file. */
  readonly secondTaken: number | null;
  /** Null: it was no delta. */
  readonly delta: DeltaOutcome | null;
}

/**
 * Imports one file of a set, which must be to the byte what the manifest says. Throws as the
 * imports do, and `file_hash_differs`.
 */
export async function importPart(
  client: pg.Client,
  file: SetFile,
  options: ImportPartOptions,
): Promise<PartOutcome> {
  const { main, second, isDelta: delta } = file;
  const { keys, ...others } = options;
  const own = { ...others, file: main.path, layout: main.layout, says: saysOf(main) };
  if (file.kind === 'customers') {
    const {
      importId,
      rowsRead,
      rejected,
      rejectedByRule = {},
      rejectFile,
      next = null,
    } = await importParties(client, { ...own, keys });
    const counts = { read: rowsRead, taken: rowsRead - rejected, rejected, rejectedByRule };
    const none = { amount: null, secondTaken: null, delta: null };
    return { importId, ...counts, rejectFile, next, ...none };
  }
  const says = second === null ? undefined : saysOf(second);
  if (file.kind === 'loans') {
    const { path: schedules, layout: schedulesLayout } = second ?? {};
    const more = { delta, schedules, schedulesLayout, schedulesSays: says };
    return outcomeOf(await importLoans(client, { ...own, ...more }));
  }
  if (file.kind === 'balances') {
    const { path: installments, layout: installmentsLayout } = second ?? {};
    const more = { delta, installments, installmentsLayout, installmentsSays: says };
    return outcomeOf(await importBalances(client, { ...own, ...more }));
  }
  const importer = file.kind === 'events' ? importEvents : importRepayments;
  return outcomeOf(await importer(client, own));
}

function saysOf({ kind, rows, totals, sha256 }: SetPart): SenderSays {
  const [main = ''] = PART_FORMS[kind].amounts;
  return { rows, total: totals[main], sha256 };
}

function outcomeOf(outcome: ImportOutcome): PartOutcome {
  const { importId, rowsRead, rowsTaken, rowsRejected, rejectFile, schedules } = outcome;
  return {
    ...{ importId, rejectFile, next: outcome.next ?? null },
    ...{ read: rowsRead, taken: rowsTaken, rejected: rowsRejected },
    rejectedByRule: outcome.rejectedByRule ?? {},
    amount: BigInt(outcome.amount),
    secondTaken: schedules?.taken ?? null,
    delta: outcome.delta ?? null,
  };
}
