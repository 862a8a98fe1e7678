/** What a refusal shows beside its sentence. */
export type RefusalEvidence = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Input that cannot be computed: the caller reports it with its own file, line or loan. `code` is
 * stable, in snake_case; `evidence` names the values that made it impossible.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly evidence: RefusalEvidence;

  constructor(code: string, message: string, evidence: RefusalEvidence = {}) {
    super(message);
    this.code = code;
    this.evidence = evidence;
  }
}

/** A broken invariant: a defect of this program, never of its input. It stops the job. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly evidence: RefusalEvidence;

  constructor(message: string, evidence: RefusalEvidence = {}) {
    super(message);
    this.evidence = evidence;
  }
}
