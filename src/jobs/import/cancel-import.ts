import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { inTransaction, sqlStateOf } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { dayIsBeingClosed, holdOpenDay, type OpenDay } from '../book/open-day.js';
import { takeJobLock } from '../runs/lock-order.js';
import { Patience } from '../runs/waiting.js';
import type { ImportKindName } from './row-intake.js';

export interface CancelledImport {
  readonly importId: number;
  readonly kind: ImportKindName;
  readonly name: string;
  readonly loans: number;
  readonly events: number;
  /** Of a delta: rows that it had replaced, which do not come back. */
  readonly notReturned?: number;
  readonly dryRun: boolean;
  /** `unchanged`: it had been taken back before, for the same reason. */
  readonly outcome: 'cancelled' | 'unchanged';
}

interface Cancel {
  readonly importId: number;
  readonly reason: string;
  readonly dryRun?: boolean;
}

/**
 * Takes an import back whose loans and events no close has folded: they leave the book, the row of
 * the import stays, marked. What a delta had replaced does not come back. All or nothing; once more
 * for the same reason it does nothing. Throws LoanbookError `reason_missing`, `unknown_import`,
 * `import_cancelled` (2), `import_in_use` (1), `day_is_being_closed` and `import_is_running` (75).
 */
export async function cancelImport(
  client: pg.Client,
  { importId, ...how }: Cancel,
): Promise<CancelledImport> {
  const [cancelled] = await cancelImports(client, { ...how, importIds: [importId] });
  return cancelled!;
}

/** Takes several back, in this order, all of them or none. Throws as `cancelImport` does. */
export async function cancelImports(
  client: pg.Client,
  cancel: Omit<Cancel, 'importId'> & { readonly importIds: readonly number[] },
): Promise<CancelledImport[]> {
  const { importIds, dryRun = false } = cancel;
  const reason = cancel.reason.trim();
  if (reason === '') {
    throw new LoanbookError('reason_missing', 'A cancelled import needs a reason.', {
      exitCode: EXIT.usage,
      next: 'Say why with --reason; it is kept in the audit table.',
    });
  }
  const dropped = new DryRun();
  const cancelled: CancelledImport[] = [];
  let at = importIds[0];
  try {
    await inTransaction(client, async () => {
      await takeJobLock(client, 'import', new Patience());
      const openDay = await holdOpenDay(client);
      for (const importId of importIds) {
        at = importId;
        cancelled.push({ ...(await takeBack(client, importId, reason, openDay)), dryRun });
      }
      if (dryRun) throw dropped;
    });
  } catch (error) {
    if (sqlStateOf(error) === 'LB005') throw dayIsBeingClosed('a day', `import cancel ${at}`);
    if (error !== dropped) throw error;
  }
  return cancelled;
}

async function takeBack(
  client: pg.Client,
  importId: number,
  reason: string,
  openDay: OpenDay,
): Promise<Omit<CancelledImport, 'dryRun'>> {
  const { doneBefore, ...standing } = await requireStanding(client, importId, reason);
  if (doneBefore) return { importId, ...standing, loans: 0, events: 0, outcome: 'unchanged' };
  if (openDay.isBeingClosed) {
    throw dayIsBeingClosed(formatDay(openDay.date), `import cancel ${importId}`);
  }
  await requireUnused(client, importId, formatDay(openDay.date));
  const { rows } = await client.query<{ loans: number; events: number }>(
    'SELECT loans, events FROM cancel_import($1, $2)',
    [importId, reason],
  );
  return { importId, ...standing, ...rows[0]!, outcome: 'cancelled' };
}

/** Ends the transaction of a dry run without its effects. */
class DryRun extends Error {}

interface Standing extends Pick<CancelledImport, 'kind' | 'name' | 'notReturned'> {
  readonly doneBefore: boolean;
}

async function requireStanding(
  client: pg.Client,
  importId: number,
  reason: string,
): Promise<Standing> {
  const { rows } = await client.query<{
    kind: ImportKindName;
    name: string;
    replaced: number | null;
    cancelled_at: string | null;
    reason: string;
  }>(
    `SELECT kind, name, cancel_reason AS reason, rows_replaced AS replaced,
       to_char(cancelled_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS cancelled_at
     FROM imported_file WHERE import_id = $1`,
    [importId],
  );
  const found = rows[0];
  if (found === undefined) {
    throw new LoanbookError('unknown_import', 'There is no import of this number.', {
      exitCode: EXIT.usage,
      evidence: { import: importId },
      next: '`loanbook import list` shows all of them.',
    });
  }
  const { kind, name, replaced } = found;
  const of = { kind, name, ...(replaced === null ? {} : { notReturned: replaced }) };
  if (found.cancelled_at === null) return { ...of, doneBefore: false };
  if (found.reason === reason) return { ...of, doneBefore: true };
  throw new LoanbookError('import_cancelled', 'This import was cancelled before.', {
    exitCode: EXIT.usage,
    evidence: {
      import: importId,
      file: found.name,
      cancelledAt: found.cancelled_at,
      reason: found.reason,
    },
    next: '`loanbook import list` shows what stands.',
  });
}

const IN_USE = {
  folded: ['A close has folded what the import brought.', 'day', 'Correct it by events.'],
  needed: [
    'A later import stands on what this one brought.',
    'laterImport',
    'Cancel the later import first.',
  ],
  reconciled: [
    'A reconciliation has named what the import brought.',
    'break',
    'Correct it by events.',
  ],
  answered: [
    'The import is what a payment channel answered: its orders would stay as they are.',
    'file',
    'Take what corrects it by `loanbook payment result`, such as its returns.',
  ],
  guaranteed: [
    'A guarantor has answered or was paid by what the import brought.',
    'act',
    'Correct it by events.',
  ],
  refunded: [
    'The import is what a merchant gave back: its refunds would stay as they are.',
    'refund',
    'Correct it by events.',
  ],
} as const;

async function requireUnused(client: pg.Client, importId: number, openDay: string): Promise<void> {
  const { rows } = await client.query<{
    what: keyof typeof IN_USE;
    loan_no: string;
    detail: string;
  }>('SELECT what, loan_no, detail FROM import_in_use($1)', [importId]);
  const found = rows[0];
  if (found === undefined) return;
  const [message, key, next] = IN_USE[found.what];
  throw new LoanbookError('import_in_use', message, {
    exitCode: EXIT.failed,
    evidence: { import: importId, loan: found.loan_no, [key]: found.detail, openDay },
    next,
  });
}
