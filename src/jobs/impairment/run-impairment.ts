import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { writeAudit } from '../approvals/audit.js';
import { accountOfRole, type LedgerRoles } from '../book/documents/ledger-roles.js';
import { ledgerInForce } from '../book/load-book.js';
import { openDate } from '../book/open-day.js';
import { daySql } from '../day/day-sql.js';
import { jointGroups } from '../day/joint/joint-stocks.js';
import { addEntries, linesOfTotals, type NewEntry } from '../ledger/entry.js';
import { barrier } from '../runs/barrier.js';
import type { Waits } from '../runs/waiting.js';
import { type RunUnderWay, withRun } from '../runs/with-run.js';
import {
  type AllowanceMovement,
  allowanceByGroup,
  allowanceByKind,
  allowanceMovement,
} from './allowance-movement.js';
import type { Exposure, ImpairmentDocument } from './documents/impairment-document.js';
import { impairmentInForce } from './impairment-parameters.js';
import { measureJointLoans } from './joint-exposure.js';
import { type Frame, frameOf, requireSealedDay, wasRun } from './measured-day.js';
import { type Segment, type SegmentRate, segmentRates, segmentsOf } from './segments.js';

export interface ImpairmentOptions {
  /** A sealed day, by default the last. */
  readonly asOf?: EpochDay;
  readonly by: string;
  /** Say what would be posted, and keep nothing. */
  readonly dryRun?: boolean;
  readonly waits?: Waits;
  readonly signal?: AbortSignal;
}

/** How the allowance of a stage moved since the run before; minor units. */
export interface StageMovement {
  readonly stage: number;
  readonly opening: bigint;
  readonly new: bigint;
  readonly transferIn: bigint;
  readonly transferOut: bigint;
  readonly charge: bigint;
  readonly release: bigint;
  readonly writeOff: bigint;
  readonly closing: bigint;
}

export interface ImpairmentOutcome {
  readonly asOf: string;
  readonly previousRun: string | null;
  readonly minorDigits: number;
  readonly rounding: ImpairmentDocument['rounding'];
  readonly segments: readonly Segment[];
  readonly stages: readonly StageMovement[];
  readonly allowance: AllowanceMovement;
  readonly entries: number;
  /** The open day, whose close posts the entries. */
  readonly postedOn: string;
  readonly dryRun: boolean;
  /** `unchanged`: the same day had been run under the same parameters before. */
  readonly outcome: 'run' | 'unchanged';
}

const PHASES = ['compute', 'post'];

/**
 * Measures every loan of a sealed day (stage by days past due and accrual, PD * LGD * EAD) and
 * posts what the allowance account lacks or has too much, by accounting group, into the open day,
 * as a run of the day that is measured. Throws LoanbookError `impairment_missing`,
 * `ledger_role_missing`, `impairment_was_run`, `day_not_sealed` (exit 2), what `addEntries` throws,
 * and `impairment_is_running`, `run_lost` (75).
 */
export async function runImpairment(
  client: pg.Client,
  options: ImpairmentOptions,
): Promise<ImpairmentOutcome> {
  const asOf = await requireSealedDay(client, options.asOf);
  const key = `${options.dryRun ? 'dry run of ' : ''}${formatDay(asOf)}`;
  const job = { job: 'impairment', key, phases: PHASES } as const;
  return withRun(client, job, options.waits, (run) =>
    run.besideClose(client, () =>
      inTransaction(client, () => measureAndPost(client, asOf, options, run)),
    ),
  );
}

async function measureAndPost(
  client: pg.Client,
  asOf: EpochDay,
  options: ImpairmentOptions,
  run: RunUnderWay,
): Promise<ImpairmentOutcome> {
  await run.lock(client);
  await client.query('SAVEPOINT before_run');
  const frame = await frameOf(client, asOf);
  const accounts = await accountsOf(client);
  const document = await impairmentInForce(client, frame.asOf);
  const rates = await segmentRates(client, document);
  if (frame.isDone) return ranBefore(client, frame, accounts, document, rates);
  run.phase('compute');
  await measureLoans(client, frame.asOf, document, rates);
  const segments = await segmentsOf(client, frame.asOf, document, rates);
  const day = formatDay(frame.asOf);
  const stages = await stagesOf(client, frame);
  await barrier('impairment.compute');
  run.lost.throwIfAborted();
  options.signal?.throwIfAborted();
  run.phase('post');
  const { entries, before, required } = await entriesOf(
    client,
    day,
    accounts,
    segments,
    options.by,
  );
  await run.holdOpenDay(client);
  const postedOn = formatDay(await addEntries(client, entries));
  const kept = [day, document.effective_from, required, before, options.by];
  await client.query('SELECT keep_impairment($1, $2, $3, $4, $5)', kept);
  const kinds = await allowanceByKind(client, accounts.allowance, day, frame.previousRun);
  if (options.dryRun === true) await client.query('ROLLBACK TO before_run');
  else {
    await writeAudit(client, {
      action: 'impairment run',
      subject: day,
      before: { allowance: String(before) },
      after: { required: String(required), entries: entries.length, postedOn },
      by: options.by,
    });
  }
  const loans = segments.reduce((sum, segment) => sum + segment.loans, 0);
  await barrier('impairment.post');
  await run.finish(client, { read: loans, written: options.dryRun ? 0 : entries.length });
  await barrier('impairment.end');
  return {
    ...headOf(frame, document),
    segments,
    stages,
    allowance: { ...allowanceMovement(kinds, before), movement: required - before, required },
    entries: entries.length,
    postedOn,
    dryRun: options.dryRun === true,
    outcome: 'run',
  };
}

function headOf({ asOf, previousRun, minorDigits }: Frame, { rounding }: ImpairmentDocument) {
  return { asOf: formatDay(asOf), previousRun, minorDigits, rounding };
}

async function stagesOf(client: pg.Client, { asOf, previousRun }: Frame): Promise<StageMovement[]> {
  const sql = readSql(import.meta.url, 'movement');
  return (await client.query<StageMovement>(sql, [formatDay(asOf), previousRun])).rows;
}

/** What the run of the day had found and posted, from what it kept. */
async function ranBefore(
  client: pg.Client,
  frame: Frame,
  { allowance: account }: Accounts,
  document: ImpairmentDocument,
  rates: readonly SegmentRate[],
): Promise<ImpairmentOutcome> {
  const day = formatDay(frame.asOf);
  const { rows } = await client.query<{
    from: string;
    required: bigint;
    before: bigint;
    posted: string;
    entries: number;
  }>(
    `SELECT effective_from AS from, required::numeric AS required,
       allowance::numeric AS before, posted_on AS posted,
       (SELECT count(*) FROM entry WHERE source = 'impairment'
          AND reference LIKE r.as_of::text || ', group %') AS entries
     FROM impairment_run r WHERE as_of = $1`,
    [day],
  );
  const { from, required, before, posted, entries } = rows[0]!;
  if (from !== document.effective_from) throw wasRun({ asOf: day, lastRun: day, under: from });
  const kinds = await allowanceByKind(client, account, day, frame.previousRun);
  return {
    ...headOf(frame, document),
    segments: await segmentsOf(client, frame.asOf, document, rates),
    stages: await stagesOf(client, frame),
    allowance: { ...allowanceMovement(kinds, before), movement: required - before, required },
    entries,
    postedOn: posted,
    dryRun: false,
    outcome: 'unchanged',
  };
}

interface Accounts {
  readonly allowance: string;
  readonly loss: string;
}

/** Codes, by the ledger in force on the open day, which takes the entries. */
async function accountsOf(client: pg.Client): Promise<Accounts> {
  const { roles } = await ledgerInForce(client, formatDay(await openDate(client)));
  const code = (role: keyof LedgerRoles) => accountOfRole(roles, role);
  return { allowance: code('allowance'), loss: code('impairment_loss') };
}

const ON_BALANCE = 'CASE WHEN accruing THEN :column ELSE 0 END';
const COLUMNS: Readonly<Record<Exposure, string>> = {
  principal: 'principal',
  interest_accrued: ON_BALANCE.replace(':column', 'interest_accrued'),
  interest_due: ON_BALANCE.replace(':column', 'interest_due'),
  penalty: ON_BALANCE.replace(':column', 'penalty_due'),
  compound: ON_BALANCE.replace(':column', 'compound_due'),
  fee: 'fee_due',
};

async function measureLoans(
  client: pg.Client,
  asOf: EpochDay,
  document: ImpairmentDocument,
  rates: readonly SegmentRate[],
): Promise<void> {
  const exposure = [...new Set(document.exposure)].map((name) => COLUMNS[name]).join(' + ');
  const sql = daySql(import.meta.url, 'loans', asOf, { exposure: exposure || '0' });
  const joint = await jointGroups(client);
  const { stage_2_after: second, stage_3_after: third } = document.stages;
  await client.query(sql, [
    formatDay(asOf),
    second,
    third,
    rates.map(({ groupId }) => groupId),
    rates.map(({ stage }) => stage),
    rates.map(({ pdPpb }) => pdPpb),
    rates.map(({ lgdPpb }) => lgdPpb),
    joint.groupIds,
  ]);
  await measureJointLoans(client, asOf, document, rates, joint);
}

/** What each group lacks or has too much, as entries. */
async function entriesOf(
  client: pg.Client,
  day: string,
  accounts: Accounts,
  segments: readonly Segment[],
  maker: string,
): Promise<{ entries: NewEntry[]; before: bigint; required: bigint }> {
  const standing = await allowanceByGroup(client, accounts.allowance, day);
  const wanted = new Map<number, bigint>();
  for (const { groupId, required } of segments) {
    wanted.set(groupId, (wanted.get(groupId) ?? 0n) + required);
  }
  const entries: NewEntry[] = [];
  let before = 0n;
  let required = 0n;
  const groups = [...new Set([...standing.keys(), ...wanted.keys()])].sort((a, b) => a - b);
  for (const groupId of groups) {
    const have = standing.get(groupId) ?? 0n;
    const need = wanted.get(groupId) ?? 0n;
    before += have;
    required += need;
    if (need === have) continue;
    entries.push({
      source: 'impairment',
      reference: `${day}, group ${groupId}`,
      memo: `减值准备 ${day}`,
      maker,
      groupId,
      lines: linesOfTotals([
        { account: accounts.loss, amount: need - have },
        { account: accounts.allowance, amount: have - need },
      ]),
    });
  }
  return { entries, before, required };
}
