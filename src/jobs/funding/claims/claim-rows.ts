import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { isOpen } from '../../../funding/guarantee/claim.js';
import { loadBook } from '../../book/load-book.js';
import { type ClaimsAtClose, claimsAtClose, type Differing } from './claims-at.js';

/** A claim as lists and files have it; amounts in minor units. */
export interface ClaimRow {
  readonly loanNo: string;
  readonly guarantor: string;
  readonly kind: 'compensation' | 'buy_back';
  readonly seq: number;
  readonly reason: string | null;
  readonly day: string;
  readonly amount: number;
  readonly paid: number;
  readonly state: string;
  readonly daysPastDue: number;
  readonly customerDaysPastDue: number;
}

export interface ListedClaims {
  readonly date: string;
  readonly minorDigits: number;
  readonly claims: readonly ClaimRow[];
  /** Loans that are not what their claims say: nothing is claimed of them. */
  readonly differing: readonly Differing[];
}

export interface ClaimsQuery {
  readonly guarantor?: string | undefined;
  /** Those alone that wait for money. */
  readonly open?: boolean | undefined;
}

/**
 * Claims as they stand at the close of a day, those of loans that differ left out. Throws
 * LoanbookError `day_not_closed`, `guarantee_missing` (1).
 */
export async function listClaims(
  client: pg.Client,
  day: EpochDay,
  query: ClaimsQuery = {},
): Promise<ListedClaims> {
  const { minorDigits, found } = await claimsOf(client, day);
  const { differing } = found;
  return { date: formatDay(day), minorDigits, claims: rowsOf(found, query), differing };
}

/** What stands at the close of a sealed day. Throws LoanbookError `day_not_closed`. */
export async function claimsOf(client: pg.Client, day: EpochDay) {
  const date = formatDay(day);
  const book = await loadBook(client);
  const { rows } = await client.query('SELECT FROM sealed_day WHERE business_date = $1', [date]);
  if (rows.length === 0) {
    throw new LoanbookError('day_not_closed', 'Claims are made by the close of a day.', {
      exitCode: EXIT.failed,
      evidence: { date },
      next: 'Name a day that is closed; `loanbook eod status` shows them.',
    });
  }
  return { book, minorDigits: book.minorDigits, found: await claimsAtClose(client, book, day) };
}

export function rowsOf({ loans }: ClaimsAtClose, { guarantor, open }: ClaimsQuery): ClaimRow[] {
  return loans.flatMap(({ loan, claims, daysPastDue, customerDaysPastDue }) => {
    const { guarantor: code } = loan.guarantee;
    if (guarantor !== undefined && guarantor !== code) return [];
    return claims
      .filter((claim) => open !== true || isOpen(claim))
      .map(({ kind, seq, reason, day, amount, paid, state }) => ({
        ...{ loanNo: loan.loanNo, guarantor: code, kind, seq, reason, day: formatDay(day) },
        ...{ amount, paid, state, daysPastDue, customerDaysPastDue },
      }));
  });
}
