import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type Duration, type Instant, MINUTE } from '../../../operations/clock/instant.js';
import { datePlaces, filled } from '../../../operations/plan/places.js';
import type { FileTimes, Run } from '../../../operations/run/run.js';

/** When the files that the steps of a run wait for became ready. */
export type AwaitedFiles = (run: Run) => FileTimes;

/** How long a file has to stay as it is before it counts as whole. */
const SETTLE: Duration = MINUTE;

/**
 * Files of a folder: ready when nothing of one was changed for a minute. That is told by the time
 * of its last change, which a sender cannot set back, so that it needs no earlier look. An empty
 * one, or one that has a control file to come, waits for that; a link is no file.
 */
export function filesOfInbox(inbox: string): AwaitedFiles {
  return (run) => {
    const controls = new Map(
      run.steps.flatMap(({ job }) =>
        job.files.map(
          ({ name, control }) => [filled(name, datePlaces(run.date)), control] as const,
        ),
      ),
    );
    return (name) => readyAt(inbox, name, controls.get(name) ?? null);
  };
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
