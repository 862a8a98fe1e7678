import type pg from 'pg';
import { MOVEMENT } from '../../accounting/posting/flow.js';
import { ENTRY_KIND, ENTRY_SOURCES, WRITE_OFF_LOSS_KIND } from '../ledger/entry.js';

/** How the allowance account moved since the run before, credit positive; minor units. */
export interface AllowanceMovement {
  readonly opening: bigint;
  /** Posted by runs of impairment. */
  readonly posted: bigint;
  readonly writeOff: bigint;
  /** What write-offs took beyond the allowance of their loans, posted on their day. */
  readonly writeOffLoss: bigint;
  readonly recovery: bigint;
  readonly other: bigint;
  /** Before this run. */
  readonly balance: bigint;
  /** What this run posts: positive is a loss, negative a release. */
  readonly movement: bigint;
  readonly required: bigint;
}

/** The allowance of each group at the close of the day, with what earlier runs posted since. */
export async function allowanceByGroup(
  client: pg.Client,
  allowance: string,
  day: string,
): Promise<Map<number, bigint>> {
  const { rows } = await client.query<{ group_id: number; allowance: bigint }>(
    `SELECT group_id, -sum(amount) AS allowance
     FROM (
       SELECT g.group_id, g.balance AS amount FROM gl_balance g JOIN account a USING (account_id)
       WHERE a.code = $1 AND g.business_date = $2
       UNION ALL
       SELECT e.group_id, l.amount FROM entry e JOIN entry_line l USING (entry_id)
         JOIN account a USING (account_id)
       WHERE a.code = $1 AND e.source = 'impairment' AND e.business_date > $2
     ) AS parts GROUP BY group_id`,
    [allowance, day],
  );
  return new Map(rows.map(({ group_id, allowance }) => [group_id, allowance]));
}

/** What the journal moved of the allowance since the run before, by kind, credit positive. */
export async function allowanceByKind(
  client: pg.Client,
  allowance: string,
  day: string,
  previousRun: string | null,
): Promise<Map<number, bigint>> {
  const { rows } = await client.query<{ kind: number; amount: bigint }>(
    `SELECT j.kind, -sum(j.amount) AS amount FROM journal_line j
       JOIN account a USING (account_id)
     WHERE a.code = $1 AND j.business_date <= $2
       AND ($3::date IS NULL OR j.business_date > $3)
     GROUP BY j.kind`,
    [allowance, day, previousRun],
  );
  return new Map(rows.map(({ kind, amount }) => [kind, amount]));
}

export function allowanceMovement(
  kinds: ReadonlyMap<number, bigint>,
  balance: bigint,
): Omit<AllowanceMovement, 'movement' | 'required'> {
  const posted = kinds.get(ENTRY_KIND + ENTRY_SOURCES.indexOf('impairment')) ?? 0n;
  const writeOff = kinds.get(MOVEMENT.writeOff) ?? 0n;
  const writeOffLoss = kinds.get(WRITE_OFF_LOSS_KIND) ?? 0n;
  const recovery = kinds.get(MOVEMENT.recovery) ?? 0n;
  const all = [...kinds.values()].reduce((sum, amount) => sum + amount, 0n);
  const other = all - posted - writeOff - writeOffLoss - recovery;
  return { opening: balance - all, posted, writeOff, writeOffLoss, recovery, other, balance };
}
