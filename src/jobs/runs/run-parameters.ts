import { createHash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { BookData } from '../book/book.js';
import { type HeldRun, requireHeld } from './lease.js';

/** What a run keeps of the parameters it was begun under. */
interface RunParameters {
  /** SHA-256, hex. */
  readonly hash: string;
  /** How many of each there were; they only grow. */
  readonly products: number;
  readonly groups: number;
}

/**
 * Notes under which parameters a run folds, read after the run was taken: imports and documents
 * that ended before are in them, and later ones wait or belong to later days. Throws LoanbookError
 * `other_parameters` where an unfinished run was begun under others: half of its loans are folded.
 */
export async function keepParameters(
  client: pg.Client,
  run: HeldRun,
  data: BookData,
): Promise<void> {
  const { rows } = await client.query<{ parameters: RunParameters | null }>(
    'SELECT parameters FROM run WHERE run_id = $1',
    [run.runId],
  );
  const begun = rows[0]?.parameters ?? null;
  if (begun === null) {
    const { length: products } = data.products;
    const { length: groups } = data.groups;
    const now: RunParameters = { hash: hashOf(data, products, groups), products, groups };
    const kept = await client.query(
      'UPDATE run SET parameters = $3 WHERE run_id = $1 AND token = $2',
      [run.runId, run.token, JSON.stringify(now)],
    );
    if (kept.rowCount === 0) await requireHeld(client, run);
    return;
  }
  if (hashOf(data, begun.products, begun.groups) === begun.hash) return;
  const date = formatDay(data.businessDate);
  throw new LoanbookError('other_parameters', `${date} was begun under other parameters.`, {
    exitCode: EXIT.failed,
    evidence: { businessDate: date, run: run.runId },
    next: `\`loanbook eod discard --date ${date} --reason "..."\`, then close it again.`,
  });
}

function hashOf(data: BookData, products: number, groups: number): string {
  const { calendar, policies, postingRules, taxRules, businessDate, currency, minorDigits } = data;
  const rules = [
    businessDate,
    currency,
    minorDigits,
    calendar,
    policies.filter(({ from }, at) => from <= businessDate || at === policies.length - 1),
    data.products.slice(0, products),
    data.groups.slice(0, groups),
    postingRules,
    taxRules,
  ];
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex');
}
