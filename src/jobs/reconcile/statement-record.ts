import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import { isSamePerson } from '../approvals/person-name.js';

/** A statement as the book keeps it; amounts in minor units, positive whatever the direction. */
export interface StatementRow {
  readonly statement_id: number;
  readonly code: string;
  readonly kind: 'channel' | 'bank';
  readonly statement_date: string;
  readonly revision: number;
  readonly name: string;
  readonly sha256: string;
  readonly state: 'matched' | 'posted' | 'replaced';
  readonly lines: number;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly matched: number;
  readonly our_count: number;
  readonly our_amount: bigint;
  readonly ledger_amount: bigint;
  readonly suspense: bigint;
  readonly released: bigint;
  readonly tolerated_long: bigint;
  readonly tolerated_short: bigint;
  /** Null: taken before it was kept. */
  readonly by_fallback: number | null;
  readonly settled_by: number | null;
  readonly due_on: string;
}

export interface NewStatement
  extends Omit<StatementRow, 'statement_id' | 'state' | 'settled_by' | keyof StatementSums> {
  readonly maker: string;
  readonly releaseBy: string | undefined;
  /** The open day. */
  readonly takenOn: string;
}

/** What a statement leads to be posted. */
export interface StatementSums {
  readonly suspense: bigint;
  readonly released: bigint;
  readonly tolerated_long: bigint;
  readonly tolerated_short: bigint;
}

const PLAIN = `statement_id code kind statement_date revision name sha256 state lines matched
  our_count by_fallback settled_by due_on`;
const SUMS = 'amount fee our_amount ledger_amount suspense released tolerated_long tolerated_short';

/** What is selected of `statement t` for a StatementRow: sums of many lines come as BigInt. */
export const STATEMENT_ROW = [
  ...PLAIN.split(/\s+/).map((name) => `t.${name}`),
  ...SUMS.split(' ').map((name) => `t.${name}::numeric AS ${name}`),
].join(', ');

/** The earlier statement of the same content that is in force; undefined without one. */
export async function sameStatement(
  client: pg.Client,
  code: string,
  sha256: string,
): Promise<StatementRow | undefined> {
  const { rows } = await client.query<StatementRow>(
    `SELECT ${STATEMENT_ROW} FROM statement t
     WHERE code = $1 AND sha256 = $2 AND state <> 'replaced' AND lines > 0
     ORDER BY statement_id DESC LIMIT 1`,
    [code, sha256],
  );
  return rows[0];
}

/**
 * The statement of the day that this one takes the place of, if there is one. Throws LoanbookError
 * `statement_in_force` when that one was posted and nobody else than the maker releases the other
 * (PRACTICE, case F2), `statement_settled`, and `breaks_resolved_by_hand`.
 */
export async function replacedStatement(
  client: pg.Client,
  code: string,
  date: string,
  {
    file,
    maker,
    releaseBy,
    waits = false,
  }: {
    readonly file: string;
    readonly maker: string;
    readonly releaseBy: string | undefined;
    /** A second person decides it later. */
    readonly waits?: boolean;
  },
): Promise<StatementRow | undefined> {
  const { rows } = await client.query<StatementRow & { by_hand: number }>(
    `SELECT ${STATEMENT_ROW},
       (SELECT count(*) FROM recon_break b JOIN break_action a USING (break_id)
        WHERE b.statement_id = t.statement_id AND a.action = 'resolve') AS by_hand
     FROM statement t WHERE code = $1 AND statement_date = $2 AND state <> 'replaced'`,
    [code, date],
  );
  const earlier = rows[0];
  if (earlier === undefined) return undefined;
  const refuse = (rule: string, message: string, next: string) =>
    new LoanbookError(rule, message, {
      exitCode: EXIT.failed,
      evidence: { file, code, date, inForce: earlier.statement_id, inForceName: earlier.name },
      next,
    });
  if (earlier.settled_by !== null) {
    throw refuse(
      'statement_settled',
      'The bank has paid the statement of this day already.',
      'Take it up with the partner: what changed belongs into a later statement.',
    );
  }
  if (earlier.by_hand > 0) {
    throw refuse(
      'breaks_resolved_by_hand',
      'People have resolved breaks of the statement in force.',
      'Post what changed as an entry of its own.',
    );
  }
  const isAlone = !waits && (releaseBy === undefined || isSamePerson(releaseBy, maker));
  if (earlier.state === 'posted' && isAlone) {
    throw refuse(
      'statement_in_force',
      'Another statement of this day is posted: a second person must release this one.',
      'Compare both files; then another one than the maker says --release --release-by NAME.',
    );
  }
  return earlier;
}

/**
 * Takes a statement out of force: its breaks end, those that it had resolved are open again. What
 * it posted is for the caller to undo.
 */
export async function retireStatement(client: pg.Client, id: number, openDay: string) {
  await client.query(
    `SELECT move_breaks(array_agg(break_id), '{"state": "open", "resolution": null,
       "reason": null, "resolved_on": null, "resolved_by_statement": null}')
     FROM recon_break WHERE resolved_by_statement = $1 AND statement_id <> $1`,
    [id],
  );
  await client.query(
    `SELECT move_breaks(array_agg(break_id), jsonb_build_object('state', 'resolved',
       'resolution', 'replaced', 'resolved_on', $2::date,
       'reason', 'another statement took the place of this one'))
     FROM recon_break WHERE statement_id = $1`,
    [id, openDay],
  );
  await moveStatement(client, id, { state: 'replaced' });
}

export async function insertStatement(client: pg.Client, made: NewStatement): Promise<number> {
  const { releaseBy, takenOn, ...facts } = made;
  const { rows } = await client.query<{ id: number }>('SELECT put_statement($1) AS id', [
    jsonOf({ ...facts, release_by: releaseBy, taken_on: takenOn }),
  ]);
  return rows[0]!.id;
}

/** Moves a statement on by what of it is given. */
export async function moveStatement(
  client: pg.Client,
  id: number,
  facts: Readonly<Record<string, string | number | bigint | null>>,
): Promise<void> {
  await client.query('SELECT move_statements(ARRAY[$1::integer], $2)', [id, jsonOf(facts)]);
}

/** Keeps what a statement's breaks sum to, with what else moves on of it, and returns it. */
export async function keepSums(
  client: pg.Client,
  id: number,
  facts: Readonly<Record<string, string | bigint>>,
): Promise<StatementRow> {
  const { rows: sums } = await client.query<Record<string, bigint>>(
    `SELECT coalesce(sum(suspense), 0) AS suspense,
       coalesce(sum(difference) FILTER (WHERE tolerated AND difference > 0), 0) AS tolerated_long,
       coalesce(-sum(difference) FILTER (WHERE tolerated AND difference < 0), 0)
         AS tolerated_short
     FROM (SELECT *, resolution = 'tolerated' AS tolerated FROM recon_break
       WHERE statement_id = $1) AS b`,
    [id],
  );
  await moveStatement(client, id, { ...sums[0], ...facts });
  const select = `SELECT ${STATEMENT_ROW} FROM statement t WHERE statement_id = $1`;
  const { rows } = await client.query<StatementRow>(select, [id]);
  return rows[0]!;
}

/** JSON with sums as decimal text, which a column of any kind of number reads. */
function jsonOf(facts: object): string {
  return JSON.stringify(facts, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
