import type { EpochDay } from '../../accounting/money/units.js';
import { type Duration, type Instant, MINUTE } from '../clock/instant.js';
import type { PlanAtHand } from '../plan/plan.js';
import { type InstanceState, type Looker, lookAt, type PlanTable } from '../schedule/look.js';

/** A process of a host's scheduler: up from an instant on and before another. */
export interface Process extends Looker {
  readonly from: Instant;
  readonly to: Instant;
}

export interface ScheduleScene {
  readonly hand: PlanAtHand;
  /** In the order in which hosts look. */
  readonly processes: readonly Process[];
  readonly lease: Duration;
  /** How long an instance runs. */
  readonly lengthOf: (date: EpochDay) => Duration;
  /** The instances that fail at first, and when each is resumed; then it runs as long again. */
  readonly fails: ReadonlyMap<EpochDay, Instant>;
  readonly until: Instant;
}

export interface SimulatedInstance {
  readonly date: EpochDay;
  readonly due: Instant;
  state: InstanceState;
  readonly starts: { readonly host: string; readonly at: Instant }[];
  ended: Instant | null;
  isLateTold: boolean;
  /** What is left to run. */
  left: Duration;
  holder: Process | null;
}

export interface SimulatedSchedule {
  readonly instances: readonly SimulatedInstance[];
  readonly alarms: readonly {
    readonly at: Instant;
    readonly date: EpochDay;
    readonly kind: string;
  }[];
}

/** Hosts that look each whole minute and as they start, and what comes of it in the table. */
export function simulateHosts(scene: ScheduleScene): SimulatedSchedule {
  const instances: SimulatedInstance[] = [];
  const alarms: { at: Instant; date: EpochDay; kind: string }[] = [];
  let lookedTo: EpochDay | null = null;
  for (
    let now = firstInstant(scene);
    now <= scene.until;
    now = nextInstant(scene, instances, now)
  ) {
    endRun(scene, instances, now);
    resumeFailed(scene, instances, now);
    for (const me of scene.processes.filter((process) => looksAt(process, now))) {
      const look = lookAt(scene.hand, tableOf(scene, instances, lookedTo), now, me);
      lookedTo = look.lookedTo;
      for (const { date, due } of look.added) instances.push(waiting(scene, date, due));
      for (const { date, kind } of look.alarms) {
        alarms.push({ at: now, date, kind });
        const told = instanceOf(instances, date);
        if (kind === 'late') told.isLateTold = true;
        else told.state = 'missed';
      }
      if (look.begin !== null) begin(instanceOf(instances, look.begin.date), me, now);
    }
  }
  return { instances, alarms };
}

function waiting(scene: ScheduleScene, date: EpochDay, due: Instant): SimulatedInstance {
  const rest = { ended: null, isLateTold: false, holder: null };
  return { date, due, state: 'waiting', starts: [], left: scene.lengthOf(date), ...rest };
}

function instanceOf(instances: readonly SimulatedInstance[], date: EpochDay): SimulatedInstance {
  const found = instances.findLast((instance) => instance.date === date);
  if (found === undefined) throw new TypeError(`no instance of day ${date}`);
  return found;
}

function tableOf(
  { lease }: ScheduleScene,
  instances: readonly SimulatedInstance[],
  lookedTo: EpochDay | null,
): PlanTable {
  const open = instances.flatMap(({ date, due, state, isLateTold, holder }) =>
    state === 'done' || state === 'missed'
      ? []
      : // A process renews its lease until it dies.
        [
          {
            date,
            due,
            state,
            isLateTold,
            holder: holder && { ...holder, leaseEnds: holder.to + lease },
          },
        ],
  );
  return { open, lookedTo };
}

function isUp({ from, to }: Process, now: Instant): boolean {
  return from <= now && now < to;
}

function looksAt(process: Process, now: Instant): boolean {
  return isUp(process, now) && (now % MINUTE === 0 || now === process.from);
}

/** An instance begins, goes on, or is resumed. */
function begin(instance: SimulatedInstance, by: Process, now: Instant): void {
  // What its last holder did before it died stays done.
  const last = instance.starts.at(-1);
  if (instance.holder !== null && last !== undefined) {
    instance.left -= instance.holder.to - last.at;
  }
  instance.state = 'running';
  instance.holder = by;
  instance.starts.push({ host: by.host, at: now });
}

/** When the running instance ends; undefined where there is none, or its holder dies before. */
function endOf(instances: readonly SimulatedInstance[]): Instant | undefined {
  const running = instances.findLast(({ state }) => state === 'running');
  const last = running?.starts.at(-1);
  if (running === undefined || last === undefined) return undefined;
  const end = last.at + running.left;
  return running.holder !== null && end <= running.holder.to ? end : undefined;
}

function endRun(scene: ScheduleScene, instances: readonly SimulatedInstance[], now: Instant): void {
  if (endOf(instances) !== now) return;
  for (const instance of instances.filter(({ state }) => state === 'running')) {
    const isFirst = instance.ended === null;
    instance.state = isFirst && scene.fails.has(instance.date) ? 'failed' : 'done';
    instance.ended = now;
    instance.holder = null;
  }
}

function resumeFailed(
  { fails, lengthOf, processes }: ScheduleScene,
  instances: readonly SimulatedInstance[],
  now: Instant,
): void {
  const failed = instances.find(({ state, date }) => state === 'failed' && fails.get(date) === now);
  const by = processes.find((process) => isUp(process, now));
  if (failed === undefined || by === undefined) return;
  failed.left = lengthOf(failed.date);
  begin(failed, by, now);
}

function firstInstant({ processes, until }: ScheduleScene): Instant {
  return Math.min(...processes.map(({ from }) => from), until);
}

/** The next instant at which something can happen. */
function nextInstant(
  { processes, fails }: ScheduleScene,
  instances: readonly SimulatedInstance[],
  now: Instant,
): Instant {
  const minute = (Math.floor(now / MINUTE) + 1) * MINUTE;
  const later = [...processes.map(({ from }) => from), ...fails.values(), endOf(instances) ?? now];
  return Math.min(minute, ...later.filter((instant) => instant > now));
}
