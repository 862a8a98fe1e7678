import type pg from 'pg';
import { eachDay, formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { shareOut } from '../../../db/share-out.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { Difference } from '../check-result.js';
import { dayTable } from '../day-table.js';
import { chainLink, proofLink, SEAL_COLUMNS, type Seal } from './chain-link.js';
import { contractDifferences } from './check-contracts.js';
import { derivedDifferences } from './check-derived.js';
import { digestDifferences } from './check-digests.js';
import { importDifferences } from './check-imports.js';
import { type DayDifference, type DayRange, inputDifferences } from './check-inputs.js';
import { itemDifferences } from './check-items.js';
import { lookDifferences } from './check-looks.js';
import { partyDifferences } from './check-parties.js';
import { checkDayHash } from './day-hash.js';

export interface ChainOptions {
  /** First and last sealed day; left out: all of them. */
  readonly from?: EpochDay;
  readonly to?: EpochDay;
  /** More sessions of the same book: days are shared out among all of them. */
  readonly helpers?: readonly pg.Client[];
  readonly onDay?: (done: number, days: number) => void;
  readonly signal?: AbortSignal;
}

/** A day whose content or place in the chain is not what was sealed. */
export interface BrokenDay {
  readonly businessDate: string;
  readonly differences: readonly Difference[];
}

export interface ChainResult {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly ok: boolean;
  readonly firstBroken: string | null;
  readonly broken: readonly BrokenDay[];
  /** Of the last day looked at: whoever keeps it elsewhere can tell a chain that was made anew. */
  readonly chainHash: string;
  /** Null: the day was sealed before it was kept. */
  readonly proofHash: string | null;
}

/**
 * Verifies the hash chain over sealed days: the rows of each day give its content hash, every chain
 * hash is that of the day before with the content, and no day is missing, neither in between nor
 * before the open day. Throws LoanbookError `day_not_sealed` (exit 2).
 */
export async function checkChain(client: pg.Client, options: ChainOptions): Promise<ChainResult> {
  const { days, first, open } = await chainOf(client);
  const from = Math.max(options.from ?? first, first);
  const to = Math.min(options.to ?? open - 1, open - 1);
  const chosen = days.filter(({ day }) => parseDay(day)! >= from && parseDay(day)! <= to);
  if (chosen.length === 0) throw noSealedDay(from, to);
  const byDay = new Map(days.map((seal) => [parseDay(seal.day)!, seal]));
  const sessions = [client, ...(options.helpers ?? [])] as const;
  let done = 0;
  const looked = await shareOut(sessions, eachDay(from, to), async (session, day) => {
    options.signal?.throwIfAborted();
    const differences = await dayDifferences(session, byDay, day, first);
    done += 1;
    options.onDay?.(done, to - from + 1);
    return { businessDate: formatDay(day), differences };
  });
  const inputs = byDayOf(await bookDifferences(sessions, { from, to }), { from, to });
  const broken = looked
    .map(({ businessDate, differences }) => ({
      businessDate,
      differences: [...differences, ...(inputs.get(businessDate) ?? [])],
    }))
    .filter(({ differences }) => differences.length > 0);
  return {
    from: formatDay(from),
    to: formatDay(to),
    days: chosen.length,
    ok: broken.length === 0,
    firstBroken: broken[0]?.businessDate ?? null,
    broken,
    chainHash: chosen.at(-1)!.chain.toString('hex'),
    proofHash: chosen.at(-1)!.proof?.toString('hex') ?? null,
  };
}

/** What was chained beside the rows of the days themselves. */
const BOOK_PROOFS = [
  inputDifferences,
  digestDifferences,
  contractDifferences,
  derivedDifferences,
  importDifferences,
  itemDifferences,
  lookDifferences,
  partyDifferences,
] as const;

async function bookDifferences(
  sessions: readonly [pg.Client, ...pg.Client[]],
  range: DayRange,
): Promise<DayDifference[]> {
  return (
    await shareOut(sessions, BOOK_PROOFS, (session, differences) => differences(session, range))
  ).flat();
}

/** What belongs to no day of the range is told with its first or last one. */
function byDayOf(
  differences: readonly DayDifference[],
  { from, to }: DayRange,
): Map<string, Difference[]> {
  const found = new Map<string, Difference[]>();
  for (const { day: own, ...difference } of differences) {
    const day = formatDay(Math.min(Math.max(parseDay(own) ?? to, from), to));
    found.set(day, [...(found.get(day) ?? []), difference]);
  }
  return found;
}

async function chainOf(
  client: pg.Client,
): Promise<{ days: Seal[]; first: EpochDay; open: EpochDay }> {
  const book = await client.query<{ first: string; open: string }>(
    'SELECT first_business_date AS first, business_date AS open FROM book',
  );
  const { rows: days } = await client.query<Seal>(
    `SELECT ${SEAL_COLUMNS} FROM sealed_day s ORDER BY business_date`,
  );
  const { first = '', open = '' } = book.rows[0] ?? {};
  // Of a book whose own row is gone, what is sealed can still be looked at.
  const firstSealed = parseDay(days[0]?.day ?? first) ?? 0;
  const lastSealed = parseDay(days.at(-1)?.day ?? open) ?? 0;
  return {
    days,
    first: Math.min(firstSealed, parseDay(first) ?? firstSealed),
    open: parseDay(open) ?? lastSealed + 1,
  };
}

async function dayDifferences(
  client: pg.Client,
  byDay: ReadonlyMap<EpochDay, Seal>,
  date: EpochDay,
  first: EpochDay,
): Promise<Difference[]> {
  const sealed = byDay.get(date);
  if (sealed === undefined) {
    return [{ place: 'sealed day', expected: 'in the chain', actual: 'missing' }];
  }
  const missing = await missingTables(client, date);
  if (missing.length > 0) return missing;
  const found = [...(await checkDayHash(client, date, sealed.run)).differences];
  // Where the rows differ, checkDayHash has judged the link by them; here by what was sealed.
  const before = byDay.get(date - 1);
  const link = chainLink(before?.chain ?? null, sealed.content);
  const proof = proofLink(before?.proof ?? null, sealed);
  if (before === undefined && date !== first) {
    found.push({ place: 'the day before', expected: 'in the chain', actual: 'missing' });
  } else if (!link.equals(sealed.chain)) {
    const expected = link.toString('hex');
    found.push({ place: 'link to the day before', expected, actual: sealed.chain.toString('hex') });
  } else if (proof !== null && !proof.equals(sealed.proof ?? Buffer.alloc(0))) {
    const actual = sealed.proof?.toString('hex') ?? 'none';
    found.push({ place: 'proof of the seal', expected: proof.toString('hex'), actual });
  }
  return found;
}

async function missingTables(client: pg.Client, date: EpochDay): Promise<Difference[]> {
  const names = ['position', 'allocation', 'event_outcome', 'journal_line'].map((parent) =>
    dayTable(parent, date),
  );
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL',
    [names],
  );
  return rows.map(({ name }) => ({ place: name, expected: 'the rows of the day', actual: 'gone' }));
}

function noSealedDay(from: EpochDay, to: EpochDay): LoanbookError {
  return new LoanbookError('day_not_sealed', 'no day is sealed in that range', {
    exitCode: EXIT.usage,
    evidence: { from: formatDay(from), to: formatDay(to) },
    next: 'loanbook eod run closes and seals a day; loanbook runs list shows them',
  });
}
