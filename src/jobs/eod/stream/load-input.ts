import type pg from 'pg';
import { changesThePast } from '../../../accounting/backdating/dated-event.js';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { readInt8 } from '../../../db/copy/copy-tuple.js';
import type { Book } from '../../book/book.js';
import { Births, loadBirths, type NewLoan } from '../../day/births.js';
import { loadUnborn, requireIntactContracts } from '../../day/contract.js';
import { dayTable } from '../../day/day-table.js';
import { type EventQueue, loadEvents, mayNeedFile } from '../../day/event-queue.js';
import type { FoldBuffers } from '../../day/fold-buffers.js';
import { type AssignedLoans, loadAssigned } from '../../day/joint/assigned-loans.js';
import { loadLastRows } from '../../day/kept-position.js';
import { DeepLoans, loadDeepLoans } from '../../day/loan-past.js';
import {
  type HeldLoan,
  loadHeld,
  loadNextInstallments,
  NextInstallments,
  type TaskScope,
} from '../../day/task-input.js';
import type { LeftLoan } from './left-loan.js';

/** What a task has loaded before its stream starts. */
export interface TaskInput {
  readonly assigned: AssignedLoans;
  readonly events: EventQueue;
  readonly next: NextInstallments;
  /** Loans born today and loans whose birth is being held. */
  readonly births: Births;
  /** Yesterday's held loans by number. */
  readonly held: ReadonlyMap<number, HeldLoan>;
  /** Loans whose events of today may need more than the position, by number. */
  readonly deep: DeepLoans;
}

/**
 * Loads what a task needs before its stream starts, into empty buffers; `first`: there is no
 * yesterday.
 */
export async function loadInput(
  read: pg.Client,
  book: Book,
  task: TaskScope,
  first: boolean,
  buffers: FoldBuffers,
): Promise<TaskInput> {
  const events = await loadEvents(read, task, buffers.events);
  await loadBirths(read, task, buffers.births);
  const buckets = { from: task.bucketFrom, to: task.bucketTo };
  const assigned = await loadAssigned(read, book, buckets);
  if (first) {
    return {
      assigned,
      events,
      next: new NextInstallments(buffers.nextInstallments),
      births: new Births(buffers.births),
      held: new Map(),
      deep: emptyDeep(buffers),
    };
  }
  const next = await loadNextInstallments(read, task, buffers.nextInstallments);
  const held = await loadHeld(read, task);
  await requireIntactContracts(read, task, [...held.keys()]);
  const births = new Births(buffers.births, await unbornLoans(read, held));
  const deep = await loadDeep(read, book, task, events, emptyDeep(buffers));
  return { assigned, events, next, births, held, deep };
}

/** Loans that have never been folded, in loan order. */
async function unbornLoans(
  read: pg.Client,
  held: ReadonlyMap<number, HeldLoan>,
): Promise<NewLoan[]> {
  const unborn = [...held.values()].filter(({ hasPosition }) => !hasPosition);
  const digests = await loadUnborn(
    read,
    unborn.map(({ birth }) => birth.loanId),
  );
  return unborn.map(({ birth }) => ({ birth, digest: () => digests.get(birth.loanId) }));
}

function emptyDeep({ contracts, pastEvents }: FoldBuffers): DeepLoans {
  return new DeepLoans(contracts, pastEvents);
}

/** Loans with an event that may look up a schedule or change the past; mostly few. */
async function loadDeep(
  read: pg.Client,
  book: Book,
  task: TaskScope,
  events: EventQueue,
  deep: DeepLoans,
): Promise<DeepLoans> {
  const products = [...book.products.values()];
  const mayPayAhead = products.some((terms) => terms.allocation.earlyPayment !== 'hold');
  const wanted = events.loansWith((event) => mayNeedFile(event, mayPayAhead));
  const recalculating = await loansThatRecalculate(read, book, task);
  const loanIds = [...new Set([...wanted, ...recalculating])];
  if (loanIds.length === 0) return deep;
  return loadDeepLoans(read, task, loanIds, events.loansWith(changesThePast), deep);
}

/** Loans whose interest follows their payments: every close may lay their schedule again. */
async function loansThatRecalculate(
  read: pg.Client,
  book: Book,
  task: TaskScope,
): Promise<number[]> {
  const groups = [...book.groups.entries()].filter(
    ([, { productId }]) => book.products.get(productId)?.interest.recalculation !== null,
  );
  if (groups.length === 0) return [];
  const { rows } = await read.query<{ loan_id: number }>(
    `SELECT loan_id FROM ${dayTable('position', task.date - 1)}
     WHERE bucket BETWEEN $1 AND $2 AND group_id = ANY($3) ORDER BY bucket, loan_id`,
    [task.bucketFrom, task.bucketTo, groups.map(([groupId]) => groupId)],
  );
  return rows.map(({ loan_id: loanId }) => loanId);
}

/**
 * The task's loans that have events today and no row of yesterday, though they have earlier ones.
 * Asked only once the stream has passed such a loan: most tasks have none, and a look at every loan
 * with an event would cost each of them.
 */
export async function loadLeftLoans(
  client: pg.Client,
  scope: TaskScope,
  input: TaskInput,
): Promise<Map<number, LeftLoan>> {
  const { events, births, deep } = input;
  const absent = (await loansWithoutRow(client, scope, events.nextLoanId)).filter(
    (loanId) => !births.has(loanId),
  );
  const plain = absent.filter((loanId) => !deep.has(loanId));
  const contracts = plain.length === 0 ? deep : await loadDeepLoans(client, scope, plain, []);
  const bornOn = new Map<number, EpochDay>();
  for (const loanId of absent) {
    const day = deep.bornOn(loanId) ?? contracts.bornOn(loanId);
    if (day !== undefined) bornOn.set(loanId, day);
  }
  const left = new Map<number, LeftLoan>();
  for (const [loanId, last] of await loadLastRows(client, bornOn, scope.date)) {
    left.set(loanId, { last, loan: () => (deep.get(loanId) ?? contracts.get(loanId))! });
  }
  return left;
}

async function loansWithoutRow(
  client: pg.Client,
  scope: TaskScope,
  fromLoan: number,
): Promise<number[]> {
  const found: number[] = [];
  const buckets = `BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo}`;
  const select = `SELECT DISTINCT e.loan_id FROM event e
    WHERE e.business_date = '${formatDay(scope.date)}' AND e.bucket ${buckets}
      AND NOT is_birth(e.type) AND e.loan_id >= ${fromLoan} AND NOT EXISTS (
        SELECT FROM ${dayTable('position', scope.date - 1)} p
        WHERE p.bucket ${buckets} AND p.bucket = e.bucket AND p.loan_id = e.loan_id)
    ORDER BY e.loan_id`;
  await copyRows(client, select, 1, (view, at) => found.push(readInt8(view, at + 4)));
  return found;
}
