import {
  type CheckedSnapshot,
  checkSnapshot,
} from '../../../../src/jobs/funding/check/check-snapshot.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import type { ImportBook } from '../../../support/import-book.js';
import { closeTo, DAY, partnerBook, takeLoans } from '../files/partner-book.js';
import { lineOf, type SnapshotRow, TITLES } from './falsified-rows.js';

const FROM_TITLES = TITLES.split(',')
  .map((name) => {
    const type = /principal|interest/.test(name) ? ', type: amount' : '';
    return `{from: ${name}${type}}`;
  })
  .join(', ');
const LAYOUT = `code: P1-SNAP
version: 2
effective_from: 2026-03-29
family: snapshot
name: snap_{date}_{version}.csv
key: [loan_no]
total_of: principal
control: {suffix: .ok, content: "{count},{total}"}
columns: [${FROM_TITLES}]
`;

/** A book of joint loans of three closed days, and what a partner would send of them. */
export interface SnapshotBook {
  readonly book: ImportBook;
  /** What the partner has after so many nights. */
  rows(nights: number): SnapshotRow[];
  /** A snapshot with its control file. */
  file(day: number, rows: readonly SnapshotRow[]): string;
  check(file: string, day: number): Promise<CheckedSnapshot>;
}

export async function snapshotBook(loans: number): Promise<SnapshotBook> {
  const book = await partnerBook();
  const plan = (at: number) => (at % 3 === 0 ? 'JL-THIRD' : 'JL-3070');
  const rows = Array.from(
    { length: loans },
    (_, at) => `L${at},${(100 + (at % 977)).toFixed(2)},${plan(at)}`,
  );
  await takeLoans(book, ...rows);
  await applyTerms(book.client, 'layout', LAYOUT, { source: 'x.yaml', by: 'Li Na' });
  await closeTo(book, DAY + 2);
  let files = 0;
  return {
    book,
    rows: (nights) => Array.from({ length: loans }, (_, at) => rowOf(at, nights)),
    file(day, own) {
      files += 1;
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
      const path = book.file(`snap_${date}_${files}.csv`, TITLES, ...own.map(lineOf));
      const total = own.reduce((sum, { principal }) => sum + principal, 0);
      book.raw(`snap_${date}_${files}.csv.ok`, `${own.length},${(total / 100).toFixed(2)}`);
      return path;
    },
    check: (file, day) => checkSnapshot(book.client, { file, partner: 'P1', day, by: 'Li Na' }),
  };
}

/** By hand: CASH accrues 0.18 / 360 a night; nothing else has happened. */
function rowOf(at: number, nights: number): SnapshotRow {
  const principal = (100 + (at % 977)) * 100;
  const interest = half(principal * 18 * nights, 36_000);
  // A third is rounded; with 30 of 100 ours is rounded, and the partner has the rest.
  const share = (total: number) => (at % 3 === 0 ? half(total, 3) : total - half(total * 30, 100));
  return {
    ...{ loanNo: `L${at}`, status: 'normal', class: 'normal', interest: share(interest) },
    ...{ principal: share(principal), before: share(principal), flow: 0 },
  };
}

function half(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator));
}

/** How a break is told from another one of the same book. */
export async function openBreaks(book: Pick<ImportBook, 'rows'>): Promise<string[]> {
  const rows = await book.rows(
    `SELECT order_no, type, difference,
       (ARRAY['principal', 'interest', 'penalty', 'compound', 'fee'])[component + 1] AS component
     FROM recon_break WHERE partner = 'P1' AND state = 'open'`,
  );
  return rows
    .map(({ order_no, type, component, difference }) =>
      [order_no, type, component ?? '', difference].join(' '),
    )
    .sort();
}
