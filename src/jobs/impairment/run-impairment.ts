import type pg from 'pg';
import { formatDay } from '../../accounting/epoch-day.js';
import { MOVEMENT } from '../../accounting/flow.js';
import type { EpochDay, Fen } from '../../accounting/units.js';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import type { Exposure, ImpairmentDocument } from '../../documents/impairment-document.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { dayTable } from '../eod/day-table.js';
import {
  addEntries,
  ENTRY_KIND,
  ENTRY_SOURCES,
  type NewEntry,
  WRITE_OFF_LOSS_KIND,
} from '../ledger/entry.js';
import { ALLOWANCE, IMPAIRMENT_LOSS } from './allowance-accounts.js';
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
  readonly opening: Fen;
  readonly new: Fen;
  readonly transferIn: Fen;
  readonly transferOut: Fen;
  readonly charge: Fen;
  readonly release: Fen;
  readonly writeOff: Fen;
  readonly closing: Fen;
}

/** How the allowance account moved since the run before, credit positive; minor units. */
export interface AllowanceMovement {
  readonly opening: Fen;
  /** Posted by runs of impairment. */
  readonly posted: Fen;
  readonly writeOff: Fen;
  /** What write-offs took beyond the allowance of their loans, posted on their day. */
  readonly writeOffLoss: Fen;
  readonly recovery: Fen;
  readonly other: Fen;
  /** Before this run. */
  readonly balance: Fen;
  /** What this run posts: positive is a loss, negative a release. */
  readonly movement: Fen;
  readonly required: Fen;
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
    await measureLoans(client, frame.asOf, document, rates);
    const segments = await segmentsOf(client, frame.asOf, document, rates);
    const day = formatDay(frame.asOf);
    const moved = await client.query<StageMovement>(readSql('impairment-movement'), [
      day,
      frame.previousRun,
    ]);
    const { entries, before, required } = await entriesOf(client, day, segments, options.by);
    const postedOn = formatDay(await addEntries(client, entries));
    await client.query(
      `INSERT INTO impairment_run (as_of, effective_from, required, allowance, posted_on, made_by)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [day, document.effective_from, required, before, postedOn, options.by],
    );
    const kinds = await allowanceByKind(client, day, frame.previousRun);
    if (options.dryRun === true) await client.query('ROLLBACK TO before_run');
    return {
      asOf: day,
      previousRun: frame.previousRun,
      minorDigits: frame.minorDigits,
      rounding: document.rounding,
      segments,
      stages: moved.rows,
      allowance: { ...allowanceMovement(kinds, before), movement: required - before, required },
      entries: entries.length,
      postedOn,
      dryRun: options.dryRun === true,
    };
  });
}

interface Frame {
  readonly asOf: EpochDay;
  readonly previousRun: string | null;
  readonly minorDigits: number;
}

async function frameOf(client: pg.Client, asOf: EpochDay | undefined): Promise<Frame> {
  const { rows } = await client.query<{
    day: EpochDay | null;
    last: string | null;
    digits: number;
    ran: string | null;
  }>(
    `SELECT (SELECT max(business_date) - DATE '1970-01-01' FROM sealed_day
         WHERE $1::date IS NULL OR business_date = $1) AS day,
       (SELECT max(business_date)::text FROM sealed_day) AS last,
       (SELECT minor_digits FROM book) AS digits,
       (SELECT max(as_of)::text FROM impairment_run) AS ran`,
    [asOf === undefined ? null : formatDay(asOf)],
  );
  const { day = null, last = null, digits = 2, ran = null } = rows[0] ?? {};
  const evidence = { asOf: asOf === undefined ? 'the last' : formatDay(asOf), lastSealed: last };
  if (day === null) {
    throw new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
      exitCode: EXIT.usage,
      evidence,
      next: '`loanbook eod run` closes and seals a day.',
    });
  }
  if (ran === null || ran < formatDay(day)) {
    return { asOf: day, previousRun: ran, minorDigits: digits };
  }
  throw new LoanbookError('impairment_was_run', 'Impairment was run for that day or a later one.', {
    exitCode: EXIT.usage,
    evidence: { ...evidence, asOf: formatDay(day), lastRun: ran },
    next: 'Nothing is posted twice: close another day first.',
  });
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
  const sql = readSql('impairment-loans')
    .replaceAll(':exposure', exposure || '0')
    .replaceAll(':position', dayTable('position', asOf));
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
): Promise<{ entries: NewEntry[]; before: Fen; required: Fen }> {
  const standing = await allowanceByGroup(client, day);
  const wanted = new Map<number, Fen>();
  for (const { groupId, required } of segments) {
    wanted.set(groupId, (wanted.get(groupId) ?? 0) + required);
  }
  const entries: NewEntry[] = [];
  let before = 0;
  let required = 0;
  const groups = [...new Set([...standing.keys(), ...wanted.keys()])].sort((a, b) => a - b);
  for (const groupId of groups) {
    const have = standing.get(groupId) ?? 0;
    const need = wanted.get(groupId) ?? 0;
    before += have;
    required += need;
    if (need === have) continue;
    entries.push({
      source: 'impairment',
      reference: `${day}, group ${groupId}`,
      memo: `减值准备 ${day}`,
      maker,
      groupId,
      lines: [
        { account: IMPAIRMENT_LOSS, amount: need - have },
        { account: ALLOWANCE, amount: have - need },
      ],
    });
  }
  return { entries, before, required };
}

/** The allowance of each group at the close of the day, with what earlier runs posted since. */
async function allowanceByGroup(client: pg.Client, day: string): Promise<Map<number, Fen>> {
  const { rows } = await client.query<{ group_id: number; allowance: Fen }>(
    `SELECT group_id, -sum(amount)::bigint AS allowance
     FROM (
       SELECT g.group_id, g.balance AS amount FROM gl_balance g JOIN account a USING (account_id)
       WHERE a.code = $1 AND g.business_date = $2
       UNION ALL
       SELECT e.group_id, l.amount FROM entry e JOIN entry_line l USING (entry_id)
         JOIN account a USING (account_id)
       WHERE a.code = $1 AND e.source = 'impairment' AND e.business_date > $2
     ) AS parts GROUP BY group_id`,
    [ALLOWANCE, day],
  );
  return new Map(rows.map(({ group_id, allowance }) => [group_id, allowance]));
}

/** What the journal moved of the allowance since the run before, by kind, credit positive. */
async function allowanceByKind(
  client: pg.Client,
  day: string,
  previousRun: string | null,
): Promise<Map<number, Fen>> {
  const { rows } = await client.query<{ kind: number; amount: Fen }>(
    `SELECT j.kind, -sum(j.amount)::bigint AS amount FROM journal_line j
       JOIN account a USING (account_id)
     WHERE a.code = $1 AND j.business_date <= $2
       AND ($3::date IS NULL OR j.business_date > $3)
     GROUP BY j.kind`,
    [ALLOWANCE, day, previousRun],
  );
  return new Map(rows.map(({ kind, amount }) => [kind, amount]));
}

function allowanceMovement(
  kinds: ReadonlyMap<number, Fen>,
  balance: Fen,
): Omit<AllowanceMovement, 'movement' | 'required'> {
  const posted = kinds.get(ENTRY_KIND + ENTRY_SOURCES.indexOf('impairment')) ?? 0;
  const writeOff = kinds.get(MOVEMENT.writeOff) ?? 0;
  const writeOffLoss = kinds.get(WRITE_OFF_LOSS_KIND) ?? 0;
  const recovery = kinds.get(MOVEMENT.recovery) ?? 0;
  const all = [...kinds.values()].reduce((sum, amount) => sum + amount, 0);
  const other = all - posted - writeOff - writeOffLoss - recovery;
  return { opening: balance - all, posted, writeOff, writeOffLoss, recovery, other, balance };
}
