import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { hashOfHashes } from './hash-of-hashes.js';

interface Seal {
  content: Buffer;
  chain: Buffer;
  before: Buffer | null;
  steps: Buffer[] | null;
  gone: string[] | null;
}

/**
 * Holds the seal of a day against what is cheap to read: its content hash is that of its tasks,
 * its place in the chain follows from the day before, its tables are there. The rows themselves are
 * for `check hash`. Throws LoanbookError `seal_broken` (3), before anything is built on the day.
 */
export async function requireIntactSeal(client: pg.Client, date: EpochDay): Promise<void> {
  const { rows } = await client.query<Seal>(
    `SELECT s.content_hash AS content, s.chain_hash AS chain,
       (SELECT chain_hash FROM sealed_day WHERE business_date = s.business_date - 1) AS before,
       (SELECT array_agg(hash ORDER BY phase, task) FROM step
        WHERE run_id = s.run_id AND phase IN ('fold', 'post')) AS steps,
       (SELECT array_agg(name) FROM unnest(ARRAY['position', 'allocation', 'event_outcome',
          'journal_line']) AS parent, day_table(parent, s.business_date) AS name
        WHERE to_regclass(name) IS NULL) AS gone
     FROM sealed_day s WHERE s.business_date = $1`,
    [formatDay(date)],
  );
  const seal = rows[0];
  if (seal === undefined) throw broken(date, 'sealed day', 'in the chain', 'missing');
  const [gone] = seal.gone ?? [];
  if (gone !== undefined) throw broken(date, gone, 'the rows of the day', 'gone');
  requireSame(date, 'content of its tasks', hashOfHashes(seal.steps ?? []), seal.content);
  const link = hashOfHashes([seal.before ?? Buffer.alloc(0), seal.content]);
  requireSame(date, 'link to the day before', link, seal.chain);
}

function requireSame(date: EpochDay, place: string, expected: Buffer, actual: Buffer): void {
  if (expected.equals(actual)) return;
  throw broken(date, place, expected.toString('hex'), actual.toString('hex'));
}

function broken(date: EpochDay, place: string, expected: string, actual: string): LoanbookError {
  const day = formatDay(date);
  return new LoanbookError('seal_broken', `The seal of ${day} does not hold.`, {
    exitCode: EXIT.difference,
    evidence: { businessDate: day, place, expected, actual },
    next: '`loanbook check chain` shows every day that is not as it was sealed.',
  });
}
