import { createHash, hash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { CopySink, copyRows } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { damagedKey, int8At, isNextLoan } from './damage/damaged-row.js';
import { hashOfHashes } from './hash-of-hashes.js';
import { idList, SAME_LOAN } from './kept-position.js';
import {
  BIRTH_COLUMNS,
  BIRTH_FIELDS,
  BIRTH_JOINS,
  type Birth,
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

/** A loan that came without a position has the digest that it had before there were any. */
function digestOf(view: DataView, bytes: Buffer, at: number, end: number): Buffer {
  const opening = openingAt(view, at);
  if (view.getInt32(opening) > 0) return hash('sha256', bytes.subarray(at, end), 'buffer');
  const before = createHash('sha256').update(bytes.subarray(at, opening));
  return before.update(bytes.subarray(opening + 4, end)).digest();
}

/** The end of a tuple of CONTRACT_COLUMNS. */
function contractEnd(view: DataView, at: number): number {
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
    readBirth(view, at, bytes).schedule();
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
  const digest = digestOf(view, bytes, at, behind);
  if (digest.equals(kept)) return undefined;
  const loanId = int8At(view, at);
  return { loanId, expected: kept.toString('hex'), actual: digest.toString('hex') };
}

/** A contract that came into the book today. */
export interface NewContract {
  readonly bucket: number;
  readonly loanId: number;
  readonly digest: Buffer;
}

/** The loans born on the day, in loan order, and the digest of each contract. */
export async function loadBirths(
  client: pg.Client,
  scope: TaskScope,
): Promise<{ births: Birth[]; contracts: NewContract[] }> {
  const births: Birth[] = [];
  const contracts: NewContract[] = [];
  const select = `SELECT ${CONTRACT_COLUMNS} FROM event e ${BIRTH_JOINS}
    WHERE e.business_date = '${formatDay(scope.date)}' AND is_birth(e.type) AND s.version = 1
      AND e.bucket BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo}
    ORDER BY e.bucket, e.loan_id`;
  let before = -1;
  await copyRows(client, select, CONTRACT_FIELDS, (view, at, bytes, end) => {
    const number = int8At(view, at);
    if (!isNextLoan(number, before)) throw damagedKey('loan', scope.date, number, before);
    before = number;
    const birth = readBirth(view, at, bytes);
    births.push(birth);
    const { bucket, loanId } = birth;
    contracts.push({ bucket, loanId, digest: digestOf(view, bytes, at, end) });
  });
  return { births, contracts };
}

/** The contracts of loans born today or not born so far, and how many events of today bring one. */
export interface NewLoans {
  readonly contracts: readonly NewContract[];
  readonly count: number;
}

/** Keeps the digests of a task's new contracts, which later closes hold them against. */
export async function keepContracts(
  client: pg.Client,
  date: EpochDay,
  contracts: readonly NewContract[],
): Promise<void> {
  if (contracts.length === 0) return;
  const writer = new TupleWriter(contracts.length * 64);
  for (const { bucket, loanId, digest } of contracts) {
    writer.tuple(4);
    writer.int2(bucket);
    writer.int8(loanId);
    writer.date(date);
    writer.bytea(digest);
  }
  const sink = new CopySink(client, 'loan_digest', ['bucket', 'loan_id', 'born_on', 'digest']);
  await sink.write(writer.take());
  await sink.finish();
}

/** The hash of a task's new contracts, in loan order. */
export function contractsHash(contracts: readonly NewContract[]): Buffer {
  return hashOfHashes(contracts.map(({ digest }) => digest));
}

/** The contracts of loans that could not be born so far, in loan order. */
export async function loadUnborn(
  client: pg.Client,
  loanIds: readonly number[],
): Promise<NewContract[]> {
  const contracts: NewContract[] = [];
  if (loanIds.length === 0) return contracts;
  const select = `SELECT ${CONTRACT_COLUMNS} FROM ${idList(loanIds)}
      JOIN event e ON ${SAME_LOAN('e')} AND is_birth(e.type)
      ${BIRTH_JOINS}
    WHERE s.version = 1 ORDER BY e.bucket, e.loan_id`;
  await copyRows(client, select, CONTRACT_FIELDS, (view, at, bytes, end) => {
    const { bucket, loanId } = readBirth(view, at, bytes);
    contracts.push({ bucket, loanId, digest: digestOf(view, bytes, at, end) });
  });
  return contracts;
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
