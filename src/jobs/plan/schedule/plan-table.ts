import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { Instant } from '../../../operations/clock/instant.js';
import type { DueDate } from '../../../operations/plan/due.js';
import type {
  InstanceState,
  Looker,
  OpenInstance,
  PlanTable,
} from '../../../operations/schedule/look.js';
import { isOfThisMachine, isSurelyDead } from '../../runs/holder.js';
import { timeOf } from '../run/stored-night.js';

/** An instance in the table of its plan. */
export interface TableRow {
  readonly nightId: number;
  readonly date: EpochDay;
  readonly due: Instant;
  readonly state: InstanceState;
  readonly isLateTold: boolean;
  readonly holder: string | null;
  /** Of its lease; negative: it has run out. */
  readonly msLeft: number;
}

export interface LockedTable {
  readonly rows: readonly TableRow[];
  readonly lookedTo: EpochDay | null;
}

/** The instances of a plan, by date, which nobody else begins until the transaction ends. */
export async function lockTable(client: pg.Client, plan: string): Promise<LockedTable> {
  await client.query('INSERT INTO plan_look (plan) VALUES ($1) ON CONFLICT DO NOTHING', [plan]);
  const { rows: looks } = await client.query<{ looked_to: string | null }>(
    'SELECT looked_to FROM plan_look WHERE plan = $1 FOR UPDATE',
    [plan],
  );
  const rows = await readTable(client, plan);
  const lookedTo = looks[0]?.looked_to ?? null;
  return { rows, lookedTo: lookedTo === null ? null : parseDay(lookedTo)! };
}

/** The instances of a plan, by date. */
export async function readTable(client: pg.Client, plan: string): Promise<TableRow[]> {
  const { rows } = await client.query<Omit<TableRow, 'date'> & { date: string }>(
    `SELECT night_id AS "nightId", business_date AS date, state, is_late_told AS "isLateTold",
       holder, (extract(epoch FROM due_at) * 1000)::bigint AS due,
       coalesce(extract(epoch FROM lease_until - clock_timestamp()) * 1000, -1)::bigint AS "msLeft"
     FROM night WHERE plan = $1 ORDER BY business_date`,
    [plan],
  );
  return rows.map((row) => ({ ...row, date: parseDay(row.date)! }));
}

/** Whether an instance says that it runs, and nobody runs it. */
export function isLeft({ state, holder, msLeft }: TableRow): boolean {
  return state === 'running' && (msLeft <= 0 || isSurelyDead(holder ?? ''));
}

/**
 * The table as the core takes it, at an instant of whoever looks. What `isLive` says this process
 * runs it does not take from itself, although the database was away for longer than the lease.
 */
export function coreTable(
  { rows, lookedTo }: LockedTable,
  now: Instant,
  me: Looker,
  isLive: (nightId: number) => boolean = () => false,
): PlanTable {
  const leaseEnds = ({ nightId, msLeft }: TableRow) =>
    isLive(nightId) ? Number.POSITIVE_INFINITY : now + msLeft;
  const open = rows.flatMap((row): OpenInstance[] => {
    const { date, due, state, isLateTold } = row;
    if (state === 'done' || state === 'missed') return [];
    const holder = state === 'running' ? { ...lookerOf(row, me), leaseEnds: leaseEnds(row) } : null;
    return [{ date, due, state, isLateTold, holder }];
  });
  return { open, lookedTo };
}

/** A live process of this machine counts as who looks, so that its lease alone says it is gone. */
function lookerOf({ holder }: TableRow, me: Looker): Looker {
  const isHere = holder !== null && isOfThisMachine(holder);
  if (!isHere) return { host: holder ?? '', process: 0 };
  return isSurelyDead(holder) ? { host: me.host, process: me.process - 1 } : me;
}

/** Keeps what a look found: dates that are due, and how far it got. */
export async function addDates(
  client: pg.Client,
  plan: string,
  added: readonly DueDate[],
  lookedTo: EpochDay | null,
): Promise<void> {
  await client.query(
    `INSERT INTO night (plan, business_date, due_at)
     SELECT $1, d, at FROM unnest($2::date[], $3::timestamptz[]) AS n (d, at)
     ON CONFLICT (plan, business_date) DO NOTHING`,
    [plan, added.map(({ date }) => formatDay(date)), added.map(({ due }) => timeOf(due))],
  );
  await client.query("UPDATE plan_look SET looked_to = $2, problem = '' WHERE plan = $1", [
    plan,
    lookedTo === null ? null : formatDay(lookedTo),
  ]);
}
