/** What is done to a job, a file each in `faults/`. */
export const KINDS = [
  'kill_process',
  'kill_backend',
  'crash_backend',
  'kill_postmaster',
  'freeze',
  'take_over',
  'sigterm',
  'stranger_lock',
  'connection_limit',
  'full_disk',
  'two_closers',
] as const;
export type Kind = (typeof KINDS)[number];

/** One fault at one place: a kind, the job that it meets and the phase that the job is in. */
export interface Cell {
  readonly kind: Kind;
  readonly job: string;
  readonly phase: string;
}

export function cellName({ kind, job, phase }: Cell): string {
  return `${kind} ${job} ${phase}`;
}
