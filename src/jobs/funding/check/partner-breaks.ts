import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import type { CheckTerms } from '../../../funding/check/check-loan.js';
import { openDate } from '../../book/open-day.js';
import type { FoundBreak } from './odd-loans.js';

interface OpenBreak {
  readonly break_id: number;
  readonly loan_no: string;
  readonly type: string;
  readonly component: number | null;
  readonly difference: Fen;
  readonly since: string;
}

/** The breaks of a partner's snapshots that are open. */
export interface OpenBreaks {
  readonly byKey: ReadonlyMap<string, OpenBreak>;
  /** First day of the cross-day break of a loan; null: none is open. */
  crossSince(loanNo: string): EpochDay | null;
}

/** Breaks that are written at a time: a JSON document has its bounds. */
const BATCH = 10_000;

function keyOf(loanNo: string, type: string, component: number | null): string {
  return `${type} ${component ?? ''} ${loanNo}`;
}

export async function openBreaksOf(client: pg.Client, partner: string): Promise<OpenBreaks> {
  const { rows } = await client.query<OpenBreak>(
    `SELECT break_id, order_no AS loan_no, type, component, difference, since FROM recon_break
     WHERE partner = $1 AND state = 'open'`,
    [partner],
  );
  const byKey = new Map(
    rows.map((row) => [keyOf(row.loan_no, row.type, row.component), row] as const),
  );
  return {
    byKey,
    crossSince(loanNo) {
      const open = byKey.get(keyOf(loanNo, 'cross_day', null));
      return open === undefined ? null : parseDay(open.since)!;
    },
  };
}

/**
 * Keeps what a snapshot shows: a break that is still the same stays as it is, one that is gone
 * ends, one with another difference is a new one since the same day.
 */
export async function keepBreaks(
  client: pg.Client,
  fileId: number,
  { day, crossDays }: CheckTerms,
  known: OpenBreaks,
  found: readonly FoundBreak[],
): Promise<void> {
  const today = formatDay(day);
  const still = new Set<number>();
  const changed = new Set<number>();
  const facts: object[] = [];
  for (const each of found) {
    const open = known.byKey.get(keyOf(each.loanNo, each.type, each.component));
    if (open !== undefined && open.difference === each.difference) {
      still.add(open.break_id);
      continue;
    }
    if (open !== undefined) changed.add(open.break_id);
    const since = open?.since ?? today;
    const waits = each.type === 'cross_day' ? parseDay(since)! + crossDays : day;
    facts.push({
      ...{ type: each.type, component: each.component, order_no: each.loanNo, line: each.line },
      ...{ bucket: each.bucket, loan_id: each.loanId, difference: each.difference, since },
      ...{ their_amount: each.theirs, our_amount: each.ours, our_status: each.ourStatus },
      pend_until: formatDay(waits),
    });
  }
  const gone = [...known.byKey.values()].filter(
    ({ break_id: id }) => !still.has(id) && !changed.has(id),
  );
  const crossed = gone.filter(({ type }) => type === 'cross_day').map(({ break_id: id }) => id);
  const others = gone.filter(({ type }) => type !== 'cross_day').map(({ break_id: id }) => id);
  const of = `the snapshot of ${today}`;
  await end(client, crossed, 'cross_day', `not in ${of} any more`);
  await end(client, others, 'explained', `not in ${of} any more`);
  await end(client, [...changed], 'explained', `another difference in ${of}`);
  for (let at = 0; at < facts.length; at += BATCH) {
    const batch = JSON.stringify(facts.slice(at, at + BATCH));
    await client.query('SELECT put_partner_breaks($1, $2)', [fileId, batch]);
  }
}

async function end(
  client: pg.Client,
  ids: readonly number[],
  resolution: string,
  reason: string,
): Promise<void> {
  if (ids.length === 0) return;
  const resolvedOn = formatDay(await openDate(client));
  const facts = { state: 'resolved', resolution, reason, resolved_on: resolvedOn };
  await client.query('SELECT move_breaks($1::bigint[], $2)', [ids, JSON.stringify(facts)]);
}
