import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import type { Reject } from '../../../files/rejects/reject-columns.js';
import type { RowProblem, SourceColumns } from '../source/source-columns.js';

/** Columns of `import_reject`, in the order in which `putReject` writes them. */
export const REJECT_COLUMNS = ['row_line', 'place', 'reject'] as const;

/** A rejected row as it is kept until all are known. */
export interface KeptReject {
  readonly reject: Reject;
  readonly row: readonly string[];
}

/** A problem of another file than the row's names its own line and column. */
export function rejectOf(problem: RowProblem, line: number, columns: SourceColumns): Reject {
  const { field, rule, value } = problem;
  if (problem.line !== undefined) return { field, rule, value, line: problem.line };
  return { rule, value, line, field: columns.nameOf(field) };
}

/** `rowLine` is 0 for a row that is in no file; such ones come last, in the order of `place`. */
export function putReject(
  writer: TupleWriter,
  rowLine: number,
  place: number,
  kept: KeptReject,
): void {
  writer.tuple(REJECT_COLUMNS.length);
  writer.int4(rowLine);
  writer.int8(place);
  writer.bytea(Buffer.from(JSON.stringify(kept)));
}
