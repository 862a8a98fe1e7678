import type pg from 'pg';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { maskField, maskText } from '../../files/mask.js';
import { sealerAtHand, sealerOf } from './book-keys.js';
import type { KeySource } from './key-source.js';
import type { LookUpField } from './look-up.js';
import type { PartyRecord } from './party-record.js';
import type { PartySealer } from './party-sealer.js';

/** A party as everybody may see it: masks, and no value. Null where the record has none. */
export interface PartyView {
  readonly party: string;
  readonly name: string | null;
  readonly idType: string | null;
  readonly idNumber: string | null;
  readonly birth: string | null;
  readonly phone: string | null;
  readonly account: string | null;
  readonly email: string | null;
  readonly address: string | null;
  readonly version: number;
  readonly enteredOn: string;
}

interface StoredParty {
  readonly party: string;
  readonly version: number;
  readonly record: Buffer;
  readonly sealed: Buffer;
  readonly enteredOn: string;
}

const NEXT =
  'Check the number: it is compared as it was imported; `loanbook party list` shows them.';

/** One party by its masks. Throws LoanbookError `unknown_party` and what `requireKeys` throws. */
export async function showParty(
  client: pg.Client,
  party: string,
  source: KeySource,
): Promise<PartyView> {
  const sealer = await sealerOf(client, source);
  return viewOf(await storedParty(client, party, sealer), sealer);
}

/**
 * The record of a party with its clear values: for `reveal-party.ts` alone. Throws as `showParty`.
 */
export async function openParty(
  client: pg.Client,
  party: string,
  source: KeySource,
): Promise<PartyRecord> {
  const sealer = await sealerOf(client, source);
  const { sealed, record } = await storedParty(client, party, sealer);
  return sealer.open(party, sealed, record);
}

export interface PartyFilter {
  readonly limit: number;
  /** Only numbers behind this one. */
  readonly after?: string;
  /** Only parties that have this value, in any way to write it. */
  readonly having?: { readonly field: LookUpField; readonly value: string };
}

/** Parties in the order of their numbers, by their masks. Throws what `requireKeys` throws. */
export async function listParties(
  client: pg.Client,
  source: KeySource,
  { limit, after, having }: PartyFilter,
): Promise<PartyView[]> {
  const sealer = await sealerOf(client, source);
  const hash = having === undefined ? null : sealer.lookUp(having.field, having.value);
  const behind = [after ?? '', limit];
  const rows =
    hash === null ? await allStored(client, behind) : await storedHaving(client, behind, hash);
  await sealer.meet(rows.map(({ sealed }) => sealed));
  return rows.map((stored) => viewOf(stored, sealer));
}

async function allStored(client: pg.Client, behind: readonly unknown[]): Promise<StoredParty[]> {
  const sql = readSql(import.meta.url, 'parties-list');
  return (await client.query<StoredParty>(sql, [...behind])).rows;
}

/**
 * The planner takes a hash for one that many parties have, and would start workers for the few rows
 * of the index: that alone takes ten times as long as the look-up.
 */
async function storedHaving(
  client: pg.Client,
  behind: readonly unknown[],
  hash: Buffer,
): Promise<StoredParty[]> {
  const sql = readSql(import.meta.url, 'parties-having');
  return inTransaction(client, async () => {
    await client.query('SET LOCAL max_parallel_workers_per_gather = 0');
    return (await client.query<StoredParty>(sql, [...behind, [hash]])).rows;
  });
}

/** Who a loan is with: the number, and the mask of the name where the master keys are at hand. */
export interface LoanParty {
  readonly party: string;
  readonly name: string | null;
}

/** Null: the loan names no party. Throws what `sealerAtHand` throws. */
export async function partyOfLoan(
  client: pg.Client,
  loan: { readonly bucket: number; readonly loanId: number },
  source: KeySource | undefined,
): Promise<LoanParty | null> {
  const { rows } = await client.query<{ party: string }>(
    'SELECT party_no AS party FROM loan_party WHERE bucket = $1 AND loan_id = $2',
    [loan.bucket, loan.loanId],
  );
  const party = rows[0]?.party;
  if (party === undefined) return null;
  const sealer = source === undefined ? undefined : await sealerAtHand(client, source);
  if (sealer === undefined) return { party, name: null };
  const stored = await lastStored(client, party, sealer);
  // Erased: the loan stays, and names its number.
  return { party, name: stored === undefined ? null : viewOf(stored, sealer).name };
}

async function storedParty(
  client: pg.Client,
  party: string,
  sealer: PartySealer,
): Promise<StoredParty> {
  const stored = await lastStored(client, party, sealer);
  if (stored === undefined) throw await noSuchParty(client, party);
  return stored;
}

async function lastStored(
  client: pg.Client,
  party: string,
  sealer: PartySealer,
): Promise<StoredParty | undefined> {
  const { rows } = await client.query<StoredParty>(readSql(import.meta.url, 'party-stored'), [
    bucketOf(party),
    party,
  ]);
  const [found] = rows;
  if (found !== undefined) await sealer.meet([found.sealed]);
  return found;
}

/** The error of a party of which nothing is kept: it was erased, or there never was one. */
export async function noSuchParty(client: pg.Client, party: string): Promise<LoanbookError> {
  const { rows } = await client.query<{ erasedOn: string }>(
    'SELECT erased_on::text AS "erasedOn" FROM party_erasure WHERE bucket = $1 AND party_no = $2',
    [bucketOf(party), party],
  );
  const erasedOn = rows[0]?.erasedOn;
  const evidence = { party: maskText(party), erasedOn };
  if (erasedOn === undefined) {
    return new LoanbookError('unknown_party', 'The book has no such party.', {
      ...{ exitCode: EXIT.failed, evidence, next: NEXT },
    });
  }
  return new LoanbookError('party_erased', 'The party was erased.', {
    exitCode: EXIT.failed,
    evidence,
    next: 'Nothing of it can be read any more; its number, its loans and the ledger stay.',
  });
}

function viewOf(stored: StoredParty, sealer: PartySealer): PartyView {
  const { party, version, enteredOn } = stored;
  const record = sealer.open(party, stored.sealed, stored.record);
  const first = (field: string, values: readonly string[] | undefined) =>
    values?.[0] === undefined ? null : maskField(field, values[0]);
  const one = (field: string, value: string | undefined) =>
    value === undefined ? null : maskField(field, value);
  return {
    party,
    name: maskField('name', record.name),
    idType: record.id_type ?? null,
    idNumber: one('id_number', record.id_number),
    birth: one('birth', record.birth),
    phone: first('phone', record.phones),
    account: first('account', record.accounts),
    email: first('email', record.emails),
    address: first('address', record.addresses),
    version,
    enteredOn,
  };
}
