import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';

export interface OpenDay {
  readonly date: EpochDay;
  /** No day is closed yet. */
  readonly isFirst: boolean;
  /** The close of the open day has begun: its tasks may have read their events already. */
  readonly isBeingClosed: boolean;
}

/** The error of every job that needs a book where there is none. */
export function noBook(): LoanbookError {
  return new LoanbookError('no_book', 'There is no loan book in this database yet.', {
    next: 'Run `loanbook init --entity NAME --currency CNY --first-business-date YYYY-MM-DD`.',
  });
}

/**
 * The open day, which cannot be sealed and whose close cannot begin until the transaction ends.
 * Throws LoanbookError `no_book`.
 */
export async function holdOpenDay(client: pg.Client): Promise<OpenDay> {
  // Two statements: the second must see a run that was committed while the first waited.
  const { rows: held } = await client.query<{ day: string | null }>(
    'SELECT hold_open_day() AS day',
  );
  const date = parseDay(held[0]?.day ?? '');
  if (date === undefined) throw noBook();
  const { rows } = await client.query<{ is_first: boolean; is_being_closed: boolean }>(
    `SELECT b.business_date = b.first_business_date AS is_first,
       EXISTS (SELECT FROM run WHERE job = 'eod' AND business_date = b.business_date
         AND status = 'open') AS is_being_closed
     FROM book b`,
  );
  return {
    date,
    isFirst: rows[0]?.is_first === true,
    isBeingClosed: rows[0]?.is_being_closed === true,
  };
}

/** The open day as it stands; it may be sealed in a moment. Throws LoanbookError `no_book`. */
export async function openDate(client: pg.Client): Promise<EpochDay> {
  const { rows } = await client.query<{ day: string }>('SELECT business_date AS day FROM book');
  const date = parseDay(rows[0]?.day ?? '');
  if (date === undefined) throw noBook();
  return date;
}

/** Exit 75: nothing may enter a day whose close has begun. */
export function dayIsBeingClosed(date: string, what: string): LoanbookError {
  return new LoanbookError('day_is_being_closed', `The close of ${date} has begun.`, {
    exitCode: EXIT.locked,
    evidence: { businessDate: date, refused: what },
    next: 'Let `loanbook eod run` finish, or undo it with `loanbook eod discard`; then try again.',
  });
}
