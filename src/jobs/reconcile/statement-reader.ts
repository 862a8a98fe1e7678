import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { parseAmount, parseTotal } from '../../accounting/money/amount-text.js';
import { shownTotal, Total } from '../../accounting/money/total.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { requireCharset } from '../../files/charset.js';
import { fileTruncated, nulField } from '../../files/csv-reader.js';
import { lineBatches } from '../../files/line-reader.js';
import type { FileProof, ProvedBy } from '../import/source/file-proof.js';
import { type Transform, transformOf } from '../import/source/value-transform.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { columnAt, columnPlaces, splitFields } from './statement-columns.js';

/** One line of a statement, amounts in minor units. */
export interface StatementLine {
  line: number;
  orderNo: string;
  amount: Fen;
  fee: Fen;
  isSuccess: boolean;
  valueDate: EpochDay;
  loanNo: string;
}

/** What a statement says of itself, and what its lines sum to. */
export interface StatementTotals {
  /** Of the head, if the format has one with a date. */
  readonly headDate: EpochDay | undefined;
  /** All lines, and what they sum to. */
  readonly lines: number;
  readonly allAmount: bigint;
  /** Of the lines that succeeded. */
  readonly succeeded: number;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly lastValueDate: EpochDay | undefined;
  /** What shows that the file is whole. */
  readonly provedBy: ProvedBy;
}

interface Claim {
  readonly by: 'head' | 'trailer';
  readonly line: number;
  readonly count: number | undefined;
  readonly amount: bigint | undefined;
}

/**
 * Reads a statement line by line, in constant memory, and holds it to its own head and trailer.
 * Nothing of a file with a bad line is good: throws LoanbookError `bad_statement_line` with line,
 * field, rule and value, `statement_total_differs`, `statement_truncated`, `wrong_header`.
 */
export class StatementReader {
  readonly #proof: FileProof;
  readonly #path: string;
  readonly #channel: ChannelDocument;
  readonly #minorDigits: number;
  readonly #date: Transform;
  readonly #success: ReadonlySet<string>;
  readonly #failed: ReadonlySet<string>;
  #places: ReturnType<typeof columnPlaces> | undefined;
  #headRead = false;
  #headDate: EpochDay | undefined;
  #claims: Claim[] = [];
  #ended = false;
  #lines = 0;
  /** Of every line, failed ones included: what heads and trailers count. */
  readonly #allAmount = new Total();
  #succeeded = 0;
  readonly #amount = new Total();
  readonly #fee = new Total();
  #lastValueDate: EpochDay | undefined;
  #dateText = '';
  #dateDay = 0;

  constructor(proof: FileProof, path: string, channel: ChannelDocument, minorDigits: number) {
    this.#proof = proof;
    this.#path = path;
    this.#channel = channel;
    this.#minorDigits = channel.file.amount_unit === 'minor' ? 0 : minorDigits;
    this.#date = transformOf({ date: channel.file.date_format, percent: false })!;
    this.#success = new Set(channel.statuses.success);
    this.#failed = new Set(channel.statuses.failed);
    if (!channel.file.titles) this.#places = columnPlaces(path, channel, undefined, 0);
  }

  /** Hands over every line; `onBatch` is awaited between stretches of the file. */
  async read(
    onLine: (line: StatementLine) => void,
    onBatch: () => Promise<void>,
    signal?: AbortSignal,
  ): Promise<StatementTotals> {
    const { file, columns } = this.#channel;
    let lastLine = 1;
    try {
      for await (const batch of lineBatches(this.#path, file.charset, signal)) {
        for (let i = 0; i < batch.lines.length; i += 1) {
          lastLine = batch.firstLine + i;
          this.#takeLine(batch.lines[i]!, lastLine, onLine, batch.isCutOff);
        }
        await onBatch();
      }
    } catch (error) {
      if (isOfTitles(error)) {
        await requireCharset(this.#path, '', Object.values(columns), file.charset);
      }
      throw error;
    }
    this.#requireWhole();
    const counted = { rows: this.#lines, total: this.#allAmount.value };
    const provedBy = this.#proof.end(counted, lastLine, 'statement_total_differs');
    return {
      headDate: this.#headDate,
      lines: this.#lines,
      allAmount: this.#allAmount.value,
      succeeded: this.#succeeded,
      amount: this.#amount.value,
      fee: this.#fee.value,
      lastValueDate: this.#lastValueDate,
      provedBy,
    };
  }

  /** What cannot be read in a last line without its end was cut off. */
  #takeLine(
    text: string,
    line: number,
    onLine: (line: StatementLine) => void,
    isCutOff: boolean,
  ): void {
    try {
      this.#take(text, line, onLine);
    } catch (error) {
      throw isCutOff && this.#proof.wantsLineEnd ? fileTruncated(this.#path, line) : error;
    }
  }

  #take(text: string, line: number, onLine: (line: StatementLine) => void): void {
    const { head, trailer, delimiter } = this.#channel.file;
    if (text === '') return;
    if (head !== undefined && !this.#headRead) {
      if (!this.#begins(text, head.starts)) throw this.#bad(line, '', 'is_the_head', text);
      this.#headRead = true;
      this.#claim('head', text, line);
      return;
    }
    if (this.#places === undefined) {
      this.#places = columnPlaces(this.#path, this.#channel, splitFields(text, delimiter), line);
      return;
    }
    if (trailer !== undefined && this.#begins(text, trailer.starts)) {
      if (this.#ended) throw this.#bad(line, '', 'one_trailer_only', text);
      this.#ended = true;
      this.#claim('trailer', text, line);
      return;
    }
    if (this.#ended) throw this.#bad(line, '', 'nothing_behind_the_trailer', text);
    onLine(this.#parse(text, line));
  }

  /** Whether a line's first field is this: an order number may begin with the same letter. */
  #begins(text: string, first: string): boolean {
    return text.startsWith(first) && text.startsWith(this.#channel.file.delimiter, first.length);
  }

  #parse(text: string, line: number): StatementLine {
    const fields = splitFields(text, this.#channel.file.delimiter);
    const places = this.#places!;
    const isExact = this.#channel.file.titles;
    if (isExact ? fields.length !== places.width : fields.length < places.width) {
      const value = `${fields.length} instead of ${places.width}`;
      throw this.#bad(line, '', 'column_count', value);
    }
    const nul = text.includes('\0') ? nulField(fields) : -1;
    if (nul >= 0) throw this.#bad(line, columnAt(places, nul), 'nul_character', fields[nul]!);
    const orderNo = fields[places.order_no]!.trim();
    if (orderNo === '') throw this.#bad(line, 'order_no', 'missing_field', '');
    const amount = this.#amountOf(fields[places.amount]!, line, 'amount');
    if (amount <= 0 && this.#channel.kind === 'channel') {
      throw this.#bad(line, 'amount', 'must_be_positive', fields[places.amount]!);
    }
    const fee = places.fee < 0 ? 0 : this.#amountOf(fields[places.fee]!, line, 'fee');
    if (fee < 0 && this.#channel.file.negative_fees !== 'allowed') {
      throw this.#bad(line, 'fee', 'must_not_be_negative', fields[places.fee]!);
    }
    const isSuccess = places.status < 0 || this.#isSuccess(fields[places.status]!.trim(), line);
    const valueDate = this.#dayOf(fields[places.value_date]!.trim(), line);
    this.#lines += 1;
    this.#allAmount.add(amount);
    if (isSuccess) {
      this.#succeeded += 1;
      this.#amount.add(amount);
      this.#fee.add(fee);
    }
    if (this.#lastValueDate === undefined || valueDate > this.#lastValueDate) {
      this.#lastValueDate = valueDate;
    }
    const loanNo = places.loan_no < 0 ? '' : fields[places.loan_no]!.trim();
    return { line, orderNo, amount, fee, isSuccess, valueDate, loanNo };
  }

  #amountOf(text: string, line: number, field: string): Fen {
    const trimmed = text.trim();
    const amount = trimmed === '' && field === 'fee' ? 0 : parseAmount(trimmed, this.#minorDigits);
    if (amount === undefined) throw this.#bad(line, field, 'malformed_amount', text);
    return amount;
  }

  #isSuccess(word: string, line: number): boolean {
    if (this.#success.has(word)) return true;
    if (this.#failed.has(word)) return false;
    throw this.#bad(line, 'status', 'value_not_mapped', word);
  }

  #dayOf(text: string, line: number): EpochDay {
    if (text === this.#dateText) return this.#dateDay;
    const day = parseDay(this.#date.turn(text) ?? '');
    if (day === undefined) throw this.#bad(line, 'value_date', this.#date.rule, text);
    this.#dateText = text;
    this.#dateDay = day;
    return day;
  }

  #claim(by: 'head' | 'trailer', text: string, line: number): void {
    const { count, amount, date } = this.#channel.file[by]!;
    const fields = splitFields(text, this.#channel.file.delimiter);
    const fieldOf = (place: number) => fields[place - 1]?.trim() ?? '';
    if (date !== undefined) this.#headDate = this.#dayOf(fieldOf(date), line);
    const claimed = count === undefined ? undefined : parseAmount(fieldOf(count), 0);
    if (count !== undefined && claimed === undefined) {
      throw this.#bad(line, 'count', 'malformed_count', fieldOf(count));
    }
    const sum = amount === undefined ? undefined : parseTotal(fieldOf(amount), this.#minorDigits);
    if (amount !== undefined && sum === undefined) {
      throw this.#bad(line, 'total', 'malformed_amount', fieldOf(amount));
    }
    this.#claims.push({ by, line, count: claimed, amount: sum });
    this.#proof.claim({ by, file: this.#path, line, rows: claimed, total: sum });
  }

  #requireWhole(): void {
    const { trailer, head } = this.#channel.file;
    if (head !== undefined && !this.#headRead) throw this.#truncated(1, 'no head');
    if (this.#places === undefined) throw this.#truncated(1, 'no line of titles');
    if (trailer !== undefined && !this.#ended) throw this.#truncated(this.#lines, 'no trailer');
    const counted = this.#allAmount.value;
    for (const claim of this.#claims) {
      const { count = this.#lines, amount = counted } = claim;
      if (count === this.#lines && amount === counted) continue;
      throw totalDiffers(this.#path, claim, this.#lines, counted);
    }
  }

  #bad(line: number, field: string, rule: string, value: string): LoanbookError {
    return new LoanbookError('bad_statement_line', 'A line of the statement cannot be read.', {
      exitCode: EXIT.failed,
      evidence: { file: this.#path, line, field, rule, value: value.slice(0, 80) },
      next: 'Nothing was taken. Have the file corrected, or correct the columns of the channel.',
    });
  }

  #truncated(line: number, found: string): LoanbookError {
    return new LoanbookError('statement_truncated', 'The statement is cut off.', {
      exitCode: EXIT.failed,
      evidence: { file: this.#path, line, found, lines: this.#lines },
      next: 'Nothing was taken. Fetch the file again.',
    });
  }
}

/** The columns were not found, or bytes are none of the character set. */
function isOfTitles(error: unknown): boolean {
  return error instanceof LoanbookError && ['wrong_header', 'wrong_charset'].includes(error.code);
}

/** What a statement says of its lines and what they are; minor units. */
function totalDiffers(
  file: string,
  { line, count, amount }: Claim,
  lines: number,
  counted: bigint,
): LoanbookError {
  return new LoanbookError('statement_total_differs', 'The statement is not what it says it is.', {
    exitCode: EXIT.failed,
    evidence: {
      file,
      line,
      expectedLines: count,
      actualLines: lines,
      expectedTotal: amount === undefined ? undefined : shownTotal(amount),
      actualTotal: shownTotal(counted),
      difference: amount === undefined ? undefined : shownTotal(counted - amount),
    },
    next: 'Nothing was taken. Fetch the file again, or ask the partner for a correct one.',
  });
}
