import { type Evidence, EXIT, LoanbookError } from '../../errors.js';
import { shownText } from '../mask.js';
import { type LayoutRefusal, REFUSALS } from './layout-rule-names.js';

const SENTENCES: Readonly<Record<LayoutRefusal, string>> = {
  bad_head: 'The head of the file is not what its layout says.',
  bad_trailer: 'The trailer of the file is not what its layout says.',
  columns_differ: 'The file has not the columns of its layout.',
  count_differs: 'The file has not as many rows as it says.',
  total_differs: 'The rows of the file do not sum to what it says.',
  balance_broken: 'The running balance does not follow: a line is missing, or one too many.',
};

/** The error that refuses a whole file; `rule` in the evidence is the layout's own name for it. */
export function refusalOf(
  refusal: LayoutRefusal,
  file: string,
  line: number,
  evidence: Evidence,
): LoanbookError {
  const shown = Object.entries(evidence).map(([key, value]) => [
    key,
    typeof value === 'string' ? shownText(value) : value,
  ]);
  return new LoanbookError(REFUSALS[refusal], SENTENCES[refusal], {
    exitCode: EXIT.failed,
    evidence: { file, line, rule: refusal, ...Object.fromEntries(shown) },
    next: 'Nothing was taken. Fetch the file again, or correct the layout.',
  });
}
