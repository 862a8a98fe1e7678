import type pg from 'pg';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { readSql } from '../../db/sql-file.js';
import type { PartyRecord } from './party-record.js';
import type { PartySealer } from './party-sealer.js';

/** A customer's record in clear: for what goes to those who must have it, never for a log. */
export interface OpenedRecord {
  readonly party: string;
  readonly version: number;
  readonly record: PartyRecord;
}

/** Which customer, in which version of the record; null: the last one. */
export interface WantedRecord {
  readonly party: string;
  readonly version: number | null;
}

/** Records of customers; of one that was erased there is none. Throws what `sealer.open` throws. */
export async function openRecords(
  client: pg.Client,
  sealer: PartySealer,
  wanted: readonly WantedRecord[],
): Promise<OpenedRecord[]> {
  const { rows } = await client.query<{
    party: string;
    version: number;
    record: Buffer;
    sealed: Buffer;
  }>(readSql(import.meta.url, 'version-records'), [
    wanted.map(({ party }) => bucketOf(party)),
    wanted.map(({ party }) => party),
    wanted.map(({ version }) => version),
  ]);
  await sealer.meet(rows.map(({ sealed }) => sealed));
  return rows.map(({ party, version, record, sealed }) => {
    return { party, version, record: sealer.open(party, sealed, record) };
  });
}
