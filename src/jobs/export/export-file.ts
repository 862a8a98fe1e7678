import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { LayoutDocument } from '../../files/layout/layout-document.js';
import { type LayoutWritten, type OurRow, writeLayout } from '../../files/layout/layout-writer.js';
import { writeWhole } from '../../files/new-file.js';
import type { Book } from '../book/book.js';
import { loadBook } from '../book/load-book.js';
import { dayTerms } from '../day/day-terms.js';
import { sealedRange } from '../day/sealed-range.js';
import { type Carried, carriedLoan } from './carried-loan.js';
import { eventRows } from './event-rows.js';
import { type ExportKind, ownLayout } from './export-columns.js';
import { balanceRow, installmentRows, loanRow, scheduleRows } from './loan-rows.js';
import { type StandingLoan, standingLoans } from './standing-loans.js';

/** Loans left out that are named; the others are counted. */
const NAMED_MAX = 20;

export interface ExportOptions {
  readonly kind: ExportKind;
  readonly file: string;
  /** What the file looks like; our own CSV when left out. */
  readonly layout?: LayoutDocument | undefined;
  /** Above it nothing is written; 0 when left out. */
  readonly maxLeftOut?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExportOutcome {
  readonly kind: ExportKind;
  readonly file: string;
  /** The sealed day that the loans stand at the close of, YYYY-MM-DD. */
  readonly day: string;
  readonly rows: number;
  /** Sum of the field that the imports of the kind sum, in minor units. */
  readonly total: bigint;
  readonly minorDigits: number;
  readonly loans: number;
  /** Loans that bring their history, and are folded from birth. */
  readonly withHistory: number;
  /** A fraction of a minor unit of penalty or compound interest stays behind. */
  readonly rounded: number;
  /** Settled, cancelled or sold: nothing of them goes on. */
  readonly closed: number;
  /** Loans of which no position says all that they go on from, and the first of them. */
  readonly leftOut: number;
  readonly firstLeftOut: readonly { readonly loanNo: string; readonly reason: string }[];
  /** Content of the control file that the layout asks for. */
  readonly control: string | undefined;
}

/**
 * Writes the loans of the book as they stand at the close of the last sealed day, in a shape that
 * the imports read. The files of the kinds agree with each other while no day is closed in
 * between. In constant memory, the file whole or not at all. Throws LoanbookError `loans_left_out`
 * (4), `nothing_sealed`, those of `writeLayout` and of a file that cannot be written.
 */
export async function exportFile(
  client: pg.Client,
  { kind, file, layout = ownLayout(kind), maxLeftOut = 0, signal }: ExportOptions,
): Promise<ExportOutcome> {
  await client.query('BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ');
  try {
    const { to: day, minorDigits } = await sealedRange(client, {});
    const walk = new Walk(await loadBook(client), day, kind);
    const written = writeLayout(layout, walk.rows(client, signal), {
      minorDigits,
      date: formatDay(day),
    });
    let done: LayoutWritten | undefined;
    const pieces = until(written, (end) => {
      done = end;
      const { leftOut, firstLeftOut } = walk.counts();
      if (leftOut > maxLeftOut) throw loansLeftOut(file, leftOut, maxLeftOut, firstLeftOut);
    });
    await writeWhole(file, pieces);
    const { rows, total, control } = done!;
    return { kind, file, day: formatDay(day), rows, total, minorDigits, ...walk.counts(), control };
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

function loansLeftOut(
  file: string,
  leftOut: number,
  maxLeftOut: number,
  first: ExportOutcome['firstLeftOut'],
): LoanbookError {
  const named = first.map(({ loanNo, reason }) => `${loanNo} (${reason})`);
  return new LoanbookError('loans_left_out', 'No position says all of some loans.', {
    exitCode: EXIT.tooManyRejects,
    evidence: { file, leftOut, maxLeftOut, first: named.join(', ') },
    next: 'Nothing was written. Move these loans by hand, and raise --max-left-out.',
  });
}

/** The pieces of a generator, and what it returns. */
async function* until<T, End>(
  pieces: AsyncGenerator<T, End>,
  onEnd: (end: End) => void,
): AsyncGenerator<T> {
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) {
      onEnd(next.value);
      return;
    }
    yield next.value;
  }
}

/** Goes over the loans of the book once. */
class Walk {
  readonly #book: Book;
  readonly #day: number;
  readonly #kind: ExportKind;
  readonly #counts = { loans: 0, withHistory: 0, rounded: 0, closed: 0, leftOut: 0 };
  readonly #firstLeftOut: { loanNo: string; reason: string }[] = [];

  constructor(book: Book, day: number, kind: ExportKind) {
    this.#book = book;
    this.#day = day;
    this.#kind = kind;
  }

  counts() {
    return { ...this.#counts, firstLeftOut: this.#firstLeftOut };
  }

  async *rows(client: pg.Client, signal?: AbortSignal): AsyncGenerator<OurRow> {
    const days = dayTerms(this.#book);
    const { minorDigits, products } = this.#book;
    const scene = { day: formatDay(this.#day), minorDigits, products };
    const voided = await this.#voided(client);
    for await (const page of standingLoans(client, scene.day, signal)) {
      const all = page.map((loan) => ({ loan, carried: carriedLoan(loan, this.#day, days) }));
      const going = all.filter(({ loan, carried }) => {
        const isVoided = carried.way === 'history' && voided.has(loan.loanId);
        return this.#count(loan, isVoided ? { way: 'left', reason: 'voided_events' } : carried);
      });
      if (this.#kind === 'events') {
        const asked = going.map(({ loan, carried }) => ({
          bucket: loan.bucket,
          loanId: loan.loanId,
          hasHistory: carried.way === 'history',
        }));
        yield* await eventRows(client, asked, scene);
      } else {
        for (const { loan, carried } of going) yield* this.#rowsOf(loan, carried);
      }
    }
  }

  /** Loans whose history does not give them again. */
  async #voided(client: pg.Client): Promise<ReadonlySet<number>> {
    const { rows } = await client.query<{ loanId: number }>(
      readSql(import.meta.url, 'voided-loans'),
      [formatDay(this.#day)],
    );
    return new Set(rows.map(({ loanId }) => loanId));
  }

  /** Whether the loan goes. */
  #count({ loanNo }: StandingLoan, carried: Carried): boolean {
    const counts = this.#counts;
    if (carried.way !== 'left') {
      counts.loans += 1;
      if (carried.way === 'history') counts.withHistory += 1;
      if (carried.way === 'position' && carried.isRounded) counts.rounded += 1;
      return true;
    }
    if (carried.reason === 'closed') {
      counts.closed += 1;
      return false;
    }
    counts.leftOut += 1;
    const { reason } = carried;
    if (this.#firstLeftOut.length < NAMED_MAX) this.#firstLeftOut.push({ loanNo, reason });
    return false;
  }

  #rowsOf(loan: StandingLoan, carried: Carried): OurRow[] {
    const { minorDigits, products } = this.#book;
    if (this.#kind === 'loans') return [loanRow(loan, minorDigits)];
    if (this.#kind === 'schedules') {
      return scheduleRows(loan, products.get(loan.productId), minorDigits);
    }
    if (carried.way !== 'position' && carried.way !== 'history') return [];
    const { opening } = carried;
    if (this.#kind === 'balances') return [balanceRow(loan.loanNo, opening, minorDigits)];
    return installmentRows(loan.loanNo, opening, minorDigits);
  }
}
