import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { BUCKET_COUNT } from '../../accounting/money/units.js';
import { copyRows } from '../../db/copy/copy-stream.js';
import type { TupleList } from '../../db/copy/tuple-list.js';
import { type PlanSetting, withoutPlans } from '../../db/without-plans.js';
import { CONTRACT_COLUMNS, CONTRACT_FIELDS, contractDigest, contractEnd } from './contract.js';
import { damagedKey, int8At, isNextLoan } from './damage/damaged-row.js';
import { BIRTH_JOINS, type Birth, readBirth, type TaskScope } from './task-input.js';

/** A loan that comes into the book, or could not so far; and the digest of its contract. */
export interface NewLoan {
  readonly birth: Birth;
  /** As `contractDigest` gives it; undefined where the contract is not whole. */
  readonly digest: () => string | undefined;
}

/**
 * The loans of a task that have no row of yesterday and are to get one, in loan order. Those of the
 * day stay the bytes that they came in until they are folded: as objects, tens of thousands of them
 * would be old enough by then to keep the collector busy.
 */
export class Births {
  readonly #today: TupleList;
  readonly #unborn: readonly NewLoan[];
  #nextToday = 0;
  #nextUnborn = 0;

  /** `today`: of CONTRACT_COLUMNS; `unborn`: loans that are held since their first day. */
  constructor(today: TupleList, unborn: readonly NewLoan[] = []) {
    this.#today = today;
    this.#unborn = unborn;
  }

  /** How many are born on the day. */
  get ofToday(): number {
    return this.#today.count;
  }

  /** The next one's number; Infinity when there is none left. */
  get nextId(): number {
    return Math.min(this.#today.idAt(this.#nextToday), this.#unbornId);
  }

  has(loanId: number): boolean {
    const today = this.#today;
    if (today.idAt(today.firstOf(loanId)) === loanId) return true;
    return this.#unborn.some(({ birth }) => birth.loanId === loanId);
  }

  /** Hands out the next one; there must be one left. */
  take(): NewLoan {
    const today = this.#today;
    if (this.#unbornId <= today.idAt(this.#nextToday)) {
      this.#nextUnborn += 1;
      return this.#unborn[this.#nextUnborn - 1]!;
    }
    const at = today.at(this.#nextToday);
    this.#nextToday += 1;
    const { view, bytes } = today;
    const digest = () => contractDigest(view, bytes, at, contractEnd(view, at));
    return { birth: readBirth(view, at), digest };
  }

  get #unbornId(): number {
    return this.#unborn[this.#nextUnborn]?.birth.loanId ?? Number.POSITIVE_INFINITY;
  }
}

/**
 * So many births, or a smaller share of the loans, are looked up one by one. More are read side by
 * side with every contract of the task: EXPLAIN (ANALYZE) of 12,400 births of 100,000 loans, 500 ms
 * with the planner's own way, which sorts contracts and reads all loans for every task, and 80 so.
 */
const LOOKED_UP_MAX = 100;
const LOOKED_UP_SHARE = 1 / 8;

/** Leaves nothing but reading all tables in the order of their keys, and merging them. */
const UNMERGED_PLANS: readonly PlanSetting[] = [
  'enable_sort',
  'enable_bitmapscan',
  'enable_hashjoin',
  'enable_nestloop',
];

/** Loads the contracts of the loans that are born on the day into an empty list. */
export async function loadBirths(
  client: pg.Client,
  scope: TaskScope,
  births: TupleList,
): Promise<void> {
  const buckets = `BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo}`;
  const ofDay = `e.business_date = '${formatDay(scope.date)}' AND is_birth(e.type)
      AND e.bucket ${buckets}`;
  const load = async (bounds: string, restricted: string): Promise<void> => {
    const select = `SELECT ${CONTRACT_COLUMNS} FROM event e ${BIRTH_JOINS} ${bounds}
      WHERE ${ofDay} AND s.version = 1 ${restricted} ORDER BY e.bucket, e.loan_id`;
    let before = -1;
    await copyRows(client, select, CONTRACT_FIELDS, (view, at, bytes, end) => {
      const loanId = int8At(view, at);
      if (!isNextLoan(loanId, before)) throw damagedKey('loan', scope.date, loanId, before);
      before = loanId;
      births.push(bytes, at, end);
    });
  };
  if (!(await areMany(client, scope, ofDay))) return load('', '');
  // The joins end with that of the opening position.
  const bounds = `AND o.bucket ${buckets}`;
  return withoutPlans(client, UNMERGED_PLANS, () =>
    load(bounds, `AND l.bucket ${buckets} AND s.bucket ${buckets}`),
  );
}

/** Whether the births of the task are a good share of its loans, as far as statistics know them. */
async function areMany(client: pg.Client, scope: TaskScope, ofDay: string): Promise<boolean> {
  const { rows } = await client.query<{ births: number; loans: number }>(
    `SELECT (SELECT count(*) FROM event e WHERE ${ofDay}) AS births,
       (SELECT reltuples FROM pg_class WHERE oid = 'loan'::regclass) AS loans`,
  );
  const { births, loans } = rows[0]!;
  const share = (scope.bucketTo - scope.bucketFrom + 1) / BUCKET_COUNT;
  return births > LOOKED_UP_MAX && births >= LOOKED_UP_SHARE * share * loans;
}
