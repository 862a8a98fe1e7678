import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeAudit } from '../approvals/audit.js';
import { type CalendarDocument, parseCalendarDocument } from './documents/calendar-document.js';
import { noBook } from './open-day.js';
import { type ApplyOutcome, storedDocument } from './stored-document.js';

export interface CalendarYear {
  readonly year: number;
  readonly holidays: readonly string[];
  /** Weekend days that are worked. */
  readonly workdays: readonly string[];
}

export interface AppliedYear {
  readonly year: number;
  readonly outcome: ApplyOutcome;
}

/**
 * Adds the years of a calendar document. A year never changes: the same days again are `unchanged`.
 * Throws LoanbookError `invalid_document`, `no_book`, `calendar_year_exists`, and `no_calendar` for
 * a book without one.
 */
export async function applyCalendar(
  client: pg.Client,
  text: string,
  source: string,
): Promise<AppliedYear[]> {
  const years = yearsOf(parseCalendarDocument(text, source).document);
  if (years.length === 0) {
    throw new LoanbookError('calendar_empty', 'The calendar names no year.', {
      exitCode: EXIT.usage,
      evidence: { source, path: 'years' },
      next: 'Give it `years`, or days.',
    });
  }
  return inTransaction(client, async () => {
    const { rows } = await client.query<{ calendar: string }>('SELECT calendar FROM book');
    if (rows[0] === undefined) throw noBook();
    if (rows[0].calendar === 'none') throw noCalendar(source);
    const applied = await putCalendarYears(client, years, source);
    const added = applied.filter(({ outcome }) => outcome === 'applied').map(({ year }) => year);
    if (added.length > 0) {
      await writeAudit(client, { action: 'calendar apply', subject: added.join(', ') });
    }
    return applied;
  });
}

/** The days of a document, year by year in order. */
export function yearsOf(document: CalendarDocument): CalendarYear[] {
  const dates = [...document.holidays, ...document.workdays];
  const named = document.years ?? dates.map((day) => Number(day.slice(0, 4)));
  return [...new Set(named)]
    .sort((a, b) => a - b)
    .map((year) => {
      const ofYear = (days: readonly string[]) =>
        [...new Set(days)].filter((day) => Number(day.slice(0, 4)) === year).sort();
      return { year, holidays: ofYear(document.holidays), workdays: ofYear(document.workdays) };
    });
}

export async function putCalendarYears(
  client: pg.Client,
  years: readonly CalendarYear[],
  source: string,
): Promise<AppliedYear[]> {
  const applied: AppliedYear[] = [];
  for (const { year, holidays, workdays } of years) {
    const inserted = await client.query(
      `INSERT INTO calendar_year (year, holidays, workdays, sha256) VALUES ($1, $2, $3, $4)
       ON CONFLICT (year) DO NOTHING`,
      [year, holidays, workdays, storedDocument({ year, holidays, workdays }).sha256],
    );
    if (inserted.rowCount === 0)
      await requireSameYear(client, { year, holidays, workdays }, source);
    applied.push({ year, outcome: inserted.rowCount === 1 ? 'applied' : 'unchanged' });
  }
  return applied;
}

/** The loaded years in order. */
export async function listCalendarYears(client: pg.Client): Promise<CalendarYear[]> {
  const { rows } = await client.query<CalendarYear>(
    'SELECT year, holidays, workdays FROM calendar_year ORDER BY year',
  );
  return rows;
}

async function requireSameYear(
  client: pg.Client,
  { year, holidays, workdays }: CalendarYear,
  source: string,
): Promise<void> {
  const { rows } = await client.query<{ is_same: boolean }>(
    `SELECT holidays = $2::date[] AND workdays = $3::date[] AS is_same
     FROM calendar_year WHERE year = $1`,
    [year, holidays, workdays],
  );
  if (rows[0]?.is_same === true) return;
  throw new LoanbookError('calendar_year_exists', `The year ${year} is loaded with other days.`, {
    exitCode: EXIT.usage,
    evidence: { source, year },
    next: 'A loaded year never changes: see `loanbook calendar show`.',
  });
}

function noCalendar(source: string): LoanbookError {
  return new LoanbookError('no_calendar', 'In this book every day is a working day.', {
    exitCode: EXIT.usage,
    evidence: { source, calendar: 'none' },
    next: 'A calendar is chosen once, with `loanbook init --calendar`.',
  });
}
