import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { readSql } from '../../db/sql-file.js';
import { keptName } from '../../files/mask.js';
import type { Approvable } from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { barrier } from '../runs/barrier.js';
import type { RunUnderWay } from '../runs/with-run.js';
import { carryBreaks } from './carry-breaks.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { findRepeated, type Matched, matchChannel } from './match-channel.js';
import { postStatement, referenceOf, undoStatement } from './post-statement.js';
import type { ReconcileOptions } from './reconcile-options.js';
import { type Outcome, outcomeOf, readOutcome } from './reconcile-outcome.js';
import { auditStatement, takeOrAsk } from './replace-statement.js';
import { type OpenStatement, stageStatement } from './statement/stage-statement.js';
import { requireSealed, statementDate } from './statement/statement-day.js';
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

/** Every join has its hash table in memory; what lies in permanent tables is read by both cores. */
const MATCH_SETTINGS = `SET LOCAL work_mem = '256MB';
  SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0`;

/**
 * Reconciles a channel statement three ways, with our events and with the clearing account, in one
 * transaction and constant memory, and posts what follows, as a run of the statement's content. The
 * same file again does nothing, or posts what was only matched. Throws LoanbookError:
 * `unknown_channel`; what is wrong with the file (`StatementReader`, `FileProof`,
 * `order_repeated`); `statement_in_force`; `statement_day_not_sealed`, `reconciliation_is_running`,
 * `run_lost` (75); nothing is taken then.
 */
export async function reconcileChannel(
  client: pg.Client,
  options: ReconcileOptions,
): Promise<Approvable<Outcome>> {
  return takeAsRun(client, 'channel', options, takeStatement);
}

async function takeStatement(taking: Taking): Promise<Approvable<Outcome>> {
  const { client, channel, statement, options, run, replacing } = taking;
  const signal = run.orLost(options.signal);
  await run.lock(client);
  const openDay = formatDay((await run.holdOpenDay(client)).date);
  const { content } = statement;
  const { sha256 } = content;
  const { code } = channel;
  const same = await sameStatement(client, code, sha256);
  if (same !== undefined && options.grant === undefined) {
    const outcome = await again(client, channel, same, options, openDay);
    await run.finish(client, { read: 0, written: 0 });
    return outcome;
  }
  run.phase('stage');
  await client.query(MATCH_SETTINGS);
  const totals = await stageStatement(client, statement, signal);
  options.onStaged?.();
  await barrier('reconcile.stage');
  run.phase('match');
  const date = statementDate(content.path, totals, options.date);
  await requireSealed(client, date);
  const { file, by: maker, releaseBy } = options;
  const own = { file, maker, releaseBy, waits: replacing };
  const earlier = await replacedStatement(client, code, formatDay(date), own);
  const replacement = { kind: 'channel', code, date: formatDay(date), sha256, earlier } as const;
  const scene = { client, channel, statement, totals, date, openDay, options };
  const said = await takeOrAsk(client, replacement, options, replacing, () =>
    matchAndKeep(scene, run, earlier),
  );
  await run.finish(client, { read: totals.lines, written: totals.lines });
  await barrier('reconcile.end');
  return said;
}

async function matchAndKeep(
  scene: Scene,
  run: RunUnderWay,
  earlier: StatementRow | undefined,
): Promise<Outcome> {
  const { client, channel, statement, totals, date, openDay, options } = scene;
  const { by: maker, releaseBy } = options;
  if (earlier !== undefined) {
    await retireStatement(client, earlier.statement_id, openDay);
    if (earlier.state === 'posted') {
      await undoStatement(client, channel, earlier, maker, releaseBy);
    }
  }
  await findRepeated(client, channel, statement.content.path);
  const matched = await matchChannel(client, channel, date, totals);
  await barrier('reconcile.match');
  await run.fence(client);
  run.phase('store');
  const row = await keep(scene, matched, earlier);
  if (options.matchOnly !== true) await postStatement(client, channel, row, maker, openDay);
  await barrier('reconcile.store');
  const outcome = earlier === undefined ? 'taken' : 'replaced';
  const said = await outcomeOf(client, row, outcome, readOutcome(statement, totals));
  await auditStatement(client, row, earlier, maker);
  return said;
}

/** The same content: nothing is done twice, what was only matched may be posted now. */
async function again(
  client: pg.Client,
  channel: ChannelDocument,
  row: StatementRow,
  { by, matchOnly }: ReconcileOptions,
  openDay: string,
): Promise<Outcome> {
  if (row.state === 'posted' || matchOnly === true) return outcomeOf(client, row, 'unchanged');
  await postStatement(client, channel, row, by, openDay);
  const said = await outcomeOf(client, row, 'posted');
  await writeAudit(client, { action: 'statement posted', subject: referenceOf(row), by });
  return said;
}

interface Scene {
  readonly client: pg.Client;
  readonly channel: ChannelDocument;
  readonly statement: OpenStatement;
  readonly totals: StatementTotals;
  readonly date: EpochDay;
  readonly openDay: string;
  readonly options: ReconcileOptions;
}

/** Writes the statement with its sums, and its breaks. */
async function keep(
  { client, channel, statement: { content }, totals, date, openDay, options }: Scene,
  matched: Matched,
  earlier: StatementRow | undefined,
): Promise<StatementRow> {
  const day = formatDay(date);
  const id = await insertStatement(client, {
    code: channel.code,
    kind: 'channel',
    statement_date: day,
    revision: (earlier?.revision ?? 0) + 1,
    name: keptName(content.path),
    sha256: content.sha256,
    lines: totals.lines,
    amount: totals.amount,
    fee: totals.fee,
    matched: matched.matched,
    our_count: matched.ourCount,
    our_amount: matched.ourAmount,
    ledger_amount: matched.ledgerAmount,
    due_on: formatDay(date + channel.settlement_days),
    maker: options.by,
    releaseBy: earlier?.state === 'posted' ? options.releaseBy : undefined,
    takenOn: openDay,
    by_fallback: matched.byFallback,
  });
  const pendUntil = formatDay(date + channel.cross_days);
  const released = await carryBreaks(client, channel, id, openDay);
  await client.query(readSql(import.meta.url, 'insert'), [id, day, pendUntil, openDay]);
  return keepSums(client, id, { released });
}
