import type pg from 'pg';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import { LoanbookError } from '../../../errors.js';
import { isoTime, type RunLine, runLines } from '../../runs/list-runs.js';
import { sumGroups } from '../post/post-groups.js';
import { readTotals, type StoredTotals } from '../stream/control-totals.js';

/** A task or a phase of a run. */
export interface StepLine {
  readonly phase: string;
  readonly task: number;
  readonly status: string;
  readonly bucketFrom: number;
  readonly bucketTo: number;
  readonly attempt: number;
  readonly read: number;
  readonly written: number;
  readonly born: number;
  readonly returned: number;
  readonly closed: number;
  readonly held: number;
  readonly events: number;
  readonly rejected: number;
  readonly milliseconds: number | null;
  readonly hash: string | null;
}

/** An attempt at a run. */
export interface ExecutionLine {
  readonly attempt: number;
  readonly holder: string;
  readonly workers: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly message: string | null;
}

export interface HeldLine {
  readonly loanNo: string;
  readonly since: string;
  readonly reason: string;
}

export interface RunView extends RunLine {
  readonly engineVersion: number;
  readonly contentHash: string | null;
  readonly chainHash: string | null;
  /** What the tasks committed, summed: amounts as decimal text. */
  readonly controlTotals: Readonly<Record<string, string>>;
  readonly steps: readonly StepLine[];
  readonly executions: readonly ExecutionLine[];
  readonly heldLoans: readonly HeldLine[];
}

/** Phases of every job, in the order of each. */
const PHASES = [
  'stage',
  'match',
  'store',
  'compute',
  'fold',
  'post',
  'tidy',
  'check',
  'seal',
].concat(['rows', 'carry']);

interface RunHead {
  readonly engineVersion: number;
  readonly contentHash: string | null;
  readonly chainHash: string | null;
  readonly minorDigits: number;
}

/** One run with its steps, control totals, executions and held loans. Throws `unknown_run`. */
export async function showRun(client: pg.Client, runId: number): Promise<RunView> {
  const lines = await client.query<RunLine>(runLines('WHERE r.run_id = $1'), [runId]);
  const [line] = lines.rows;
  if (line === undefined) {
    throw new LoanbookError('unknown_run', 'There is no such run.', {
      evidence: { runId },
      next: 'See `loanbook runs list`.',
    });
  }
  const { minorDigits, ...head } = await loadHead(client, runId);
  return {
    ...line,
    ...head,
    controlTotals: await loadTotals(client, runId, minorDigits),
    steps: await loadSteps(client, runId),
    executions: await loadExecutions(client, runId),
    heldLoans:
      line.job !== 'eod' || line.status === 'discarded'
        ? []
        : await loadHeld(client, line.businessDate),
  };
}

async function loadHead(client: pg.Client, runId: number): Promise<RunHead> {
  const { rows } = await client.query<RunHead>(
    `SELECT r.engine_version AS "engineVersion", encode(s.content_hash, 'hex') AS "contentHash",
       encode(s.chain_hash, 'hex') AS "chainHash", b.minor_digits AS "minorDigits"
     FROM run r CROSS JOIN book b LEFT JOIN sealed_day s ON s.run_id = r.run_id
     WHERE r.run_id = $1`,
    [runId],
  );
  return rows[0]!;
}

async function loadSteps(client: pg.Client, runId: number): Promise<StepLine[]> {
  const { rows } = await client.query<StepLine>(
    `SELECT phase, task, status, bucket_from AS "bucketFrom", bucket_to AS "bucketTo", attempt,
       rows_read AS read, rows_written AS written, loans_born AS born,
       loans_returned AS returned, loans_closed AS closed, loans_held AS held,
       events_read AS events, events_rejected AS rejected,
       (extract(epoch FROM ended_at - started_at) * 1000)::int AS milliseconds,
       encode(hash, 'hex') AS hash
     FROM step WHERE run_id = $1
     ORDER BY array_position($2, phase), task`,
    [runId, PHASES],
  );
  return rows;
}

async function loadExecutions(client: pg.Client, runId: number): Promise<ExecutionLine[]> {
  const { rows } = await client.query<ExecutionLine>(
    `SELECT attempt, holder, workers, ${isoTime('started_at')} AS "startedAt",
       ${isoTime('ended_at')} AS "endedAt", outcome, message
     FROM execution WHERE run_id = $1 ORDER BY attempt`,
    [runId],
  );
  return rows;
}

async function loadHeld(client: pg.Client, businessDate: string): Promise<HeldLine[]> {
  const { rows } = await client.query<HeldLine>(
    `SELECT l.loan_no AS "loanNo", h.held_since AS since, h.reason
     FROM held_loan h JOIN loan l ON l.bucket = h.bucket AND l.loan_id = h.loan_id
     WHERE h.business_date = $1 ORDER BY h.held_since, l.loan_no`,
    [businessDate],
  );
  return rows;
}

async function loadTotals(
  client: pg.Client,
  runId: number,
  minorDigits: number,
): Promise<Record<string, string>> {
  const { rows } = await client.query<{ totals: StoredTotals }>(
    `SELECT totals FROM step WHERE run_id = $1 AND phase = 'fold' AND totals IS NOT NULL`,
    [runId],
  );
  const tasks = rows.map((row) => readTotals(row.totals));
  const groups = sumGroups(tasks.map((totals) => totals.groups));
  const sumOf = <T>(items: readonly T[], pick: (item: T) => bigint) =>
    formatAmount(
      items.reduce((sum, item) => sum + pick(item), 0n),
      minorDigits,
    );
  return {
    enteredPrincipal: sumOf(tasks, ({ entered }) => entered.principal),
    enteredInterest: sumOf(tasks, ({ entered }) => entered.interest),
    enteredPenalty: sumOf(tasks, ({ entered }) => entered.penalty),
    enteredCompound: sumOf(tasks, ({ entered }) => entered.compound),
    interestAccrued: sumOf(groups, (group) => group.interestAccrued),
    penaltyAccrued: sumOf(groups, (group) => group.penaltyAccrued),
    compoundAccrued: sumOf(groups, (group) => group.compoundAccrued),
    interestBilled: sumOf(groups, (group) => group.interestBilled),
    allocated: sumOf(tasks, (totals) => totals.allocated),
    toSuspense: sumOf(tasks, (totals) => totals.toSuspense),
  };
}
