import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { readSql } from '../../db/sql-file.js';
import { keptName } from '../../files/mask.js';
import type { Approvable } from '../approvals/approval.js';
import { barrier } from '../runs/barrier.js';
import { postBankLines, undoBankLines } from './bank-entries.js';
import { expectedReceipts } from './clearing/expected-receipts.js';
import { findRepeated } from './match-channel.js';
import { referenceOf } from './post-statement.js';
import type { ReconcileOptions } from './reconcile-options.js';
import { type Outcome, outcomeOf, readOutcome } from './reconcile-outcome.js';
import { auditStatement, takeOrAsk } from './replace-statement.js';
import { stageStatement } from './statement/stage-statement.js';
import { statementDate } from './statement/statement-day.js';
import type { StatementTotals } from './statement/statement-reader.js';
import {
  insertStatement,
  keepSums,
  replacedStatement,
  retireStatement,
  type StatementRow,
  sameStatement,
} from './statement-record.js';
import { type Taking, takeAsRun } from './statement-run.js';

/**
 * Reconciles a bank statement with the nets that channels owe, and posts every line of it: the
 * second level, behind the channels' own statements. The same file again does nothing. With
 * `matchOnly` it is only tried: nothing is posted and nothing kept. Throws as `reconcileChannel`
 * does.
 */
export async function reconcileBank(
  client: pg.Client,
  options: Omit<ReconcileOptions, 'onStaged'>,
): Promise<Approvable<Outcome>> {
  return takeAsRun(client, 'bank', options, takeStatement);
}

async function takeStatement(taking: Taking): Promise<Approvable<Outcome>> {
  const { client, channel: bank, statement, options, run, replacing } = taking;
  const signal = run.orLost(options.signal);
  await run.lock(client);
  const openDay = formatDay((await run.holdOpenDay(client)).date);
  const { content } = statement;
  const { sha256 } = content;
  const same = await sameStatement(client, bank.code, sha256);
  if (same !== undefined && options.grant === undefined) {
    return outcomeOf(client, same, 'unchanged');
  }
  run.phase('stage');
  const { file, by: maker, releaseBy } = options;
  const totals = await stageStatement(client, statement, signal);
  run.phase('match');
  const date = formatDay(statementDate(content.path, totals, options.date));
  const own = { file, maker, releaseBy, waits: replacing };
  const earlier = await replacedStatement(client, bank.code, date, own);
  const read = { totals, date, openDay, earlier };
  const replacement = { kind: 'bank', code: bank.code, date, sha256, earlier } as const;
  const said =
    options.matchOnly === true
      ? await tried(client, () => keep(taking, read))
      : await takeOrAsk(client, replacement, options, replacing, () => keep(taking, read));
  await run.finish(client, { read: totals.lines, written: totals.lines });
  return said;
}

/** What taking a statement would come to; all of it is undone. */
async function tried(client: pg.Client, take: () => Promise<Outcome>): Promise<Outcome> {
  await client.query('SAVEPOINT tried');
  const outcome = await take();
  await client.query('ROLLBACK TO SAVEPOINT tried');
  return { ...outcome, outcome: 'tried' };
}

interface Read {
  readonly totals: StatementTotals;
  readonly date: string;
  readonly openDay: string;
  readonly earlier: StatementRow | undefined;
}

/** Matches the statement, posts its lines and keeps it with its breaks. */
async function keep(
  { client, channel: bank, statement, options, run }: Taking,
  { totals, date, openDay, earlier }: Read,
): Promise<Outcome> {
  const { by, releaseBy } = options;
  const { content } = statement;
  if (earlier !== undefined) await undo(client, earlier, openDay, by, releaseBy);
  await findRepeated(client, bank, content.path);
  const expected = await expectedReceipts(client, bank);
  await client.query(readSql(import.meta.url, 'bank'), [date, bank.cross_days]);
  const transfers = await ownTransfers(client);
  await client.query(readSql(import.meta.url, 'bank-found'), [bank.tolerance]);
  await run.fence(client);
  run.phase('store');
  const id = await insertStatement(client, {
    code: bank.code,
    kind: 'bank',
    statement_date: date,
    revision: (earlier?.revision ?? 0) + 1,
    name: keptName(content.path),
    sha256: content.sha256,
    lines: totals.lines,
    amount: totals.amount,
    fee: 0n,
    ...(await matchedOf(client)),
    ledger_amount: 0n,
    due_on: date,
    maker: by,
    releaseBy: earlier === undefined ? undefined : releaseBy,
    takenOn: openDay,
    by_fallback: 0,
  });
  await client.query(readSql(import.meta.url, 'insert'), [id, date, date, openDay]);
  await client.query('SELECT find_transfers($1, $2)', [transfers, id]);
  const row = await settle(client, id, openDay);
  await postBankLines(client, bank, referenceOf(row), expected, by);
  await barrier('reconcile.store');
  const outcome = earlier === undefined ? 'taken' : 'replaced';
  const said = await outcomeOf(client, row, outcome, readOutcome(statement, totals));
  await auditStatement(client, row, earlier, by);
  return said;
}

/**
 * Takes a posted statement out of force: the channels' nets that it brought are to come again, and
 * its entries are taken back.
 */
async function undo(
  client: pg.Client,
  earlier: StatementRow,
  openDay: string,
  maker: string,
  checker: string | undefined,
): Promise<void> {
  await retireStatement(client, earlier.statement_id, openDay);
  await client.query('SELECT lose_transfers($1)', [earlier.statement_id]);
  await client.query(
    `SELECT move_statements(array_agg(statement_id), '{"settled_by": null}')
     FROM statement WHERE settled_by = $1 AND state <> 'replaced'`,
    [earlier.statement_id],
  );
  await undoBankLines(client, referenceOf(earlier), maker, checker);
}

/** Takes out the lines of transfers that the book has posted itself; by which references. */
async function ownTransfers(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ reference: string }>(
    readSql(import.meta.url, 'own-transfers'),
  );
  return rows.map(({ reference }) => reference);
}

async function matchedOf(client: pg.Client) {
  const { rows } = await client.query<{ matched: number; our_count: number; our_amount: bigint }>(
    `SELECT count(*) FILTER (WHERE net = amount) AS matched, count(net) AS our_count,
       coalesce(sum(net), 0) AS our_amount FROM bank_pair`,
  );
  return rows[0]!;
}

/** Marks what the bank has paid, ends the breaks that waited for it, and sums what is posted. */
async function settle(client: pg.Client, id: number, openDay: string): Promise<StatementRow> {
  await client.query(
    `SELECT move_statements(array_agg(statement_id), jsonb_build_object('settled_by', $1::integer))
     FROM bank_pair WHERE line > 0`,
    [id],
  );
  await client.query(
    `SELECT move_breaks(array_agg(b.break_id), jsonb_build_object('state', 'resolved',
       'resolution', 'received', 'resolved_on', $2::date,
       'reason', 'the bank has it on a later day', 'resolved_by_statement', $1::integer))
     FROM recon_break b JOIN bank_pair p ON p.line > 0 AND p.ref = b.order_no
       AND b.type = 'missing_theirs' AND b.event_id = 0 AND b.state = 'open'`,
    [id, openDay],
  );
  return keepSums(client, id, { state: 'posted', posted_on: openDay });
}
