import { parseAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { fileTruncated } from '../../../files/csv-reader.js';
import { shownText } from '../../../files/mask.js';
import { fieldsOf } from '../../../files/plain-lines.js';
import type { ProvedBy } from './file-proof.js';
import type { RowProblem } from './source-columns.js';
import { isIncomplete, type SourceFile } from './source-file.js';

/**
 * Counts the rows of a source file and sums one of our columns over all of them, rejected ones too
 * (an amount that cannot be read counts nothing), and tells its trailer from its rows.
 */
export class RowCount {
  rows = 0;
  readonly #file: SourceFile;
  readonly #amountColumn: string;
  readonly #minorDigits: number;
  #total = 0n;
  #isUnproved = false;
  #trailerLine = 0;
  #lastLine = 1;
  #last: { row: readonly string[] | string; problem: RowProblem | null | undefined } | undefined;

  constructor(file: SourceFile, amountColumn: string, minorDigits: number) {
    this.#file = file;
    this.#amountColumn = amountColumn;
    this.#minorDigits = minorDigits;
  }

  /** Line on which the last row begins. */
  get lastLine(): number {
    return this.#lastLine;
  }

  /** Whether a record is the trailer; what it says is kept. Throws `bad_trailer`. */
  isTrailer(record: readonly string[], line: number): boolean {
    const { trailer, content, proof } = this.#file;
    if (trailer === undefined) return false;
    if (this.#trailerLine > 0) throw this.#bad(line, 'nothing_behind_the_trailer', record.join());
    if (record[0]?.trim() !== trailer.starts) return false;
    this.#trailerLine = line;
    const figure = <T>(
      place: number | undefined,
      parse: (text: string, digits: number) => T | undefined,
      digits: number,
    ): T | undefined => {
      if (place === undefined) return undefined;
      const text = record[place - 1]?.trim() ?? '';
      const value = parse(text, digits);
      if (value === undefined) throw this.#bad(line, 'malformed_number', text);
      return value;
    };
    const rows = figure(trailer.count, parseAmount, 0);
    const total = figure(trailer.amount, parseTotal, this.#minorDigits);
    proof.claim({ by: 'trailer', file: content.path, line, rows, total });
    return true;
  }

  /** Counts a row that was read, with what is wrong with it. */
  add(row: readonly string[], line: number, problem: RowProblem | null | undefined): void {
    this.rows += 1;
    this.#lastLine = line;
    this.#last = { row, problem };
    if (!this.#file.proof.wantsTotal) return;
    const text = this.#file.columns.textOf(this.#amountColumn, row);
    this.#total += BigInt(parseAmount(text, this.#minorDigits) ?? 0);
  }

  /** Whether rows may be counted as lines: nothing is to be summed or told apart. */
  get countsLines(): boolean {
    return this.#file.trailer === undefined && !this.#file.proof.wantsTotal;
  }

  /** Counts a row as the line that it is, which has nothing wrong with it. */
  addLine(text: string, line: number): void {
    this.rows += 1;
    this.#lastLine = line;
    this.#last = { row: text, problem: undefined };
  }

  /** What proves the file whole. Throws as `FileProof.end` does. */
  end(): ProvedBy {
    const { trailer, proof } = this.#file;
    if (trailer !== undefined && this.#trailerLine === 0) {
      throw this.#bad(this.#lastLine, 'trailer_missing', '');
    }
    const counted = { rows: this.rows, total: this.#total };
    const provedBy = proof.end(counted, this.#lastLine);
    this.#isUnproved = provedBy.includes('unterminated');
    this.requireWhole(this.#last?.problem);
    return provedBy;
  }

  /**
   * Throws `file_truncated` where nothing proves the file and this problem of its last row, found
   * since then, is that of a row that was cut off.
   */
  requireWhole(problem: RowProblem | null | undefined): void {
    const last = this.#last?.row;
    const row = typeof last === 'string' ? fieldsOf(last) : last;
    if (!this.#isUnproved || !isIncomplete(this.#file, row, problem)) return;
    throw fileTruncated(this.#file.content.path, this.#lastLine);
  }

  #bad(line: number, rule: string, value: string): LoanbookError {
    const { path } = this.#file.content;
    return new LoanbookError('bad_trailer', 'The line of totals is not as the mapping says.', {
      exitCode: EXIT.failed,
      evidence: { file: path, line, rule, value: shownText(value) },
      next: 'Nothing was taken. Fetch the whole file again, or correct `trailer` of the mapping.',
    });
  }
}
