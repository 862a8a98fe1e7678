import { hash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { copyRows } from '../../db/copy/copy-stream.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { int8At } from './damage/damaged-row.js';
import { idList, SAME_LOAN } from './kept-position.js';
import {
  BIRTH_COLUMNS,
  BIRTH_FIELDS,
  BIRTH_JOINS,
  openingAt,
  readBirth,
  type TaskScope,
} from './task-input.js';

/**
 * What a contract has beside BIRTH_COLUMNS: with them it is every column of the loan, of its first
 * schedule, of the event that brought it into the book and of the position it came with. Its digest
 * is over this tuple.
 */
const REST_COLUMNS = `s.effective_on, l.first_due_on IS NULL, l.product_id, l.import_id, l.loan_no,
  l.org, l.rate, e.ref, e.buyer, e.value_date, e.business_date, e.amount, e.import_id, e.component,
  e.seq, e.due_on, e.early_payment, e.rate_ppb, e.of_event_id`;
const REST_FIELDS = 19;

export const CONTRACT_COLUMNS = `${BIRTH_COLUMNS}, ${REST_COLUMNS}`;
export const CONTRACT_FIELDS = BIRTH_FIELDS + REST_FIELDS;

/** What a loan that has not come into the book yet has in the place of its digest. */
const NOT_YET = 1;

/**
 * What is selected to hold a contract against the digest that was kept of it: behind
 * CONTRACT_COLUMNS, which event `e` has brought in, beside JOIN_DIGEST. A loan that is born today,
 * or could not be born so far and is held, has none.
 */
export function keptDigest(today: EpochDay): string {
  return `CASE WHEN d.digest IS NOT NULL THEN d.digest
    WHEN e.business_date >= '${formatDay(today)}' OR EXISTS (SELECT FROM held_loan h
      WHERE h.business_date = DATE '${formatDay(today)}' - 1 AND h.bucket = e.bucket
        AND h.loan_id = e.loan_id) THEN '\\x00'::bytea
    ELSE ''::bytea END`;
}
export const JOIN_DIGEST = `LEFT JOIN loan_digest d
  ON d.bucket = e.bucket AND d.loan_id = e.loan_id`;

/** Where the bytes of a contract without a position are put together. */
let joined = Buffer.alloc(1 << 12);

/**
 * SHA-256 of a tuple of CONTRACT_COLUMNS, a character a byte. A loan that came without a position
 * has the digest that it had before there were any.
 */
export function contractDigest(view: DataView, bytes: Buffer, at: number, end: number): string {
  const opening = openingAt(view, at);
  if (view.getInt32(opening) > 0) return hash('sha256', bytes.subarray(at, end), 'binary');
  const size = end - at - 4;
  if (size > joined.length) joined = Buffer.alloc(2 * size);
  bytes.copy(joined, 0, at, opening);
  bytes.copy(joined, opening - at, opening + 4, end);
  // In one call: a hash object for each loan takes more time than its contract does.
  return hash('sha256', joined.subarray(0, size), 'binary');
}

/** The end of a tuple of CONTRACT_COLUMNS. */
export function contractEnd(view: DataView, at: number): number {
  let end = at;
  for (let field = 0; field < CONTRACT_FIELDS; field += 1) end += 4 + view.getInt32(end);
  return end;
}

/** A contract that is not as it was when it came into the book. */
export interface ChangedContract {
  readonly loanId: number;
  /** Digests, hex; expected: empty where none was kept. */
  readonly expected: string;
  readonly actual: string;
}

/** The same for a close: of what cannot be read nothing is said, since it holds the loan. */
export function readableChange(
  view: DataView,
  at: number,
  bytes: Buffer,
): ChangedContract | undefined {
  const changed = changedContract(view, at, bytes);
  if (changed === undefined) return undefined;
  try {
    readBirth(view, at).schedule();
    return changed;
  } catch (error) {
    if (error instanceof InvariantError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Holds a tuple of CONTRACT_COLUMNS and `keptDigest` against the latter. */
export function changedContract(
  view: DataView,
  at: number,
  bytes: Buffer,
): ChangedContract | undefined {
  const behind = contractEnd(view, at);
  const length = view.getInt32(behind);
  if (length === NOT_YET) return undefined;
  const kept = bytes.subarray(behind + 4, behind + 4 + length);
  const digest = contractDigest(view, bytes, at, behind);
  if (kept.toString('latin1') === digest) return undefined;
  const loanId = int8At(view, at);
  const actual = Buffer.from(digest, 'latin1').toString('hex');
  return { loanId, expected: kept.toString('hex'), actual };
}

/** The digests of the contracts of loans that could not be born so far, by loan number. */
export async function loadUnborn(
  client: pg.Client,
  loanIds: readonly number[],
): Promise<Map<number, string>> {
  const digests = new Map<number, string>();
  if (loanIds.length === 0) return digests;
  const select = `SELECT ${CONTRACT_COLUMNS} FROM ${idList(loanIds)}
      JOIN event e ON ${SAME_LOAN('e')} AND is_birth(e.type)
      ${BIRTH_JOINS}
    WHERE s.version = 1`;
  await copyRows(client, select, CONTRACT_FIELDS, (view, at, bytes, end) => {
    digests.set(int8At(view, at), contractDigest(view, bytes, at, end));
  });
  return digests;
}

/**
 * Holds the contracts of the given loans against their digests: what the close reads of them is
 * what was there when they came into the book. Throws LoanbookError `contract_changed` (3).
 */
export async function requireIntactContracts(
  client: pg.Client,
  { date }: TaskScope,
  loanIds: readonly number[],
): Promise<void> {
  if (loanIds.length === 0) return;
  const select = `SELECT ${CONTRACT_COLUMNS}, ${keptDigest(date)} FROM ${idList(loanIds)}
      JOIN event e ON ${SAME_LOAN('e')} AND is_birth(e.type)
      ${BIRTH_JOINS}
      ${JOIN_DIGEST}
    WHERE s.version = 1`;
  let changed: ChangedContract | undefined;
  await copyRows(client, select, CONTRACT_FIELDS + 1, (view, at, bytes) => {
    changed ??= readableChange(view, at, bytes);
  });
  if (changed !== undefined) throw await contractChanged(client, changed);
}

/** The error of a close that has read a changed contract. */
export async function contractChanged(
  client: pg.Client,
  { loanId, expected, actual }: ChangedContract,
): Promise<LoanbookError> {
  const { rows } = await client.query<{ loan_no: string; born_on: string }>(
    'SELECT loan_no, born_on FROM loan WHERE bucket = ($1::bigint >> 32) AND loan_id = $1',
    [loanId],
  );
  const { loan_no: loan = '', born_on: day = '' } = rows[0] ?? {};
  return new LoanbookError('contract_changed', `The contract of loan ${loan} was changed.`, {
    exitCode: EXIT.difference,
    evidence: { table: 'loan, schedule, event or opening_position', loan, day, expected, actual },
    next: '`loanbook check chain` shows everything that is not as it was sealed.',
  });
}
