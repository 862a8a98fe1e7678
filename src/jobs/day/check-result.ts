/** One difference that a check found. */
export interface Difference {
  readonly place: string;
  readonly expected: string;
  readonly actual: string;
}

export interface CheckResult {
  readonly name: string;
  readonly says: string;
  readonly ok: boolean;
  readonly milliseconds: number;
  /** At most 20. */
  readonly differences: readonly Difference[];
}
