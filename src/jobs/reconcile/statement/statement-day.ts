import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { StatementTotals } from './statement-reader.js';

/**
 * The day that a statement is of: what its head or trailer says, else what was asked for, else its
 * last value date. Throws LoanbookError `statement_of_another_day` where two of them differ, and
 * `statement_without_date`.
 */
export function statementDate(
  file: string,
  { saidDate, lastValueDate }: StatementTotals,
  asked: EpochDay | undefined,
): EpochDay {
  if (saidDate !== undefined && asked !== undefined && saidDate !== asked) {
    throw new LoanbookError('statement_of_another_day', 'The statement is of another day.', {
      exitCode: EXIT.usage,
      evidence: { file, line: 1, expected: formatDay(asked), actual: formatDay(saidDate) },
      next: 'Name the right file, or leave --date out.',
    });
  }
  const date = saidDate ?? asked ?? lastValueDate;
  if (date !== undefined) return date;
  throw new LoanbookError('statement_without_date', 'The statement does not say of which day.', {
    exitCode: EXIT.usage,
    evidence: { file, lines: 0 },
    next: 'Say --date, or declare where the head of the file has it.',
  });
}

/**
 * The ledger is the third side, so the day must be sealed. Throws `statement_day_not_sealed` (75:
 * close it first), and `statement_before_the_book` (2).
 */
export async function requireSealed(client: pg.Client, date: EpochDay): Promise<void> {
  const day = formatDay(date);
  const { rows } = await client.query<{ first: string; open: string }>(
    'SELECT first_business_date AS first, business_date AS open FROM book',
  );
  const { first, open } = rows[0]!;
  if (day < first) {
    throw new LoanbookError('statement_before_the_book', 'The book began after this day.', {
      exitCode: EXIT.usage,
      evidence: { date: day, firstBusinessDate: first },
      next: 'Reconcile it where it was booked.',
    });
  }
  if (day < open) return;
  throw new LoanbookError('statement_day_not_sealed', 'The day of the statement is not closed.', {
    exitCode: EXIT.locked,
    evidence: { date: day, openDay: open },
    next: 'Close it with `loanbook eod run`, then reconcile: the ledger is one of the sides.',
  });
}
