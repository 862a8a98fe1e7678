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

/** What is hit at one place: something of a kind, the job that it meets and a phase of it. */
export interface AnyCell {
  readonly kind: string;
  readonly job: string;
  readonly phase: string;
}

export interface Cell extends AnyCell {
  readonly kind: Kind;
}

export function cellName({ kind, job, phase }: AnyCell): string {
  return `${kind} ${job} ${phase}`;
}
