import { parseAmount } from '../../../accounting/money/amount-text.js';
import type { Fen } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { csvBatches } from '../../../files/csv-reader.js';

const TITLES = ['loan_no', 'kind', 'seq', 'amount', 'ref'] as const;
const KINDS = ['compensation', 'buy_back', 'refusal'] as const;
const SEQ_MAX = 32_767;
const REF = /^\S(?:.*\S)?$/u;

/** One answer of a guarantor: money for a claim, or its refusal. */
export interface Answer {
  readonly line: number;
  readonly loanNo: string;
  readonly kind: (typeof KINDS)[number];
  /** The instalment; 0: the buy-back. */
  readonly seq: number;
  readonly amount: Fen;
  readonly ref: string;
}

/** A line that cannot be taken. */
export interface BadAnswer {
  readonly line: number;
  readonly rule: string;
  readonly loan?: string;
  readonly value?: string;
}

/** Reads a file of answers whole. Throws LoanbookError `wrong_header`, `answers_refused` (1). */
export async function readAnswers(path: string, minorDigits: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  const bad: BadAnswer[] = [];
  let titles: readonly string[] | undefined;
  for await (const { records, lines } of csvBatches(path)) {
    for (const [at, record] of records.entries()) {
      if (titles === undefined) {
        titles = record;
        requireTitles(path, titles);
        continue;
      }
      const answer = answerOf(titles, record, lines[at]!, minorDigits);
      if ('rule' in answer) bad.push(answer);
      else answers.push(answer);
    }
  }
  if (titles === undefined) requireTitles(path, []);
  bad.push(...repeatedRefs(answers));
  if (bad.length > 0) throw answersRefused(path, bad);
  return answers;
}

function requireTitles(path: string, titles: readonly string[]): void {
  const isRight = titles.length === TITLES.length && TITLES.every((each) => titles.includes(each));
  if (isRight) return;
  throw new LoanbookError('wrong_header', 'The head of the file names other columns.', {
    exitCode: EXIT.failed,
    evidence: { file: path, expected: TITLES.join(','), found: titles.join(',').slice(0, 120) },
    next: 'Ask the guarantor for the file with these columns; nothing was taken.',
  });
}

function answerOf(
  titles: readonly string[],
  record: readonly string[],
  line: number,
  minorDigits: number,
): Answer | BadAnswer {
  if (record.length !== titles.length) return { line, rule: 'field_count' };
  const of = (title: (typeof TITLES)[number]) => record[titles.indexOf(title)]!;
  const [loanNo, ref] = [of('loan_no'), of('ref')];
  const kind = KINDS.find((each) => each === of('kind'));
  if (kind === undefined) return { line, loan: loanNo, rule: 'unknown_word', value: of('kind') };
  const seq = kind === 'buy_back' && of('seq') === '' ? 0 : Number(of('seq'));
  if (!/^\d*$/.test(of('seq')) || !(seq <= SEQ_MAX) || (kind === 'buy_back' && seq !== 0)) {
    return { line, loan: loanNo, rule: 'seq', value: of('seq') };
  }
  const isRefusal = kind === 'refusal';
  const text = of('amount');
  const amount = isRefusal && text === '' ? 0 : parseAmount(text, minorDigits);
  if (amount === undefined || (isRefusal ? amount !== 0 : amount <= 0)) {
    return { line, loan: loanNo, rule: 'amount', value: text };
  }
  if (!REF.test(ref)) return { line, loan: loanNo, rule: 'ref', value: ref };
  return { line, loanNo, kind, seq, amount, ref };
}

function repeatedRefs(answers: readonly Answer[]): BadAnswer[] {
  const seen = new Set<string>();
  return answers.flatMap(({ line, loanNo, ref }) => {
    const key = `${loanNo} ${ref}`;
    if (seen.has(key)) return [{ line, loan: loanNo, rule: 'repeated_key', value: ref }];
    seen.add(key);
    return [];
  });
}

/** Exit 1: nothing of the file was taken. */
export function answersRefused(path: string, bad: readonly BadAnswer[]): LoanbookError {
  const [first] = bad;
  const lines = bad.map(({ line, rule, loan, value }) => {
    const which = loan === undefined ? '' : ` of ${loan}`;
    return `  line ${line}${which}: ${rule}${value === undefined ? '' : `; got ${value}`}`;
  });
  return new LoanbookError('answers_refused', ['The file is refused whole:', ...lines].join('\n'), {
    exitCode: EXIT.failed,
    evidence: { file: path, lines: bad.length, line: first?.line, rule: first?.rule },
    next: 'Settle these lines with the guarantor and take its corrected file; nothing was taken.',
  });
}
