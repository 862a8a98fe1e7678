import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import { readSql } from '../../../db/sql-file.js';
import { loadBook } from '../../book/load-book.js';
import type { TheirFile } from '../source-rows.js';
import { allLoans } from './booked-loans.js';
import { GroupSums, type SumLine } from './group-sums.js';
import { standOf } from './opened-stand.js';
import { MEASURES, measuresOf, verifyBalances } from './verify-balances.js';
import type { Found, VerifyScene } from './verify-scene.js';
import { verifySchedules } from './verify-schedules.js';

/** Differences that are kept; the others are counted. */
const KEPT_MAX = 10_000;

export interface VerifyOptions {
  readonly balances?: readonly TheirFile[];
  readonly schedules?: readonly TheirFile[];
  readonly signal?: AbortSignal | undefined;
}

export interface EntryLine {
  readonly account: string;
  readonly nameZh: string;
  readonly debit: string;
  readonly credit: string;
  readonly loans: number;
}

export interface Verified {
  readonly entity: string;
  readonly currency: string;
  /** Day at whose close the positions stand, YYYY-MM-DD; null: no loan came with one. */
  readonly cutOverOn: string | null;
  readonly loans: number;
  readonly withPosition: number;
  readonly schedulesCompared: number;
  readonly schedulesMet: number;
  /** Differences in all. */
  readonly differing: number;
  readonly differences: readonly Found[];
  /** By what differs or explains it: loans. */
  readonly explained: readonly {
    readonly about: string;
    readonly why: string;
    readonly count: number;
  }[];
  readonly sums: readonly SumLine[];
  /** Empty before the first close. */
  readonly entries: readonly EntryLine[];
  /** The sums and the positions of both sides agree, and no schedule differs. */
  readonly agrees: boolean;
}

/**
 * Proves a migration: what the book has of the loans that came, against what the files of the other
 * system say. In memory are the differences, up to ten thousand. Throws as the readers of files do.
 */
export async function verifyBook(client: pg.Client, options: VerifyOptions): Promise<Verified> {
  const book = await loadBook(client);
  const { minorDigits, entity, currency } = book;
  const scene: VerifyScene = {
    ...{ book, minorDigits, signal: options.signal },
    cutOverOn: book.firstBusinessDate - 1,
  };
  const sums = new GroupSums();
  const counts = { compared: 0, met: 0 };
  const found = new Differences();
  const { balances = [], schedules = [] } = options;
  for (const file of balances) {
    for await (const one of verifyBalances(client, file, scene, sums)) found.add(one);
  }
  for (const file of schedules) {
    for await (const one of verifySchedules(client, file, scene, counts)) found.add(one);
  }
  const ours = await sumOurs(client, scene, sums);
  const lines = sums.lines(minorDigits);
  const unequal = lines.some(({ difference }) => difference !== null && /[1-9]/.test(difference));
  return {
    ...{ entity, currency },
    ...ours,
    schedulesCompared: counts.compared,
    schedulesMet: counts.met,
    differing: found.count,
    differences: found.kept,
    explained: found.explained(),
    sums: lines,
    entries: await entriesOf(client, minorDigits),
    agrees: found.count === 0 && !unequal,
  };
}

class Differences {
  count = 0;
  readonly kept: Found[] = [];
  readonly #counts = new Map<string, { about: string; why: string; count: number }>();

  add(found: Found): void {
    this.count += 1;
    if (this.kept.length < KEPT_MAX) this.kept.push(found);
    const why = found.about === 'schedule' ? found.difference : found.field || found.difference;
    const key = `${found.about}/${why}`;
    const entry = this.#counts.get(key) ?? { about: found.about, why, count: 0 };
    entry.count += 1;
    this.#counts.set(key, entry);
  }

  explained() {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count);
  }
}

async function sumOurs(client: pg.Client, scene: VerifyScene, sums: GroupSums) {
  let loans = 0;
  let withPosition = 0;
  let cutOverOn: string | null = null;
  for await (const page of allLoans(client)) {
    scene.signal?.throwIfAborted();
    for (const loan of page) {
      loans += 1;
      const { opening, product, org } = loan;
      if (opening === null) continue;
      withPosition += 1;
      cutOverOn = formatDay(opening.cutOverOn);
      const place = { product, org, class: standOf(loan, scene).class };
      sums.countOurs(place);
      const amounts = measuresOf(opening);
      for (const measure of MEASURES) sums.addOurs(place, measure, amounts[measure]);
    }
  }
  return { loans, withPosition, cutOverOn };
}

async function entriesOf(client: pg.Client, minorDigits: number): Promise<EntryLine[]> {
  const { rows } = await client.query<{
    account: string;
    nameZh: string;
    amount: number;
    loans: number;
  }>(readSql(import.meta.url, 'opening-entries'));
  return rows.map(({ account, nameZh, amount, loans }) => ({
    ...{ account, nameZh, loans },
    debit: formatAmount(Math.max(amount, 0), minorDigits),
    credit: formatAmount(Math.max(0 - amount, 0), minorDigits),
  }));
}
