/** The one place that knows exit codes (docs/exit-codes.md says the same to users). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  difference: 3,
  tooManyRejects: 4,
  locked: 75,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What an error shows beside its sentence: file, line, loan, day, rule, expected, actual ... */
export type Evidence = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * An error that a user can act on. `code` is stable and documented; `next` is the next step.
 * Everything else that is thrown is a defect and is reported as such.
 */
export class LoanbookError extends Error {
  override readonly name = 'LoanbookError';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly evidence: Evidence;
  readonly next: string | undefined;
  /** What it is about row by row, the first ones of many. */
  readonly rows: readonly Evidence[];

  constructor(
    code: string,
    message: string,
    details: {
      exitCode?: ExitCode;
      evidence?: Evidence;
      rows?: readonly Evidence[];
      next?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.exitCode = details.exitCode ?? EXIT.failed;
    this.evidence = details.evidence ?? {};
    this.next = details.next;
    this.rows = details.rows ?? [];
  }
}
