import { formatAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { fileTruncated } from '../../../files/csv-reader.js';
import { type FileContent, lastLineOf } from '../../../files/file-content.js';
import type { ControlRule } from '../documents/file-rules.js';
import { readControlFile } from './control-file.js';

/** What the command line says of a file. */
export interface SenderSays {
  readonly rows?: number;
  /** Decimal text: the sum of the amounts. */
  readonly total?: string;
  /** Path of a control file. */
  readonly control?: string;
  /** Of the content, in hex. */
  readonly sha256?: string;
  /** Its last line may lack a line end. */
  readonly unterminated?: boolean;
}

/** What the mapping or channel of a file says of it. */
export interface FileRules {
  readonly control?: ControlRule;
  readonly unterminated?: 'refused' | 'allowed';
  /** A line of totals that the file itself has; it may prove it. */
  readonly totals?: { readonly count?: number; readonly amount?: number };
  /** Of its amounts and those of its control file. */
  readonly minorDigits: number;
}

/** What shows that a file is whole, in the order in which it was found. */
type Proof = 'line_end' | 'options' | 'control_file' | 'sha256' | 'head' | 'trailer';
export type ProvedBy = readonly (Proof | 'unterminated')[];

/** What somebody says a file has: its rows, and the sum of their amounts. */
export interface Claim {
  readonly by: Proof;
  readonly file: string;
  readonly line?: number;
  readonly rows: number | undefined;
  readonly total: bigint | undefined;
}

export interface Counted {
  readonly rows: number;
  readonly total: bigint;
}

/**
 * Holds a file to what its sender says of it. A last line without a line end is the end of a file
 * that was cut off, unless rows and total, or its digest, prove that it is whole.
 */
export class FileProof {
  readonly #content: FileContent;
  readonly #minorDigits: number;
  readonly #claims: Claim[] = [];
  #isHashed = false;
  #hasTotals = false;
  #mayBeUnterminated = false;

  private constructor(content: FileContent, minorDigits: number) {
    this.#content = content;
    this.#minorDigits = minorDigits;
  }

  /**
   * Throws LoanbookError `file_truncated` where nothing can prove the file any more,
   * `file_hash_differs` where it is not the one that is meant, `malformed_amount` (2) for a total
   * that is none, and as `readControlFile` does.
   */
  static async open(
    content: FileContent,
    rules: FileRules,
    says: SenderSays = {},
  ): Promise<FileProof> {
    const proof = new FileProof(content, rules.minorDigits);
    proof.#mayBeUnterminated = rules.unterminated === 'allowed' || says.unterminated === true;
    proof.#isHashed = isHashProved(content, says.sha256);
    const total = totalOf(says.total, rules.minorDigits);
    if (says.rows !== undefined || total !== undefined) {
      proof.claim({ by: 'options', file: content.path, rows: says.rows, total });
    }
    const { control: rule, minorDigits } = rules;
    const control = await readControlFile(content, {
      rule,
      named: says.control,
      minorDigits,
      unterminated: proof.#mayBeUnterminated,
    });
    if (control !== null) {
      const { path: file, line, count: rows, amount } = control;
      proof.#isHashed ||= control.isHashed;
      proof.claim({ by: 'control_file', file, line, rows, total: amount });
    }
    const { totals } = rules;
    proof.#hasTotals = totals?.amount !== undefined;
    const rowsSaid = proof.#says('rows') || totals?.count !== undefined;
    const totalSaid = proof.#says('total') || totals?.amount !== undefined;
    const isHopeful = proof.#isHashed || (rowsSaid && totalSaid);
    if (content.bytes > 0 && !proof.#isEnded && !isHopeful) {
      throw fileTruncated(content.path, await lastLineOf(content.path));
    }
    return proof;
  }

  /** A last line without its end is doubtful until rows and total are known. */
  get wantsLineEnd(): boolean {
    return !this.#isEnded && !this.#isHashed;
  }

  /** A total is said, or may be: a trailer comes last. */
  get wantsTotal(): boolean {
    return this.#hasTotals || this.#says('total');
  }

  claim(claim: Claim): void {
    this.#claims.push(claim);
  }

  /**
   * What proves the file. Throws LoanbookError `file_total_differs`, or `code`, with rule,
   * expected, actual and difference, and `file_truncated` where rows and total are not both said.
   */
  end(counted: Counted, lastLine: number, code = 'file_total_differs'): ProvedBy {
    for (const claim of this.#claims) this.#hold(claim, counted, code);
    const isProved = this.#isHashed || (this.#says('rows') && this.#says('total'));
    if (!this.#isEnded && !isProved) throw fileTruncated(this.#content.path, lastLine);
    const by = this.#claims
      .filter(({ rows, total }) => rows !== undefined || total !== undefined)
      .map((claim) => claim.by);
    const first = this.#content.endsWithNewline ? (['line_end'] as const) : [];
    const digest = this.#isHashed ? (['sha256'] as const) : [];
    const proved = [...first, ...new Set(by), ...digest];
    return this.#content.endsWithNewline || isProved ? proved : [...proved, 'unterminated'];
  }

  get #isEnded(): boolean {
    return this.#content.endsWithNewline || this.#mayBeUnterminated;
  }

  #says(what: 'rows' | 'total'): boolean {
    return this.#claims.some((claim) => claim[what] !== undefined);
  }

  #hold({ by, file, line, rows, total }: Claim, counted: Counted, code: string): void {
    const rowsDiffer = rows !== undefined && rows !== counted.rows;
    const totalDiffers = total !== undefined && total !== counted.total;
    if (!rowsDiffer && !totalDiffers) return;
    const shown = (amount: bigint) => formatAmount(amount, this.#minorDigits);
    const found = rowsDiffer
      ? { expected: rows, actual: counted.rows, difference: counted.rows - rows }
      : {
          expected: shown(total!),
          actual: shown(counted.total),
          difference: shown(counted.total - total!),
        };
    throw new LoanbookError(code, 'The file is not what its sender says it is.', {
      exitCode: EXIT.failed,
      evidence: {
        file,
        line,
        saidBy: by,
        rule: rowsDiffer ? 'rows' : 'total',
        ...found,
        ...(rowsDiffer && totalDiffers
          ? { expectedTotal: shown(total), actualTotal: shown(counted.total) }
          : {}),
        lineEnd: this.#content.endsWithNewline ? undefined : 'missing',
      },
      next: 'Nothing was taken. Fetch the file again, or ask its sender for a correct one.',
    });
  }
}

function isHashProved({ path, sha256 }: FileContent, said: string | undefined): boolean {
  if (said === undefined || said === sha256) return said !== undefined;
  throw new LoanbookError('file_hash_differs', 'The file is not the one that is meant.', {
    exitCode: EXIT.failed,
    evidence: { file: path, rule: 'sha256', expected: said, actual: sha256 },
    next: 'Nothing was taken. It was changed or replaced: fetch it again.',
  });
}

function totalOf(text: string | undefined, minorDigits: number): bigint | undefined {
  if (text === undefined) return undefined;
  const total = parseTotal(text, minorDigits);
  if (total !== undefined) return total;
  throw new LoanbookError('malformed_amount', '--total is no amount', {
    exitCode: EXIT.usage,
    evidence: { option: '--total', value: text },
    next: 'Give the sum of the amounts, such as 1924.60.',
  });
}
