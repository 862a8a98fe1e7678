import { EXIT, LoanbookError } from '../../../errors.js';
import { fileTruncated } from '../../csv-reader.js';
import type { LayoutDocument } from '../layout-document.js';
import { leadOf } from '../line-template.js';
import { RECORD_LENGTH_MAX } from './text-blocks.js';

/** What a splitter has made of the text so far. */
export interface SplitRecords {
  readonly records: string[][];
  /** The line on which each begins. */
  readonly lines: number[];
  /** From this record on the rows are over, by a blank line; undefined: they are not. */
  readonly rowsTo: number | undefined;
}

/**
 * What of a layout concerns lines; `isPart` says that the beginning of the file was read before.
 */
export interface SplitOptions {
  readonly path: string;
  readonly layout: LayoutDocument;
  readonly firstLine: number;
  readonly isPart: boolean;
}

const RETURN = 0x0d;

/**
 * Cuts text into records: lines at the delimiter, double quotes where the layout has them. The text
 * comes in blocks of whole lines; a record that a quote carries beyond a block waits for the next.
 * A line that no quote is in, which is nearly every one, is cut by the engine's own split.
 */
export class RecordSplitter {
  readonly #path: string;
  readonly #delimiter: string;
  readonly #isFixed: boolean;
  readonly #isQuoted: boolean;
  readonly #comment: readonly string[];
  /** How head and trailer begin where that is a comment for other lines. */
  readonly #claims: readonly string[];
  readonly #blankEnds: boolean;
  /** A line of nothing but blanks is one of empty fields. */
  readonly #isBlankCut: boolean;
  readonly #behind: number;
  #skip: number;
  #line: number;
  #rest = '';
  #ended = false;
  #records: string[][] = [];
  #lines: number[] = [];
  #rowsTo: number | undefined;

  constructor({ path, layout, firstLine, isPart }: SplitOptions) {
    this.#path = path;
    this.#delimiter = layout.delimiter;
    this.#isFixed = layout.format === 'fixed';
    this.#isQuoted = layout.quoting !== 'none' && !this.#isFixed;
    this.#comment = layout.comment;
    this.#claims = claimsIn(layout);
    this.#isBlankCut = layout.delimiter.trim() === '';
    this.#blankEnds = layout.blank_lines === 'end';
    this.#behind = layout.skip.behind;
    this.#skip = isPart ? 0 : layout.skip.before;
    this.#line = firstLine;
  }

  /**
   * The records of one more block; `isLast` says that none comes behind it. Throws LoanbookError
   * `csv_malformed` and `file_truncated` for quotes that stand wrong.
   */
  split(block: string, isLast: boolean): SplitRecords {
    const text = this.#rest === '' ? block : this.#rest + block;
    const limit = this.#behind === 0 ? text.length : this.#behindFrom(text);
    const at = this.#take(text, limit, isLast);
    this.#rest = isLast ? '' : text.slice(at);
    if (this.#rest.length > RECORD_LENGTH_MAX) throw this.#malformed('a quote is not closed');
    const made = { records: this.#records, lines: this.#lines, rowsTo: this.#rowsTo };
    this.#records = [];
    this.#lines = [];
    if (this.#rowsTo !== undefined) this.#rowsTo = 0;
    return made;
  }

  /** Takes records up to `limit`; where the first begins that is not whole. */
  #take(text: string, limit: number, isLast: boolean): number {
    let at = 0;
    let quote = this.#isQuoted ? text.indexOf('"') : -1;
    while (at < limit) {
      const found = text.indexOf('\n', at);
      const end = found < 0 || found >= limit ? limit : found;
      const stop = end > at && text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
      if (this.#skip > 0) this.#skip -= 1;
      else if (this.#isBlank(text, at, stop)) this.#blank();
      else if (!this.#isComment(text, at)) {
        if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
        if (quote >= 0 && quote < stop) {
          const next = this.#takeQuoted(text, at, limit, isLast);
          if (next < 0) return at;
          at = next;
          continue;
        }
        const line = text.slice(at, stop);
        this.#records.push(this.#isFixed ? [line] : line.split(this.#delimiter));
        this.#lines.push(this.#line);
      }
      this.#line += 1;
      at = end + 1;
    }
    return Math.min(at, text.length);
  }

  #isBlank(text: string, at: number, stop: number): boolean {
    if (stop === at) return true;
    if (text.charCodeAt(at) > 0x20 || (!this.#isFixed && this.#isBlankCut)) return false;
    return text.slice(at, stop).trim() === '';
  }

  #blank(): void {
    if (!this.#blankEnds || this.#ended) return;
    this.#ended = true;
    this.#rowsTo = this.#records.length;
  }

  #isComment(text: string, at: number): boolean {
    const begins = (mark: string) => text.startsWith(mark, at);
    return this.#comment.some(begins) && !this.#claims.some(begins);
  }

  /** A record with quotes, which may go over lines; where the next begins, -1: it is not whole. */
  #takeQuoted(text: string, from: number, limit: number, isLast: boolean): number {
    const fields: string[] = [];
    let at = from;
    let lines = 1;
    for (;;) {
      let field = '';
      if (text.charCodeAt(at) === 0x22) {
        const close = this.#closing(text, at, limit);
        if (close < 0) {
          if (isLast) throw fileTruncated(this.#path, this.#line);
          return -1;
        }
        field = text.slice(at + 1, close).replaceAll('""', '"');
        for (let n = field.indexOf('\n'); n >= 0; n = field.indexOf('\n', n + 1)) lines += 1;
        at = close + 1;
      } else {
        const stop = this.#fieldEnd(text, at, limit);
        field = text.slice(at, stop);
        if (field.includes('"')) throw this.#malformed('a quote inside a field without quotes');
        at = stop;
      }
      fields.push(field);
      if (at < limit && text.startsWith(this.#delimiter, at)) {
        at += this.#delimiter.length;
        continue;
      }
      const next = lineEndAt(text, at, limit);
      if (next < 0) throw this.#malformed('text behind a closing quote');
      this.#records.push(fields);
      this.#lines.push(this.#line);
      this.#line += lines;
      return next;
    }
  }

  /** The quote that closes a field; two of them stand for one of its characters. */
  #closing(text: string, open: number, limit: number): number {
    let at = open + 1;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0 || quote >= limit) return -1;
      if (text.charCodeAt(quote + 1) !== 0x22) return quote;
      at = quote + 2;
    }
  }

  #fieldEnd(text: string, at: number, limit: number): number {
    const found = text.indexOf('\n', at);
    const end = found < 0 || found >= limit ? limit : found;
    const delimiter = text.indexOf(this.#delimiter, at);
    if (delimiter >= 0 && delimiter < end) return delimiter;
    return end > at && text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
  }

  /** Where the last lines begin that are passed over: blank ones and comments do not count. */
  #behindFrom(text: string): number {
    let from = text.length;
    for (let left = this.#behind; left > 0 && from > 0; ) {
      const end = text.charCodeAt(from - 1) === 0x0a ? from - 1 : from;
      const start = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
      const stop = end > start && text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
      if (!this.#isBlank(text, start, stop) && !this.#isComment(text, start)) left -= 1;
      from = start;
    }
    return from;
  }

  #malformed(rule: string): LoanbookError {
    return new LoanbookError('csv_malformed', 'The file is not well-formed CSV.', {
      exitCode: EXIT.failed,
      evidence: { file: this.#path, line: this.#line, rule },
      next:
        'Write a field that holds quotes as "a ""quoted"" word", or say `quoting: none` in the ' +
        'layout. Nothing was taken.',
    });
  }
}

/** Where the next line begins; -1: there is no line end here. */
function lineEndAt(text: string, at: number, limit: number): number {
  if (at >= limit) return limit;
  if (text.charCodeAt(at) === 0x0a) return at + 1;
  if (text.charCodeAt(at) !== RETURN) return -1;
  if (at + 1 >= limit) return limit;
  return text.charCodeAt(at + 1) === 0x0a ? at + 2 : -1;
}

function claimsIn({ head, trailer, comment }: LayoutDocument): string[] {
  return [head, trailer]
    .map((line) => (typeof line === 'string' ? leadOf(line) : (line?.starts ?? '')))
    .filter((lead) => comment.some((mark) => lead.startsWith(mark)));
}
