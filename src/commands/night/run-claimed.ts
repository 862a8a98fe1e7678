import { withClient } from '../../db/connect.js';
import type { DatabaseTarget } from '../../db/target.js';
import { EXIT, type ExitCode, LoanbookError } from '../../errors.js';
import type { AlarmSender } from '../../jobs/plan/alarms/alarm-sender.js';
import { startChild } from '../../jobs/plan/run/child.js';
import { NIGHT_LEASE_SECONDS, type NightClaim } from '../../jobs/plan/run/claim-night.js';
import { type Clock, systemClock } from '../../jobs/plan/run/clock.js';
import { type NightEvent, type NightPorts, runNight } from '../../jobs/plan/run/night-runner.js';
import { endOfNight, type NightEnd } from '../../jobs/plan/run/night-view.js';
import { foldersOf } from '../../jobs/plan/run/places.js';
import { registeredFiles } from '../../jobs/plan/run/registered-files.js';
import type { Looking } from '../../jobs/plan/schedule/look-at-plan.js';
import type { CommandContext } from '../shell/context.js';
import { printOutcome } from '../shell/output.js';
import { alarmSenderOf } from './send-alarms.js';

/** The clock of this machine; that somebody moved it is said. */
export function clockOf(context: CommandContext, onMoved: () => void = () => undefined): Clock {
  return systemClock((byMs) => {
    context.log.warn({ byMs }, 'the clock of this machine was moved');
    onMoved();
  });
}

/** A look of a process that goes by this machine's clock. */
export function lookingNow(clock: Clock): Looking {
  return { now: clock.now(), leaseSeconds: NIGHT_LEASE_SECONDS };
}

/** What runs children on this machine. */
export function portsOf(
  context: CommandContext,
  clock: Clock,
  { atStop, alarms }: { atStop: NightPorts['atStop']; alarms: AlarmSender },
): NightPorts {
  const folders = foldersOf(context.bookFolder, context.env);
  return {
    clock,
    start: startChild,
    files: registeredFiles({
      folders,
      looks: true,
      onProblem: (error) => context.log.warn({ err: error }, 'the inbox cannot be looked at'),
    }),
    folders,
    env: context.env,
    stop: context.signal,
    atStop,
    tell({ nightId, plan, date }, event) {
      tell(context, { run: nightId, plan, date }, event);
      if (event.what === 'alarm') alarms.ring();
    },
  };
}

function tell(context: CommandContext, of: object, { what, error, ...event }: NightEvent): void {
  const line = { ...of, ...event };
  if (what === 'database_away') context.log.warn({ ...line, err: error }, 'the database is away');
  else if (what === 'alarm') context.log.warn(line, `alarm: ${event.kind}`);
  else context.log.info(line, what);
}

/** A night that has ended waits so long for its last alarms; the next look sends what is left. */
const LAST_ALARMS_MS = 10_000;

/**
 * Runs a night to its end in this process, and shows what it came to. Throws LoanbookError
 * `night_failed`, `night_held` and `night_interrupted`, with the exit of the night.
 */
export async function runClaimed(
  context: CommandContext,
  target: DatabaseTarget,
  claim: NightClaim,
  clock: Clock,
  onBeat?: NightPorts['onBeat'],
): Promise<ExitCode> {
  const alarms = alarmSenderOf(context, target, claim.plan);
  // Those of the claim, and what a dead process left.
  alarms.ring();
  try {
    await runNight(target, claim, {
      ...portsOf(context, clock, { atStop: 'interrupt', alarms }),
      ...(onBeat && { onBeat }),
    });
    const end = await readEnd(target, claim);
    if (end === undefined) throw interruptedNight(claim);
    const { plan, date, state, exit } = end;
    if (state !== 'done') throw failure(end);
    printOutcome(context, { plan, date, state, exit, outcome: 'done' });
    return EXIT.done;
  } finally {
    await alarms.end(LAST_ALARMS_MS);
  }
}

/** Undefined: this process was told to end, and opens no session any more. */
async function readEnd(
  target: DatabaseTarget,
  { nightId }: NightClaim,
): Promise<NightEnd | undefined> {
  try {
    return await withClient(target, {}, (client) => endOfNight(client, nightId));
  } catch (error) {
    if (error instanceof LoanbookError && error.code === 'interrupted') return undefined;
    throw error;
  }
}

function interruptedNight({ plan, date }: NightClaim): LoanbookError {
  return new LoanbookError('night_interrupted', `${plan} ${date} was interrupted.`, {
    exitCode: EXIT.interrupted,
    evidence: { plan, date },
    next: `\`loanbook night resume ${plan} --date ${date}\` goes on.`,
  });
}

const EXITS: readonly number[] = Object.values(EXIT);

function failure({ plan, date, state, exit, failed }: NightEnd): LoanbookError {
  const [first] = failed;
  const exitCode = (EXITS.includes(exit ?? 1) ? exit : EXIT.failed) as ExitCode;
  const what =
    state === 'held' ? 'has ended held' : state === 'failed' ? 'has failed' : 'was stopped';
  const code = state === 'held' || state === 'failed' ? `night_${state}` : 'night_interrupted';
  return new LoanbookError(code, `${plan} ${date} ${what}.`, {
    exitCode,
    evidence: {
      plan,
      date,
      job: first?.job,
      why: first?.why ?? undefined,
      files: first?.files,
      exit: first?.exit ?? undefined,
      log: first?.log ?? undefined,
      output: first?.output,
    },
    rows: failed.slice(1).map(({ output: _, exit: own, ...job }) => ({ ...job, exit: own })),
    next:
      state === 'held'
        ? `\`loanbook night release ${plan}\` lets it go on.`
        : `Put right what stopped it, then \`loanbook night resume ${plan} --date ${date}\`.`,
  });
}
