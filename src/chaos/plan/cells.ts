import type { AnyCell } from '../kinds.js';

/** When a job of a night is met. */
export const MOMENTS = [
  // Its process is there and waits; nothing of it is kept.
  'before_start_is_kept',
  // Its start is kept, and it has done nothing.
  'start_is_kept',
  'half_way',
  'before_end_is_kept',
  // Its end is kept, and what follows has begun.
  'between_jobs',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** What is killed; a job that has ended cannot be. */
export const VICTIMS = ['runner', 'child', 'database'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Who goes on with the night. */
export const RESUMERS = ['night', 'scheduler'] as const;
export type Resumer = (typeof RESUMERS)[number];

export interface PlanCell extends AnyCell {
  readonly kind: Moment;
  /** `runner by scheduler`: what is killed, and who goes on. */
  readonly phase: string;
  readonly victim: Victim;
  readonly resumer: Resumer;
}

/** Every job in every moment, met by all that can be killed then. */
export function planCells(jobs: readonly string[]): PlanCell[] {
  return jobs.flatMap((job) =>
    MOMENTS.flatMap((kind) =>
      VICTIMS.filter((victim) => victim !== 'child' || isAlive(kind)).flatMap((victim) =>
        RESUMERS.map((resumer) => ({
          ...{ kind, job, victim, resumer },
          phase: `${victim} by ${resumer}`,
        })),
      ),
    ),
  );
}

function isAlive(moment: Moment): boolean {
  return moment !== 'before_end_is_kept' && moment !== 'between_jobs';
}
