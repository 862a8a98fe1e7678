import { changed, isOver, type Run } from './run.js';

/** Why an act is refused. */
export type ActRule =
  | 'running'
  | 'ended'
  | 'held'
  | 'not_held'
  | 'no_reason'
  | 'never_skipped'
  | 'no_checker'
  | 'same_person'
  | 'done'
  | 'not_running';

/** A run after an act, or the rule that refuses it: of several the first in the page's order. */
export type Act = { readonly run: Run } | { readonly rule: ActRule };

/** Who acts, and why. */
export interface Reasons {
  readonly by?: string | undefined;
  readonly checker?: string | undefined;
  readonly reason?: string | undefined;
}

/** Nothing of the job, or of the whole run, starts until it is released; what runs goes on. */
export function hold(run: Run, at: number | null, { reason }: Reasons): Act {
  const step = at === null ? null : run.steps[at]!;
  if (step?.state === 'running') return { rule: 'running' };
  if (step === null ? run.steps.every(isOver) : isOver(step)) return { rule: 'ended' };
  if (step === null ? run.isHeld : step.isHeld) return { rule: 'held' };
  return isMissing(reason) ? { rule: 'no_reason' } : { run: withHeld(run, at, true) };
}

export function release(run: Run, at: number | null): Act {
  const isHeld = at === null ? run.isHeld : run.steps[at]!.isHeld;
  return isHeld ? { run: withHeld(run, at, false) } : { rule: 'not_held' };
}

/** The job counts as done for what needs it: by two persons, with a reason. */
export function skip(run: Run, at: number, { by, checker, reason }: Reasons): Act {
  const step = run.steps[at]!;
  if (step.job.skip === 'never') return { rule: 'never_skipped' };
  if (isMissing(checker)) return { rule: 'no_checker' };
  if (checker === by) return { rule: 'same_person' };
  if (step.state === 'running') return { rule: 'running' };
  if (isOver(step)) return { rule: 'ended' };
  if (isMissing(reason)) return { rule: 'no_reason' };
  return { run: changed(run, at, { state: 'skipped', why: 'person' }) };
}

function withHeld(run: Run, at: number | null, isHeld: boolean): Run {
  return at === null ? { ...run, isHeld } : changed(run, at, { isHeld });
}

function isMissing(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
