import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { type Duration, type Instant, MINUTE } from '../../../operations/clock/instant.js';
import { datePlaces, filled } from '../../../operations/plan/places.js';
import type { Line } from '../../../operations/plan/plan.js';
import type { FileTimes, Run, Step } from '../../../operations/run/run.js';
import { type Folders, filledLine } from './places.js';

/** Where the files lie that the steps of a run wait for. */
export interface AwaitedFiles {
  /** When they became ready, as of an instant. */
  timesOf(client: pg.Client, run: Run, now: Instant): Promise<FileTimes>;
  /** The line of a step that begins; undefined: a file of it is not ready after all. */
  lineOf(client: pg.Client, run: Run, step: Step): Promise<Line | undefined>;
  /** A step was done: what it had taken is. */
  settle(client: pg.Client, run: Run, step: Step): Promise<void>;
}

/** How long a file has to stay as it is before it counts as whole. */
const SETTLE: Duration = MINUTE;

/**
 * Files of a folder, of a book without rules for its inbox. One is ready when nothing of it was
 * changed for a minute. That is told by the time of its last change, which a sender cannot set
 * back, so that it needs no earlier look. An empty one, or one that has a control file to come,
 * waits for that; a link is no file.
 */
export function filesOfFolder(folders: Folders): AwaitedFiles {
  return {
    timesOf: async (_client, run) => timesIn(folders.inbox, run),
    lineOf: async (_client, run, { job }) => filledLine(run.hand.plan, job, run.date, folders),
    settle: async () => undefined,
  };
}

function timesIn(inbox: string, run: Run): FileTimes {
  const controls = new Map(
    run.steps.flatMap(({ job }) =>
      job.files.map(({ name, control }) => [filled(name, datePlaces(run.date)), control] as const),
    ),
  );
  return (name) => readyAt(inbox, name, controls.get(name) ?? null);
}

function readyAt(inbox: string, name: string, control: string | null): Instant | undefined {
  const file = fileAt(join(inbox, name));
  if (file === undefined) return undefined;
  const beside = control === null ? undefined : fileAt(join(inbox, name + control));
  const isAwaited = control !== null || file.size === 0;
  if (isAwaited && beside === undefined) return undefined;
  const settled = changedAt(file) + SETTLE;
  return Math.max(settled, beside === undefined ? settled : changedAt(beside));
}

function changedAt({ ctimeMs }: Stats): Instant {
  return Math.ceil(ctimeMs);
}

function fileAt(path: string): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found : undefined;
}
