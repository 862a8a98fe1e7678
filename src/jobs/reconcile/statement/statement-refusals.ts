import { parseTotal } from '../../../accounting/money/amount-text.js';
import { shownTotal } from '../../../accounting/money/total.js';
import { type Evidence, EXIT, LoanbookError } from '../../../errors.js';
import { fileTruncated } from '../../../files/csv-reader.js';
import { lastLineOf } from '../../../files/file-content.js';
import { maskCell } from '../../../files/mask.js';
import type { FileProof } from '../../import/source/file-proof.js';

/** The error of a line that refuses its statement. */
export function badLine(
  file: string,
  line: number,
  field: string,
  rule: string,
  value: string,
): LoanbookError {
  return new LoanbookError('bad_statement_line', 'A line of the statement cannot be read.', {
    exitCode: EXIT.failed,
    evidence: { file, line, field, rule, value: maskCell(value) },
    next: 'Nothing was taken. Have the file corrected, or correct the layout of the channel.',
  });
}

/** What of a statement its refusal depends on. */
interface ReadFile {
  readonly path: string;
  readonly proof: FileProof;
  readonly minorDigits: number;
}

/** Refusals of its layout under the codes that statements have; what else was thrown as it is. */
export async function refusedStatement(
  error: unknown,
  { path, proof, minorDigits }: ReadFile,
  lines: number,
): Promise<unknown> {
  if (!(error instanceof LoanbookError)) return error;
  const { code, evidence } = error;
  // What cannot be read in a last line without its end was cut off.
  const isOfLine = code === 'bad_statement_line' || code === 'bad_trailer';
  if (isOfLine && proof.wantsLineEnd && Number(evidence.line) === (await lastLineOf(path))) {
    return fileTruncated(path, Number(evidence.line));
  }
  switch (code) {
    case 'count_differs':
    case 'total_differs':
      return totalDiffers(path, code, evidence, minorDigits);
    case 'file_empty':
      return truncated(path, 1, 'no line of titles', lines);
    case 'bad_head':
    case 'bad_trailer':
      if (evidence.value !== undefined) return error;
      return truncated(path, evidence.line, `no ${code.slice('bad_'.length)}`, lines);
    default:
      return error;
  }
}

/** What a statement says of its lines and what they are; totals in minor units. */
function totalDiffers(
  file: string,
  rule: string,
  { line, expected, actual, saidBy, field }: Evidence,
  minorDigits: number,
): LoanbookError {
  const minor = (text: unknown) => parseTotal(String(text), minorDigits) ?? 0n;
  const found =
    rule === 'count_differs'
      ? { expectedLines: expected, actualLines: actual }
      : {
          expectedTotal: shownTotal(minor(expected)),
          actualTotal: shownTotal(minor(actual)),
          difference: shownTotal(minor(actual) - minor(expected)),
        };
  return new LoanbookError('statement_total_differs', 'The statement is not what it says it is.', {
    exitCode: EXIT.failed,
    evidence: { file, line, saidBy, field, rule, ...found },
    next: 'Nothing was taken. Fetch the file again, or ask the partner for a correct one.',
  });
}

function truncated(
  file: string,
  line: Evidence[string],
  found: string,
  lines: number,
): LoanbookError {
  return new LoanbookError('statement_truncated', 'The statement is cut off.', {
    exitCode: EXIT.failed,
    evidence: { file, line, found, lines },
    next: 'Nothing was taken. Fetch the file again.',
  });
}
