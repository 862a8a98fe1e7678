import { hashOfHashes } from './hash-of-hashes.js';

/** A sealed day's place in the chain, as SEAL_COLUMNS of `sealed_day s` give it. */
export interface Seal {
  readonly day: string;
  readonly run: number;
  readonly content: Buffer;
  /** Of what came into the book since the seal before; null: sealed before that was kept. */
  readonly inputs: Buffer | null;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly chain: Buffer;
}

export const SEAL_COLUMNS = `s.business_date AS day, s.run_id AS run, s.content_hash AS content,
  s.inputs_hash AS inputs, (extract(epoch FROM s.sealed_at) * 1000000)::bigint AS at,
  s.chain_hash AS chain`;

/** The chain hash of a day behind the one before (null: the first day). */
export function chainLink(
  before: Buffer | null,
  { content, inputs, run, at }: Omit<Seal, 'day' | 'chain'>,
): Buffer {
  const first = before ?? Buffer.alloc(0);
  if (inputs === null) return hashOfHashes([first, content]);
  return hashOfHashes([first, content, inputs, Buffer.from(`${run}\t${at}`)]);
}
