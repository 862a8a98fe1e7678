import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { type Evidence, EXIT, LoanbookError } from '../../errors.js';
import { writeAudit } from '../approvals/audit.js';
import { daySql } from '../day/day-sql.js';
import { addEntries, linesOfTotals, type NewEntry } from '../ledger/entry.js';
import { ALLOWANCE, IMPAIRMENT_LOSS } from './allowance-accounts.js';
import {
  type AllowanceMovement,
  allowanceByGroup,
  allowanceByKind,
  allowanceMovement,
} from './allowance-movement.js';
import type { Exposure, ImpairmentDocument } from './documents/impairment-document.js';
import { impairmentInForce, lockImpairment } from './impairment-parameters.js';
import { type Segment, type SegmentRate, segmentRates, segmentsOf } from './segments.js';

export interface ImpairmentOptions {
  /** A sealed day, by default the last. */
  readonly asOf?: EpochDay;
  readonly by: string;
  /** Say what would be posted, and keep nothing. */
  readonly dryRun?: boolean;
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

/**
 * Measures every loan of a sealed day (stage by days past due and accrual, PD * LGD * EAD) and
 * posts what the allowance account lacks or has too much, by accounting group, into the open day.
 * Throws LoanbookError `impairment_missing`, `impairment_was_run`, `day_not_sealed` (exit 2) and
 * what `addEntries` throws.
 */
export async function runImpairment(
  client: pg.Client,
  options: ImpairmentOptions,
): Promise<ImpairmentOutcome> {
  return inTransaction(client, async () => {
    await lockImpairment(client);
    await client.query('SAVEPOINT before_run');
    const frame = await frameOf(client, options.asOf);
    const document = await impairmentInForce(client, frame.asOf);
    const rates = await segmentRates(client, document);
    if (frame.isDone) return ranBefore(client, frame, document, rates);
    await measureLoans(client, frame.asOf, document, rates);
    const segments = await segmentsOf(client, frame.asOf, document, rates);
    const day = formatDay(frame.asOf);
    const stages = await stagesOf(client, frame);
    const { entries, before, required } = await entriesOf(client, day, segments, options.by);
    const postedOn = formatDay(await addEntries(client, entries));
    await client.query(
      `INSERT INTO impairment_run (as_of, effective_from, required, allowance, posted_on, made_by)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [day, document.effective_from, required, before, postedOn, options.by],
    );
    const kinds = await allowanceByKind(client, day, frame.previousRun);
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
  });
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
  const kinds = await allowanceByKind(client, day, frame.previousRun);
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

interface Frame {
  readonly asOf: EpochDay;
  readonly previousRun: string | null;
  readonly minorDigits: number;
  /** It is the day of the last run. */
  readonly isDone: boolean;
}

async function frameOf(client: pg.Client, asOf: EpochDay | undefined): Promise<Frame> {
  const { rows } = await client.query<{
    day: EpochDay | null;
    last: string | null;
    digits: number;
    ran: string | null;
    before: string | null;
  }>(
    `SELECT (SELECT max(business_date) - DATE '1970-01-01' FROM sealed_day
         WHERE $1::date IS NULL OR business_date = $1) AS day,
       (SELECT max(business_date)::text FROM sealed_day) AS last,
       (SELECT minor_digits FROM book) AS digits,
       (SELECT max(as_of)::text FROM impairment_run) AS ran,
       (SELECT max(as_of)::text FROM impairment_run
          WHERE as_of < (SELECT max(as_of) FROM impairment_run)) AS before`,
    [asOf === undefined ? null : formatDay(asOf)],
  );
  const { day = null, last = null, digits = 2, ran = null, before = null } = rows[0] ?? {};
  const evidence = { asOf: asOf === undefined ? 'the last' : formatDay(asOf), lastSealed: last };
  if (day === null) {
    throw new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
      exitCode: EXIT.usage,
      evidence,
      next: '`loanbook eod run` closes and seals a day.',
    });
  }
  if (ran === null || ran < formatDay(day)) {
    return { asOf: day, previousRun: ran, minorDigits: digits, isDone: false };
  }
  if (ran === formatDay(day)) {
    return { asOf: day, previousRun: before, minorDigits: digits, isDone: true };
  }
  throw wasRun({ ...evidence, asOf: formatDay(day), lastRun: ran });
}

function wasRun(evidence: Evidence): LoanbookError {
  return new LoanbookError(
    'impairment_was_run',
    'Impairment was run for a later day, or for that day under other parameters.',
    {
      exitCode: EXIT.usage,
      evidence,
      next: 'Nothing is posted twice: close another day first.',
    },
  );
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
  const { stage_2_after: second, stage_3_after: third } = document.stages;
  await client.query(sql, [
    formatDay(asOf),
    second,
    third,
    rates.map(({ groupId }) => groupId),
    rates.map(({ stage }) => stage),
    rates.map(({ pdPpb }) => pdPpb),
    rates.map(({ lgdPpb }) => lgdPpb),
  ]);
}

/** What each group lacks or has too much, as entries. */
async function entriesOf(
  client: pg.Client,
  day: string,
  segments: readonly Segment[],
  maker: string,
): Promise<{ entries: NewEntry[]; before: bigint; required: bigint }> {
  const standing = await allowanceByGroup(client, day);
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
        { account: IMPAIRMENT_LOSS, amount: need - have },
        { account: ALLOWANCE, amount: have - need },
      ]),
    });
  }
  return { entries, before, required };
}
