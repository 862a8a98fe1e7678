import type pg from 'pg';
import { eachDay, formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { shareOut } from '../../db/share-out.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeAudit } from '../approvals/audit.js';
import type { CheckResult } from '../day/check-result.js';
import { checkChain } from '../day/proof/check-chain.js';
import { reconcileGl } from '../ledger/reconcile-gl.js';
import { barrier } from '../runs/barrier.js';
import type { Waits } from '../runs/waiting.js';
import { type RunUnderWay, withRun } from '../runs/with-run.js';
import { type CarriedProfit, carryProfit } from './carry-profit.js';
import { MONTH_ROW_SLICES, writeMonthRows } from './month-rows.js';
import { type PeriodState, periodNamed, periodStates } from './period.js';
import { requireAccepted, unprovenClearing } from './unproven-clearing.js';

export interface ClosePeriodOptions {
  readonly name: string;
  readonly by: string;
  /** Why it is closed although a clearing account is not proven. */
  readonly acceptUnproven?: string;
  /** Runs the checks of a sealed day, all but its hash: the chain has that. */
  readonly checksOf: (session: pg.Client, day: EpochDay) => Promise<readonly CheckResult[]>;
  /** More sessions of the same book: days and buckets are shared out among all of them. */
  readonly helpers?: readonly pg.Client[];
  /** One more of so many steps is done. */
  readonly onProgress?: (steps: number) => void;
  readonly waits?: Waits;
  readonly signal?: AbortSignal;
}

export interface ClosedPeriod {
  readonly period: string;
  readonly first: string;
  readonly last: string;
  readonly outcome: 'closed' | 'already_closed';
  readonly monthRows: number;
  /** Clearing accounts that were not proven and accepted, in words. */
  readonly unproven: readonly string[];
  readonly minorDigits: number;
  /** Of December: what was carried to retained earnings. */
  readonly carried: CarriedProfit | null;
}

const PHASES = ['check', 'rows', 'carry'];

/**
 * Closes a month for good, as a run of it: all of its days are sealed, every check of each day
 * holds, the chain and the reconciliation of ledger and positions too, the period before is closed.
 * What of clearing is not proven at its end needs a reason, which is kept. Writes the month row of
 * every loan and, at the end of a year, takes the profit to retained earnings. Closed again it says
 * so. Throws LoanbookError `period_is_running`, `run_lost` (75), `unknown_period`,
 * `period_has_open_days`, `period_before_is_open`, `acceptance_without_reason` (exit 2),
 * `clearing_not_proven`, `period_does_not_tie` (3) and what `addEntries` throws.
 */
export async function closePeriod(
  client: pg.Client,
  options: ClosePeriodOptions,
): Promise<ClosedPeriod> {
  const states = await periodStates(client);
  const period = periodNamed(states, options.name);
  const { rows } = await client.query<{ digits: number }>(
    'SELECT minor_digits AS digits FROM book',
  );
  const frame = {
    period: period.name,
    minorDigits: rows[0]!.digits,
    first: formatDay(period.first),
    last: formatDay(period.last),
  };
  const closed = { ...frame, outcome: 'already_closed', monthRows: 0, carried: null } as const;
  if (period.status === 'closed') return { ...closed, unproven: [] };
  requireClosable(states, period);
  const { acceptUnproven: reason } = options;
  if (reason?.trim() === '') throw refused({ period: period.name });
  const unproven = await unprovenClearing(client, period.last);
  requireAccepted(period.name, period.last, unproven, reason);
  const job = { job: 'period', key: period.name, phases: PHASES } as const;
  return withRun(client, job, options.waits, async (run) => {
    // Another process may have closed it while this one waited.
    const { status } = periodNamed(await periodStates(client), period.name);
    if (status === 'closed') return { ...closed, unproven: [] };
    const found = await closeRun(client, { ...options, signal: run.orLost(options.signal) }, run, {
      period,
      unproven,
    });
    return { ...frame, ...found };
  });
}

interface Closing {
  readonly period: PeriodState;
  readonly unproven: readonly string[];
}

type Found = Pick<ClosedPeriod, 'outcome' | 'monthRows' | 'unproven' | 'carried'>;

async function closeRun(
  client: pg.Client,
  options: ClosePeriodOptions,
  run: RunUnderWay,
  { period, unproven }: Closing,
): Promise<Found> {
  const { helpers = [] } = options;
  await run.keep(helpers);
  const days = period.last - period.first + 1;
  const advance = () => options.onProgress?.(3 * days + MONTH_ROW_SLICES);
  const sessions = [client, ...helpers] as const;
  run.phase('check');
  await requireTies(sessions, period, advance, options);
  await barrier('period.check');
  run.phase('rows');
  const monthRows = await writeMonthRows(sessions, period, advance, run, options.signal);
  run.phase('carry');
  const carry = () => carryAndClose(client, options, run, { period, unproven }, monthRows);
  const carried = await run.besideClose(client, () => inTransaction(client, carry));
  return { outcome: 'closed', monthRows, unproven, carried };
}

/** The last transaction: the period is closed, of December the profit carried. */
async function carryAndClose(
  client: pg.Client,
  { by, acceptUnproven: reason }: ClosePeriodOptions,
  run: RunUnderWay,
  { period, unproven }: Closing,
  monthRows: number,
): Promise<CarriedProfit | null> {
  const isYearEnd = period.name.endsWith('-12');
  const isAccepted = unproven.length > 0;
  await run.lock(client);
  const now = await periodStates(client);
  if (periodNamed(now, period.name).status === 'closed') return null;
  requireClosable(now, period);
  const kept = [period.name, by, isAccepted ? reason : '', unproven.join('; ')];
  await client.query('SELECT close_period($1, $2, $3, $4)', kept);
  if (isYearEnd) await run.holdOpenDay(client);
  const carried = isYearEnd ? await carryProfit(client, period, by) : null;
  await barrier('period.carry');
  await run.finish(client, { read: monthRows, written: monthRows });
  const accepted = isAccepted ? `; not proven: ${unproven.join('; ')}: ${reason}` : '';
  await writeAudit(client, {
    action: 'period close',
    subject: period.name,
    reason: `closed by ${by}${accepted}`,
    after: { status: 'closed', monthRows, unproven },
    by,
  });
  await barrier('period.end');
  return carried;
}

function requireClosable(states: readonly PeriodState[], period: PeriodState): void {
  const days = period.last - period.first + 1;
  if (period.sealedDays < days) {
    throw new LoanbookError('period_has_open_days', 'Not every day of the period is sealed.', {
      exitCode: EXIT.usage,
      evidence: {
        period: period.name,
        days,
        sealed: period.sealedDays,
        openDay: formatDay(period.first + period.sealedDays),
      },
      next: `\`loanbook eod run --through ${formatDay(period.last)}\` closes its days.`,
    });
  }
  const before = states.filter(({ name }) => name < period.name).at(-1);
  if (before === undefined || before.status === 'closed') return;
  throw new LoanbookError('period_before_is_open', 'The period before is not closed.', {
    exitCode: EXIT.usage,
    evidence: { period: period.name, before: before.name },
    next: `\`loanbook gl period close ${before.name}\` comes first.`,
  });
}

async function requireTies(
  sessions: readonly [pg.Client, ...pg.Client[]],
  period: PeriodState,
  advance: () => void,
  { checksOf, signal }: Pick<ClosePeriodOptions, 'checksOf' | 'signal'>,
): Promise<void> {
  const [client, ...helpers] = sessions;
  const evidence: Record<string, string> = {};
  const days = eachDay(period.first, period.last);
  const checked = await shareOut(sessions, days, async (session, day) => {
    signal?.throwIfAborted();
    const checks = await checksOf(session, day);
    advance();
    return { day, checks };
  });
  for (const { day, checks } of checked) {
    for (const { name, ok, differences } of checks) {
      const found = differences[0];
      if (ok || found === undefined) continue;
      const { place, expected, actual } = found;
      evidence[`${name} ${formatDay(day)}`] = `${place}: expected ${expected}, actual ${actual}`;
    }
  }
  const range = { from: period.first, to: period.last, helpers, onDay: advance, signal };
  const chain = await checkChain(client, range);
  if (chain.firstBroken !== null) evidence.chain = `first broken day ${chain.firstBroken}`;
  const job = { from: period.first, asOf: period.last, helpers, onDay: advance, signal };
  const ledger = await reconcileGl(client, job);
  const differing = ledger.accountBreaks[0];
  if (differing !== undefined) {
    const { businessDate, account, rule } = differing;
    evidence.reconcile_gl = `${businessDate} account ${account}: ${rule}`;
  }
  if (Object.keys(evidence).length === 0) return;
  throw new LoanbookError('period_does_not_tie', 'The period does not tie: it stays open.', {
    exitCode: EXIT.difference,
    evidence: { period: period.name, ...evidence },
    next: `\`loanbook reconcile gl --from ${formatDay(period.first)}\` names the loans.`,
  });
}

function refused(evidence: Record<string, string>): LoanbookError {
  return new LoanbookError(
    'acceptance_without_reason',
    'What is not proven is accepted with a reason.',
    { exitCode: EXIT.usage, evidence, next: 'Say why behind --accept-unproven.' },
  );
}
