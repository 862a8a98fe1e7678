import type pg from 'pg';
import { civilOf, dayOf, formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Limit, redList } from '../../operations/figures/red-list.js';
import type { Book } from '../book/book.js';
import type { CheckResult } from '../day/check-result.js';
import { type FileOfDay, filesOfDay, missingRules } from './files-of-day.js';
import { type KeptDay, readKeptDays } from './kept-days.js';
import { type LeftBehind, leftBehind } from './left-behind.js';
import { DAYS_SHOWN, figuresOfDays } from './make-days.js';
import { failedSteps, type NightStep, nightSteps } from './night.js';
import type { Sessions } from './read-days.js';
import { isMonthEnd } from './vintage.js';

/** Months that a curve goes back. */
const MONTHS_SHOWN = 24;

/** A largest move with the loan's own number. */
export interface NamedMove {
  readonly loanNo: string;
  readonly from: string;
  readonly to: string;
  readonly principal: number;
}

/** All that the page of a morning says, without a word of any language. */
export interface Morning {
  readonly day: EpochDay;
  readonly entity: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly isSealed: boolean;
  readonly allowanceAccount: string | undefined;
  readonly red: readonly string[];
  /** The sealed days of the last thirty, by day. */
  readonly days: ReadonlyMap<EpochDay, KeptDay>;
  /** Month ends that are kept, by day; only at a month end. */
  readonly monthEnds: ReadonlyMap<EpochDay, KeptDay>;
  readonly night: readonly NightStep[];
  /** Null: they were not run again; a sealed day held them. */
  readonly checks: readonly CheckResult[] | null;
  readonly checkNames: readonly string[];
  readonly further: readonly CheckResult[];
  readonly left: LeftBehind;
  readonly files: readonly FileOfDay[];
  readonly moves: readonly NamedMove[];
}

export interface MorningOptions {
  readonly limits: readonly Limit[];
  /** The checks that gate a close. */
  readonly checkNames: readonly string[];
  readonly checks: readonly CheckResult[] | null;
  /** Checks that gate no close: they are run for every page. */
  readonly further: readonly CheckResult[];
}

/**
 * Gathers what the page of a day says. The open day has a page too: it is not sealed, and has no
 * figures. Throws LoanbookError `day_not_in_book` (2) for a day behind it, or before the book.
 */
export async function gatherMorning(
  sessions: Sessions,
  book: Book,
  day: EpochDay,
  { limits, checkNames, checks, further }: MorningOptions,
): Promise<Morning> {
  const [client] = sessions;
  requireDay(book, day);
  const isSealed = day < book.businessDate;
  const through = isSealed ? day : day - 1;
  const hasDays = through >= book.firstBusinessDate;
  const days = hasDays ? await figuresOfDays(sessions, book, through) : new Map();
  const night = await nightSteps(client, day);
  const left = await leftBehind(client, day, isSealed);
  const files = await filesOfDay(client, day);
  const figures = days.get(day)?.figures;
  const tonight = {
    isSealed,
    failedSteps: failedSteps(night),
    failedChecks: [...(checks ?? []), ...further].filter(({ ok }) => !ok).map(({ name }) => name),
    held: left.held.count,
    breaks: left.breaks.opened,
    missingFiles: missingRules(files),
  };
  return {
    day,
    entity: book.entity,
    currency: book.currency,
    minorDigits: book.minorDigits,
    isSealed,
    allowanceAccount: book.roles.allowance,
    red: redList(day, tonight, figures, limits, 10n ** BigInt(book.minorDigits)),
    days,
    monthEnds: isSealed && isMonthEnd(day) ? await monthEndsTo(client, day) : new Map(),
    night,
    checks,
    checkNames,
    further,
    left,
    files,
    moves: await namedMoves(client, days.get(day)),
  };
}

/** The days that a page has, in order, whether they are kept or not. */
export function daysShown(day: EpochDay): EpochDay[] {
  return Array.from({ length: DAYS_SHOWN }, (_, at) => day - DAYS_SHOWN + 1 + at);
}

async function monthEndsTo(client: pg.Client, day: EpochDay): Promise<Map<EpochDay, KeptDay>> {
  const { year, month } = civilOf(day);
  const from = dayOf(year - MONTHS_SHOWN / 12, month, 1);
  const kept = await readKeptDays(client, { from, to: day });
  return new Map([...kept].filter(([, { vintage }]) => vintage !== null));
}

async function namedMoves(client: pg.Client, kept: KeptDay | undefined): Promise<NamedMove[]> {
  const largest = kept?.largest ?? [];
  const { rows } = await client.query<{ loan_id: number; loan_no: string }>(
    `SELECT l.loan_id, l.loan_no FROM unnest($1::bigint[]) AS u (loan_id)
       JOIN loan l ON l.bucket = (u.loan_id >> 32)::smallint AND l.loan_id = u.loan_id`,
    [largest.map(({ loanId }) => loanId)],
  );
  const numbers = new Map(rows.map(({ loan_id, loan_no }) => [loan_id, loan_no]));
  return largest.map(({ loanId, ...move }) => ({ loanNo: numbers.get(loanId) ?? '', ...move }));
}

function requireDay({ firstBusinessDate, businessDate }: Book, day: EpochDay): void {
  if (day >= firstBusinessDate && day <= businessDate) return;
  throw new LoanbookError('day_not_in_book', 'The book has no such day yet.', {
    exitCode: EXIT.usage,
    evidence: {
      date: formatDay(day),
      firstDay: formatDay(firstBusinessDate),
      openDay: formatDay(businessDate),
    },
    next: 'Name a sealed day, or the open one.',
  });
}
