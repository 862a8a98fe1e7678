import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { hashOfHashes } from '../hash-of-hashes.js';
import { chainLink, proofLink, SEAL_COLUMNS, type Seal } from './chain-link.js';
import { inputDifferences, sealDifferences } from './check-inputs.js';

interface StandingSeal extends Seal {
  readonly before: Buffer | null;
  readonly proof_before: Buffer | null;
  readonly steps: Buffer[] | null;
  readonly gone: string[] | null;
}

/**
 * What a close takes from the book beside loans and events, which are held against their digests as
 * they are read: the parameters, and what the day before has left.
 */
const USED_BY_CLOSE: readonly string[] = [
  ...['account', 'accounting_group', 'book', 'calendar_year', 'ledger_version', 'policy_version'],
  ...['product_version', 'chained_table', 'digested_table', 'owned_by_day'],
];
const LEFT_BY_DAY: readonly string[] = ['gl_balance', 'held_loan', 'subledger_total', 'tax_total'];

/**
 * Holds the seal of a day against what is cheap to read: its content hash is that of its tasks,
 * its place in the chain follows from the day before, its tables are there; and the parameters and
 * sums that the next close builds on are those that were chained. The rows themselves are for
 * `check chain`. Throws LoanbookError `seal_broken` (3), before anything is built on the day.
 */
export async function requireIntactSeal(client: pg.Client, date: EpochDay): Promise<void> {
  const { rows } = await client.query<StandingSeal>(
    `SELECT ${SEAL_COLUMNS},
       (SELECT chain_hash FROM sealed_day WHERE business_date = s.business_date - 1) AS before,
       (SELECT proof_hash FROM sealed_day WHERE business_date = s.business_date - 1)
         AS proof_before,
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
  requireSame(date, 'link to the day before', chainLink(seal.before, seal.content), seal.chain);
  const proof = proofLink(seal.proof_before, seal);
  if (proof !== null) {
    requireSame(date, 'proof of the seal', proof, seal.proof ?? Buffer.alloc(0));
  }
  await requireIntactInputs(client, date);
}

async function requireIntactInputs(client: pg.Client, date: EpochDay): Promise<void> {
  const yesterday = { from: date, to: date };
  const changed = [
    ...(await sealDifferences(client, yesterday)),
    ...(await inputDifferences(client, { from: 0, to: date }, USED_BY_CLOSE)),
    ...(await inputDifferences(client, yesterday, LEFT_BY_DAY)),
  ];
  const [first] = changed;
  if (first === undefined) return;
  const { day, place, expected, actual } = first;
  throw broken(parseDay(day) ?? date, place, expected, actual);
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
