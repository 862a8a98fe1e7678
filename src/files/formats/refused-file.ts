import { type Evidence, EXIT, LoanbookError } from '../../errors.js';
import { maskCell, shownText } from '../mask.js';

/**
 * The error of a file that is not what its format says: where, which rule, which value. Values are
 * masked and cut, since whatever stands in a file may be somebody's number.
 */
export function refusedFile(
  code: string,
  message: string,
  { file, ...evidence }: Evidence & { readonly file: string },
  next = 'Ask for the file again.',
): LoanbookError {
  const shown = Object.entries(evidence).map(([key, value]) => [key, shownOf(key, value)] as const);
  return new LoanbookError(code, message, {
    exitCode: EXIT.failed,
    evidence: { file, ...Object.fromEntries(shown) },
    next: `${next} Nothing was taken.`,
  });
}

function shownOf(key: string, value: Evidence[string]): Evidence[string] {
  if (typeof value !== 'string') return value;
  return key === 'value' ? maskCell(value) : shownText(value);
}
