import { hashOfHashes } from '../hash-of-hashes.js';

/** A sealed day's place in both chains, as SEAL_COLUMNS of `sealed_day s` give it. */
export interface Seal {
  readonly day: string;
  readonly run: number;
  readonly content: Buffer;
  readonly chain: Buffer;
  /** Of what came into the book since the seal before; null: sealed before that was kept. */
  readonly inputs: Buffer | null;
  readonly proof: Buffer | null;
  /** Microseconds since 1970. */
  readonly at: number;
}

export const SEAL_COLUMNS = `s.business_date AS day, s.run_id AS run, s.content_hash AS content,
  s.chain_hash AS chain, s.inputs_hash AS inputs, s.proof_hash AS proof,
  (extract(epoch FROM s.sealed_at) * 1000000)::bigint AS at`;

const NOTHING = Buffer.alloc(0);

/** The chain hash of a day behind the one before (null: the first day). */
export function chainLink(before: Buffer | null, content: Buffer): Buffer {
  return hashOfHashes([before ?? NOTHING, content]);
}

/** The proof hash of a day behind that of the one before; null where none was kept. */
export function proofLink(before: Buffer | null, seal: Omit<Seal, 'proof'>): Buffer | null {
  const { chain, inputs, run, at } = seal;
  if (inputs === null) return null;
  return hashOfHashes([before ?? NOTHING, chain, inputs, Buffer.from(`${run}\t${at}`)]);
}
