import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { refusing } from '../approvals/acting.js';
import { type Approvable, type Grant, showApproval, withApproval } from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { holdOpenDay } from '../book/open-day.js';
import { retentionOf } from '../book/policy-bounds.js';
import { takeJobLock } from '../runs/lock-order.js';
import { Patience, type Waits } from '../runs/waiting.js';
import { ErasureProof } from './erasure-list.js';
import type { KeySource } from './key-source.js';
import { noSuchParty } from './party-view.js';
import { requireReason } from './reason.js';

export interface EraseOptions {
  readonly party: string;
  readonly reason: string;
  readonly by: string;
  readonly keys: KeySource;
  readonly grant?: Grant;
  readonly waits?: Waits;
}

export interface ErasedParty {
  readonly party: string;
  readonly outcome: 'erased';
}

/**
 * Destroys the key of a party with its records and look-ups, so that nothing of it can be read or
 * found again; its number, its loans and the ledger stay. Two persons, always. Throws LoanbookError
 * `reason_missing`, `reason_is_personal`, `party_has_loan`, `party_has_claim`, `party_in_flight`,
 * `party_is_kept` (2), `unknown_party`, `party_erased` (1), `import_is_running` (75), and what
 * `requireKeys` and `withApproval` throw.
 */
export async function eraseParty(
  client: pg.Client,
  options: EraseOptions,
): Promise<Approvable<ErasedParty>> {
  const { party, by, keys, grant, waits } = options;
  const reason = requireReason(options.reason);
  const proof = await ErasureProof.of(client, keys);
  return inTransaction(client, async () => {
    // Else an import that has read the party would bring it back.
    await takeJobLock(client, 'import', new Patience(waits));
    const { date } = await holdOpenDay(client);
    const version = await lastVersion(client, party);
    await requireFree(client, party);
    const against = `version ${version}`;
    const asked = { act: 'party_erase', subject: party, payload: { reason }, against, by } as const;
    return withApproval<ErasedParty>(client, asked, { waits: true, grant }, async () => {
      if (grant !== undefined) {
        const { maker } = await showApproval(client, grant.number);
        const row = { party, erasedOn: formatDay(date), reason, maker, checker: grant.by };
        const values = [grant.number, bucketOf(party), party, proof.of(row), grant.by];
        await refusing(() =>
          client.query('SELECT erase_party($1, $2::smallint, $3, $4, $5)', values),
        );
        await writeAudit(client, { action: 'party erase', subject: party, reason, by: grant.by });
      }
      return { party, outcome: 'erased' };
    });
  });
}

async function lastVersion(client: pg.Client, party: string): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    readSql(import.meta.url, 'party-stored'),
    [bucketOf(party), party],
  );
  if (rows[0] !== undefined) return rows[0].version;
  throw await noSuchParty(client, party);
}

interface InTheWay {
  readonly loan: string;
  /** The last day on which the party is kept for it. */
  readonly until: string | null;
  readonly code: keyof typeof SAYS;
}

const SAYS = {
  party_has_loan: [
    'The customer has a loan that runs.',
    'every loan has ended',
    'Let its loans end: `loanbook loan show` shows how each stands.',
  ],
  party_has_claim: [
    'Somebody has a claim on the customer, or the customer on the book.',
    'no loan is written off, no money held or owed',
    'Let what is open be paid, waived or paid out first.',
  ],
  party_in_flight: [
    'Something of the customer is on its way.',
    'no event of the open day, no held loan, no open break',
    'Close the day, and resolve what `loanbook breaks list` shows.',
  ],
  party_is_kept: [
    'The customer has to be kept for a time.',
    'retention.customer_years of the policy, from the end of the last loan',
    'Ask again after that day; `loanbook policy show` shows the years.',
  ],
} as const;

async function requireFree(client: pg.Client, party: string): Promise<void> {
  const { customer_years: years } = await retentionOf(client);
  const { rows } = await client.query<InTheWay>(readSql(import.meta.url, 'party-loans'), [
    party,
    years,
  ]);
  const [first, ...others] = rows;
  if (first === undefined) return;
  const [message, rule, next] = SAYS[first.code];
  const until = first.code === 'party_is_kept' ? first.until : undefined;
  throw new LoanbookError(first.code, message, {
    exitCode: EXIT.usage,
    evidence: { party, loan: first.loan, rule, until },
    rows: others.map(({ loan, code }) => ({ loan, rule: code })),
    next,
  });
}
