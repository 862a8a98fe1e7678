import type { EpochDay, Fen, LoanId } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { FPD_DAYS, FPD_WINDOW_DAYS } from '../../operations/figures/first-payment.js';
import type { MorningFigures } from '../../operations/figures/morning-figures.js';
import { MOVE_ENDS } from '../../operations/figures/moves.js';
import type { Book } from '../book/book.js';
import { DayInMaking, type Making, noFirstOpen } from './day-in-making.js';
import { FreeDays } from './free-days.js';
import { readFirstOpen } from './kept-days.js';
import type { LoanToday } from './loan-today.js';
import { figuresOfDays, firstSealedDay } from './make-days.js';
import { type DayTaker, readDays, type Sessions } from './read-days.js';

/** What one loan adds to a figure; no instalments: it does not count them. */
interface Share {
  readonly amount: bigint;
  readonly instalments: number | null;
}

/** What a loan adds by its own figures; undefined: it is not behind the figure. */
type ShareOf = (own: MorningFigures) => Share | undefined;

/** What figures of a day are the sum of, by the options of `loan list` that name them. */
const OF_DAY = {
  disbursed: ({ disbursed: { loans, amount } }) => share(loans > 0, amount),
  repaid: ({ repaid }) => share(repaid !== 0n, repaid),
  due: ({ due }) => share(due > 0n, due),
  lastFree: ({ entry }) => share(entry.instalments > 0, entry.due, entry.instalments),
  entered: ({ entry }) => share(entry.open > 0n, entry.open, Number(entry.countRate.num)),
  behind: ({ recovery }) => share(recovery.overdueBefore > 0n, recovery.overdueBefore),
  collected: ({ recovery }) => share(recovery.collected > 0n, recovery.collected),
} as const satisfies Readonly<Record<string, ShareOf>>;
export type FigureOfDay = keyof typeof OF_DAY;
export const FIGURES_OF_DAY = Object.keys(OF_DAY) as readonly FigureOfDay[];

/** A figure whose loans are asked for. */
export type FigureAsked =
  | { readonly figure: FigureOfDay }
  /** First instalments decided in the window so many days late, or those of them then open. */
  | { readonly figure: 'firstDecided' | 'firstDefault'; readonly days: number }
  /** `M0:M1`, `M1:settled`. */
  | { readonly figure: 'moved'; readonly way: string };

/** The loans behind a figure in columns; `left` had no row of the day any more. */
export interface LoansBehind {
  readonly loanIds: readonly LoanId[];
  readonly amounts: readonly Fen[];
  readonly instalments: readonly (number | null)[];
  readonly left: readonly boolean[];
}

/**
 * The loans behind a figure of a sealed day: each by what its own figures add to it, so that the
 * list and the page cannot differ. Throws LoanbookError `unknown_figure_days`, `unknown_move` (2).
 */
export async function loansBehind(
  sessions: Sessions,
  book: Book,
  day: EpochDay,
  asked: FigureAsked,
): Promise<LoansBehind> {
  const shareOf = shareOfAsked(asked);
  const [client] = sessions;
  const firstDay = await firstSealedDay(client, book.firstBusinessDate);
  const firstOpen = noFirstOpen();
  if ('days' in asked) {
    await figuresOfDays(sessions, book, day);
    await readFirstOpen(client, { from: day - FPD_WINDOW_DAYS + 1, to: day }, firstOpen);
  }
  const making: Making = { firstDay, firstOpen, free: new FreeDays(book) };
  const taker = new Behind(day, making, shareOf, asked.figure in OF_DAY);
  await readDays(sessions, [{ taker, window: making.free.window(day) }], firstDay);
  return taker;
}

/** Asks each loan for the figures that a book of this loan alone would have. */
class Behind implements DayTaker, LoansBehind {
  readonly day: EpochDay;
  readonly loanIds: LoanId[] = [];
  readonly amounts: Fen[] = [];
  readonly instalments: (number | null)[] = [];
  readonly left: boolean[] = [];
  readonly #making: Making;
  readonly #shareOf: ShareOf;
  readonly #isOfDay: boolean;

  constructor(day: EpochDay, making: Making, shareOf: ShareOf, isOfDay: boolean) {
    this.day = day;
    this.#isOfDay = isOfDay;
    this.#making = making;
    this.#shareOf = shareOf;
  }

  addLoan(today: LoanToday): void {
    // Most loans of most days: their figures would take as long as all else.
    if (this.#isOfDay && isIdle(today, this.day)) return;
    const own = new DayInMaking(this.day, this.#making);
    own.addLoan(today);
    this.#add(today, own, false);
  }

  addLeft(today: LoanToday): void {
    const own = new DayInMaking(this.day, this.#making);
    own.addLeft(today);
    this.#add(today, own, true);
  }

  #add({ loan }: LoanToday, { sums }: DayInMaking, hasLeft: boolean): void {
    const found = this.#shareOf(sums.figures(0n));
    if (found === undefined) return;
    this.loanIds.push(loan.loanId);
    this.amounts.push(Number(found.amount));
    this.instalments.push(found.instalments);
    this.left.push(hasLeft);
  }
}

/** Whether nothing is asked of a loan on a day, nothing is open, and no money went in or out. */
function isIdle({ loan, before, paid }: LoanToday, day: EpochDay): boolean {
  const isAsked = loan.billed.length > 0 || loan.open.length > 0;
  const wasOpen = before !== undefined && before.open.length > 0;
  return !isAsked && !wasOpen && paid.length === 0 && loan.disbursedOn !== day;
}

function share(
  isBehind: boolean,
  amount: bigint,
  instalments: number | null = null,
): Share | undefined {
  return isBehind ? { amount, instalments } : undefined;
}

function shareOfAsked(asked: FigureAsked): ShareOf {
  if ('way' in asked) return shareOfMove(asked.way);
  if (!('days' in asked)) return OF_DAY[asked.figure];
  const { figure, days } = asked;
  const place = (FPD_DAYS as readonly number[]).indexOf(days);
  if (place < 0) throw unknown('unknown_figure_days', String(days), FPD_DAYS.join(', '));
  return ({ fpd }) => {
    const { loans, bad, amountRate } = fpd[place]!;
    return figure === 'firstDecided'
      ? share(loans > 0, amountRate.den)
      : share(bad > 0, amountRate.num);
  };
}

function shareOfMove(way: string): ShareOf {
  const [from = '', to = '', ...rest] = way.split(':');
  const isKnown = /^M[0-7]$/.test(from) && MOVE_ENDS.includes(to) && rest.length === 0;
  if (!isKnown) throw unknown('unknown_move', way, `M0 to M7, a colon, ${MOVE_ENDS.join(', ')}`);
  return ({ moves }) => {
    const move = moves.find((each) => each.from === from && each.to === to);
    return move && share(true, move.principal);
  };
}

function unknown(rule: string, asked: string, known: string): LoanbookError {
  return new LoanbookError(rule, 'There is no figure of this name.', {
    exitCode: EXIT.usage,
    evidence: { asked, known },
    next: 'Name one of them.',
  });
}
