import { parseAmount } from '../../../accounting/money/amount-text.js';
import type { Fen } from '../../../accounting/money/units.js';
import type { LoanbookError } from '../../../errors.js';
import { type BadLine, readWhole, refusedWhole, type WholeFile } from '../whole-file.js';

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

const FILE: WholeFile<(typeof TITLES)[number]> = {
  ...{ sender: 'the guarantor', about: 'loan', needed: TITLES, code: 'answers_refused' },
};

/** Reads a file of answers whole. Throws LoanbookError `wrong_header`, `answers_refused` (1). */
export async function readAnswers(path: string, minorDigits: number): Promise<Answer[]> {
  const { rows, bad } = await readWhole(path, FILE, (of, line) => answerOf(of, line, minorDigits));
  bad.push(...repeatedRefs(rows));
  if (bad.length > 0) throw answersRefused(path, bad);
  return rows;
}

function answerOf(
  of: (title: (typeof TITLES)[number]) => string,
  line: number,
  minorDigits: number,
): Answer | BadLine {
  const [loanNo, ref] = [of('loan_no'), of('ref')];
  const kind = KINDS.find((each) => each === of('kind'));
  if (kind === undefined) return { line, about: loanNo, rule: 'unknown_word', value: of('kind') };
  const seq = kind === 'buy_back' && of('seq') === '' ? 0 : Number(of('seq'));
  if (!/^\d*$/.test(of('seq')) || !(seq <= SEQ_MAX) || (kind === 'buy_back' && seq !== 0)) {
    return { line, about: loanNo, rule: 'seq', value: of('seq') };
  }
  const isRefusal = kind === 'refusal';
  const text = of('amount');
  const amount = isRefusal && text === '' ? 0 : parseAmount(text, minorDigits);
  if (amount === undefined || (isRefusal ? amount !== 0 : amount <= 0)) {
    return { line, about: loanNo, rule: 'amount', value: text };
  }
  if (!REF.test(ref)) return { line, about: loanNo, rule: 'ref', value: ref };
  return { line, loanNo, kind, seq, amount, ref };
}

function repeatedRefs(answers: readonly Answer[]): BadLine[] {
  const seen = new Set<string>();
  return answers.flatMap(({ line, loanNo, ref }) => {
    const key = `${loanNo} ${ref}`;
    if (seen.has(key)) return [{ line, about: loanNo, rule: 'repeated_key', value: ref }];
    seen.add(key);
    return [];
  });
}

/** Exit 1: nothing of the file was taken. */
export function answersRefused(path: string, bad: readonly BadLine[]): LoanbookError {
  return refusedWhole(path, bad, FILE);
}
