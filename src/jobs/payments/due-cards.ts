import type pg from 'pg';
import type { LoanId } from '../../accounting/money/units.js';
import type { BucketRange } from '../day/bucket-pages.js';
import { openRecords } from '../parties/open-records.js';
import type { PartySealer } from '../parties/party-sealer.js';

/** An account of a customer: its place in the sealed record, and what tells it from others. */
export interface CustomerCard {
  readonly party: string;
  readonly version: number;
  readonly at: number;
  readonly mark: Buffer;
  readonly account: string;
}

/** The accounts of the customers of some loans, in the order of their records. */
export async function cardsOf(
  client: pg.Client,
  sealer: PartySealer,
  [from, to]: BucketRange,
  loanIds: readonly LoanId[],
): Promise<Map<LoanId, readonly CustomerCard[]>> {
  const { rows } = await client.query<{ loanId: LoanId; party: string }>(
    `SELECT loan_id AS "loanId", party_no AS party FROM loan_party
     WHERE bucket BETWEEN $1 AND $2 AND loan_id = ANY ($3::bigint[])`,
    [from, to, loanIds],
  );
  const parties = [...new Set(rows.map(({ party }) => party))];
  const wanted = parties.map((party) => ({ party, version: null }));
  const records = await openRecords(client, sealer, wanted);
  const ofParty = new Map(
    records.map(({ party, version, record }) => [
      party,
      (record.accounts ?? []).map((account, at): CustomerCard => {
        return { party, version, at, account, mark: sealer.lookUp('account', account) };
      }),
    ]),
  );
  return new Map(rows.map(({ loanId, party }) => [loanId, ofParty.get(party) ?? []]));
}
