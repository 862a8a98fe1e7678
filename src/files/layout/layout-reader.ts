import { EXIT, LoanbookError } from '../../errors.js';
import { ClaimLine, type ReadClaim } from './claim-line.js';
import { ColumnPlaces } from './column-places.js';
import { FileSums } from './file-sums.js';
import type { LayoutDocument } from './layout-document.js';
import type { LayoutEnd, LayoutProblem, LayoutRow, LayoutRowsOptions } from './layout-rows.js';
import { placesOf } from './line-template.js';
import type { RecordBatch, UnreadField } from './record-sources.js';
import { RowReader } from './row-reader.js';
import { RunningBalance } from './running-balance.js';

/** The running balance among our fields; no layout can name it. */
const BALANCE = '[balance]';

/**
 * Reads the records of one file in their order: head, titles, rows, trailer. Which of them a record
 * is, it tells by what has been before it.
 */
export class LayoutReader {
  readonly #path: string;
  readonly #layout: LayoutDocument;
  readonly #options: LayoutRowsOptions;
  readonly #head: ClaimLine | undefined;
  readonly #trailer: ClaimLine | undefined;
  readonly #sums: FileSums;
  readonly #balance: RunningBalance | undefined;
  readonly #keys: Set<string> | undefined;
  readonly #claims: ReadClaim[] = [];
  #rows: RowReader | undefined;
  #titles: readonly string[] | undefined;
  #headLeft: number;
  #trailerLeft = -1;
  #isOver = false;
  #hasTrailer = false;
  #leftOut = 0;
  #handed = 0;
  #lastLine = 1;
  #isUnterminated = false;
  /** The last record, where only it can be the trailer. */
  #held: TakenRecord | undefined;
  #missing: readonly string[] = [];
  #balanceSlots: readonly [balance: number, moved: number] | undefined;

  constructor(path: string, layout: LayoutDocument, options: LayoutRowsOptions) {
    this.#path = path;
    this.#layout = layout;
    this.#options = options;
    const { minorDigits, range } = options;
    const isPart = range !== undefined;
    if (layout.head !== undefined && !isPart) {
      this.#head = new ClaimLine('head', path, layout, minorDigits);
    }
    this.#headLeft = this.#head === undefined ? -1 : this.#head.below;
    if (layout.trailer !== undefined) {
      this.#trailer = new ClaimLine('trailer', path, layout, minorDigits);
    }
    const others = Object.keys((typeof layout.trailer === 'object' && layout.trailer.totals) || {});
    const inHead = Object.keys((typeof layout.head === 'object' && layout.head.totals) || {});
    const isSummed = options.isStrict === true || saysTotal(layout);
    const totalOf = isSummed ? layout.total_of : undefined;
    this.#sums = new FileSums(path, minorDigits, totalOf, [...others, ...inHead]);
    if (layout.balance !== undefined && !isPart) {
      this.#balance = new RunningBalance(path, minorDigits);
    }
    if (layout.key.length > 0 && !isPart) this.#keys = new Set();
    if (isPart && layout.titles) this.#titles = options.titles ?? [];
  }

  /** Whether the next record is a row, for all that is known. */
  get isAtRows(): boolean {
    return this.#headLeft < 0 && (!this.#layout.titles || this.#titles !== undefined);
  }

  get titles(): readonly string[] | undefined {
    return this.#titles;
  }

  /** Titles of the layout that those of the file lack. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /** What the head says. */
  get claims(): LayoutEnd['claims'] {
    return this.#claims.map(({ claim }) => claim);
  }

  /** The rows of one more stretch of records; throws as `layoutRows` does. */
  take({ records, lines, hasNul, rowsTo, isUnterminated, unread }: RecordBatch): LayoutRow[] {
    const made: LayoutRow[] = [];
    if (this.#rows === undefined && this.isAtRows) this.#openRows(lines[0] ?? 1);
    this.#isUnterminated ||= isUnterminated === true;
    for (let at = 0; at < records.length; at += 1) {
      const line = lines[at]!;
      const taken = { record: records[at]!, line, unread: unread?.get(line) };
      if (at === rowsTo) this.#isOver = true;
      if (!this.isAtRows) this.#takeOpening(taken);
      else if (this.#trailer?.isLast !== true) this.#takeRow(taken, hasNul, made);
      else {
        if (this.#held !== undefined) this.#row(this.#held, hasNul, made);
        this.#held = taken;
      }
    }
    if (rowsTo !== undefined && rowsTo >= records.length) this.#isOver = true;
    return made;
  }

  /** What is known at the end; throws as `layoutRows` does. */
  end(): LayoutEnd {
    const isPart = this.#options.range !== undefined;
    if (this.#held !== undefined && this.#trailer !== undefined) {
      this.#claims.push(claimOf(this.#trailer, this.#held));
      this.#hasTrailer = true;
    }
    if (!isPart) this.#requireWhole();
    const { total, count } = this.#sums;
    return {
      rows: this.#handed,
      leftOut: this.#leftOut,
      counted: count,
      lastLine: this.#lastLine,
      claims: this.claims,
      ...(total !== undefined && { total }),
      isUnterminated: this.#isUnterminated,
    };
  }

  #requireWhole(): void {
    if (this.#headLeft >= 0 && this.#head !== undefined) throw this.#head.missing(1, undefined);
    if (!this.isAtRows) throw this.#empty();
    if (this.#trailer !== undefined && !this.#hasTrailer) {
      throw this.#trailer.missing(this.#lastLine, undefined);
    }
    for (const claim of this.#claims) this.#sums.hold(claim);
  }

  /** The head and the titles. */
  #takeOpening(taken: TakenRecord): void {
    const { record, line } = taken;
    this.#lastLine = line;
    if (this.#headLeft >= 0 && this.#head !== undefined) {
      const isFirst = this.#headLeft === this.#head.below;
      if (isFirst && !this.#head.tells(record)) {
        throw this.#head.missing(line, record.join(this.#layout.delimiter));
      }
      if (this.#headLeft === 0) this.#claims.push(claimOf(this.#head, taken));
      this.#headLeft -= 1;
    } else this.#titles = record;
    if (this.isAtRows) this.#openRows(line);
  }

  #openRows(line: number): void {
    const { fields, minorDigits, isStrict } = this.#options;
    const { key, balance } = this.#layout;
    const places = new ColumnPlaces(this.#path, this.#layout, this.#titles);
    const also = [...key, ...this.#sums.fields];
    const moved = balance?.from ?? 'amount';
    const columns = [...this.#layout.columns];
    if (this.#balance !== undefined) {
      also.push(BALANCE, moved);
      columns.push({ ...balance, from: BALANCE, type: 'amount' });
    }
    const wants = { fields, also, minorDigits, isStrict };
    const rows = new RowReader({ ...this.#layout, columns }, places, wants);
    this.#balanceSlots = [rows.slotOf(BALANCE), rows.slotOf(moved)];
    this.#rows = rows;
    this.#missing = places.missing;
    places.require(line);
  }

  #takeRow(taken: TakenRecord, hasNul: boolean, made: LayoutRow[]): void {
    const { record, line } = taken;
    const trailer = this.#trailer;
    if (trailer !== undefined) {
      if (this.#hasTrailer) {
        if (this.#isOver) return;
        throw trailer.followed(line, record);
      }
      if (this.#trailerLeft < 0 && trailer.tells(record)) this.#trailerLeft = trailer.below;
      else if (this.#trailerLeft > 0) this.#trailerLeft -= 1;
      if (this.#trailerLeft === 0) {
        this.#claims.push(claimOf(trailer, taken));
        this.#hasTrailer = true;
        return;
      }
      if (this.#trailerLeft > 0) return;
    }
    this.#row(taken, hasNul, made);
  }

  #row({ record, line, unread }: TakenRecord, hasNul: boolean, made: LayoutRow[]): void {
    if (this.#isOver) return;
    const rows = this.#rows!;
    unread?.find(({ index }) => rows.uses(index))?.refuse();
    this.#lastLine = line;
    const kind = rows.read(record, hasNul);
    if (kind === 'ignored') return;
    this.#sums.add(rows);
    if (kind === 'left_out') {
      this.#leftOut += 1;
      return;
    }
    this.#handed += 1;
    const problem = rows.problem ?? this.#repeated(rows);
    if (this.#balance !== undefined && this.#balanceSlots !== undefined) {
      const [balance, moved] = this.#balanceSlots;
      this.#balance.take(line, rows.values[balance] ?? '', rows.values[moved] ?? '');
    }
    made.push({ line, fields: rows.fields, problem, record });
  }

  /** A key that a good row had before; one of nothing but empty fields is no key. */
  #repeated(rows: RowReader): LayoutProblem | undefined {
    if (this.#keys === undefined) return undefined;
    const parts = this.#layout.key.map((field) => rows.values[rows.slotOf(field)] ?? '');
    const key = parts.join('\u0001');
    if (key.length === parts.length - 1) return undefined;
    if (!this.#keys.has(key)) {
      this.#keys.add(key);
      return undefined;
    }
    const field = this.#layout.key.at(-1)!;
    return { field, rule: 'repeated_key', value: parts.join(' ') };
  }

  #empty(): LoanbookError {
    return new LoanbookError('file_empty', 'The file is empty.', {
      exitCode: EXIT.failed,
      evidence: { file: this.#path, expected: 'titles' },
      next: 'It needs the titles of its layout, and rows below them. Nothing was taken.',
    });
  }
}

interface TakenRecord {
  readonly record: readonly string[];
  readonly line: number;
  readonly unread: readonly UnreadField[] | undefined;
}

function claimOf(claim: ClaimLine, { record, line, unread }: TakenRecord): ReadClaim {
  unread?.find(({ index }) => claim.uses(index))?.refuse();
  return claim.read(record, line);
}

/** Whether a file says what its rows sum to. */
function saysTotal({ head, trailer }: LayoutDocument): boolean {
  return [head, trailer].some((line) =>
    typeof line === 'string' ? placesOf(line).includes('total') : line?.total !== undefined,
  );
}
