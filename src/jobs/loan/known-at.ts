import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { accruedAndOwed } from '../../accounting/fold/ahead.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { bookFromData } from '../book/book.js';
import { loadBookData } from '../book/load-book.js';
import { dayTerms } from '../day/day-terms.js';
import { loadWholePast } from '../day/loan-past.js';
import { packOpen } from '../day/packed.js';
import { foldAsKnown } from '../day/refold.js';
import type { StoredPosition, StoredSchedule } from './loan-queries.js';

/**
 * A loan as it was on the close of `asOf` by what was booked up to the close of `knownAt`: folded
 * from birth, since the position that was booked for the day stays as it was. Undefined: the loan
 * was not in the book on that day.
 */
export async function knownLoan(
  client: pg.Client,
  loanId: number,
  asOf: EpochDay,
  knownAt: EpochDay,
): Promise<{ position: StoredPosition; schedule: StoredSchedule } | undefined> {
  const book = bookFromData(await loadBookData(client));
  const loan = await loadWholePast(client, loanId, knownAt);
  if (loan === undefined || asOf < loan.birth.bornOn) return undefined;
  const { position, file } = foldAsKnown(loan, asOf, dayTerms(book));
  const { dueOn, principal, interest, balanceAfter } = file.schedule;
  return {
    position: {
      ...position,
      businessDate: formatDay(asOf),
      foldedOn: formatDay(position.foldedOn),
      nextDueOn: formatDay(position.nextDueOn),
      interestAccrued: accruedAndOwed(position),
      openInstallments: packOpen(position.open, position.special),
    },
    schedule: { dueOn: dueOn.map(formatDay), principal, interest, balanceAfter },
  };
}
