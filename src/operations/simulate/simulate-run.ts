import type { EpochDay } from '../../accounting/money/units.js';
import type { Duration, Instant } from '../clock/instant.js';
import type { PlanAtHand } from '../plan/plan.js';
import { type ActRule, hold, type Reasons, release, skip } from '../run/acts.js';
import { advanced } from '../run/advance.js';
import { attemptEnded, type Break, interrupted, resumed, TIMED_OUT } from '../run/attempts.js';
import { nextClock } from '../run/clocks.js';
import { type Attempt, beginRun, type FileTimes, type Outcome, type Run } from '../run/run.js';
import { endOfRun } from '../run/starts.js';
import type { InstanceState } from '../schedule/look.js';

export const ACTS = ['hold', 'release', 'skip', 'resume', 'stop', 'kill'] as const;
export type ActName = (typeof ACTS)[number];

export interface SimulatedAct extends Reasons {
  readonly at: Instant;
  readonly do: ActName;
  /** The step that it is about; null: the whole run. */
  readonly step: number | null;
}

/** How an attempt would end by itself. */
export interface AttemptPlan {
  readonly exit: number;
  readonly length: Duration;
}

export interface RunScene {
  readonly hand: PlanAtHand;
  readonly date: EpochDay;
  readonly start: Instant;
  /** Of a step, in the order of the plan, and its attempt, both from 0. */
  readonly outcomeOf: (step: number, attempt: number) => AttemptPlan;
  readonly files: ReadonlyMap<string, Instant>;
  readonly acts: readonly SimulatedAct[];
  readonly until: Instant;
}

export interface RunAlarm {
  readonly at: Instant;
  readonly job: string;
  readonly kind: string;
}

/** An instance as it goes on, with all that is told of it. */
export interface SimulatedRun {
  run: Run;
  state: InstanceState;
  exit: number | null;
  /** The processes that ran it. */
  executions: readonly Attempt[];
  readonly alarms: RunAlarm[];
  readonly refused: { readonly act: SimulatedAct; readonly rule: ActRule }[];
}

/** One instance from its start on: attempts, files, acts and clocks, until nothing is left. */
export function simulateInstance(scene: RunScene): SimulatedRun {
  const { hand, date, start, acts, files, until } = scene;
  const it: SimulatedRun = {
    run: beginRun(hand, date),
    state: 'waiting',
    exit: null,
    executions: [],
    alarms: [],
    refused: [],
  };
  const filesBy = (name: string) => files.get(name);
  for (let now: Instant | undefined = start; now !== undefined && now <= until; ) {
    if (now === start) beginExecution(it, now);
    endAttempts(scene, it, now);
    for (const act of acts.filter(({ at }) => at === now)) doAct(it, act, now);
    goOn(scene, it, now, filesBy);
    now = nextInstant(scene, it, now);
  }
  return it;
}

function isLive({ state }: SimulatedRun): boolean {
  return state === 'running';
}

function beginExecution(it: SimulatedRun, now: Instant): void {
  it.state = 'running';
  it.exit = null;
  it.executions = [...it.executions, { from: now, to: null, exit: null }];
}

function endExecution(it: SimulatedRun, now: Instant, state: InstanceState, exit: number | null) {
  it.state = state;
  it.exit = exit;
  it.executions = it.executions.map((each) =>
    each.to === null ? { ...each, to: now, exit } : each,
  );
}

function take(it: SimulatedRun, now: Instant, { run, alarms }: Outcome): void {
  it.run = run;
  it.alarms.push(...alarms.map((alarm) => ({ at: now, ...alarm })));
}

/** When the running attempt of a step ends, and its exit; undefined: none runs. */
function endOfAttempt(
  { outcomeOf }: RunScene,
  { steps }: Run,
  at: number,
): { at: Instant; exit: number } | undefined {
  const { state, attempts, job } = steps[at]!;
  const attempt = attempts.at(-1);
  if (state !== 'running' || attempt === undefined) return undefined;
  const { exit, length } = outcomeOf(at, attempts.length - 1);
  const isOut = job.timeOut !== null && length > job.timeOut;
  if (isOut) return { at: attempt.from + (job.timeOut ?? 0), exit: TIMED_OUT };
  return { at: attempt.from + length, exit };
}

function endAttempts(scene: RunScene, it: SimulatedRun, now: Instant): boolean {
  let hasEnded = false;
  for (const at of it.run.steps.keys()) {
    const end = endOfAttempt(scene, it.run, at);
    if (end?.at !== now) continue;
    take(it, now, attemptEnded(it.run, at, now, end.exit));
    hasEnded = true;
  }
  return hasEnded;
}

function doAct(it: SimulatedRun, act: SimulatedAct, now: Instant): void {
  const refuse = (rule: ActRule) => it.refused.push({ act, rule });
  if (act.do === 'kill' || act.do === 'stop') {
    if (!isLive(it)) refuse('not_running');
    else breakOff(it, now, act.do);
    return;
  }
  if (act.do === 'resume') {
    if (it.state === 'running' || it.state === 'done') refuse(it.state);
    else resume(it, now);
    return;
  }
  const answer = answerTo(it.run, act);
  if ('rule' in answer) {
    refuse(answer.rule);
    return;
  }
  it.run = answer.run;
  if (act.do === 'release' && it.state === 'held') resume(it, now);
}

function answerTo(run: Run, act: SimulatedAct) {
  if (act.do === 'release') return release(run, act.step);
  return act.do === 'skip' ? skip(run, act.step ?? 0, act) : hold(run, act.step, act);
}

function breakOff(it: SimulatedRun, now: Instant, how: Break): void {
  it.run = interrupted(it.run, now, how);
  endExecution(it, now, 'interrupted', how === 'stop' ? 130 : null);
}

function resume(it: SimulatedRun, now: Instant): void {
  it.run = resumed(it.run);
  beginExecution(it, now);
}

/** Clocks and starts, again while attempts end at once; then the end of the run. */
function goOn(scene: RunScene, it: SimulatedRun, now: Instant, files: FileTimes): void {
  if (!isLive(it)) return;
  do {
    take(it, now, advanced(it.run, now, files));
  } while (endAttempts(scene, it, now));
  const end = endOfRun(it.run);
  if (end !== null) endExecution(it, now, end.state, end.exit);
}

function nextInstant(scene: RunScene, it: SimulatedRun, now: Instant): Instant | undefined {
  const instants = scene.acts.map(({ at }) => at);
  if (isLive(it)) {
    const ends = [...it.run.steps.keys()].map((at) => endOfAttempt(scene, it.run, at)?.at ?? now);
    instants.push(...ends, ...scene.files.values(), nextClock(it.run, now) ?? now);
  }
  const later = instants.filter((instant) => instant > now);
  return later.length === 0 ? undefined : Math.min(...later);
}
