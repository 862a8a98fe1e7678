import { BUCKET_COUNT, type LoanId } from '../money/units.js';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

const encoder = new TextEncoder();

/**
 * The bucket of a loan, 0 to 1023: FNV-1a (32 bits) over the UTF-8 bytes of its number, stirred by
 * the finaliser of MurmurHash3, modulo 1024. It is stored in every key of the loan, so it stays as
 * it is for ever. The finaliser is needed: FNV's low bits alone are uneven over running numbers.
 */
export function bucketOf(loanNo: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < loanNo.length; i += 1) {
    const code = loanNo.charCodeAt(i);
    if (code > 0x7f) return finish(hashBytes(encoder.encode(loanNo)));
    hash = Math.imul(hash ^ code, FNV_PRIME);
  }
  return finish(hash);
}

function hashBytes(bytes: Uint8Array): number {
  let hash = FNV_OFFSET;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash;
}

/** fmix32 of MurmurHash3 (Austin Appleby, public domain). */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  mixed ^= mixed >>> 16;
  return (mixed >>> 0) % BUCKET_COUNT;
}

/** A loan's id is its bucket times this plus its ordinal in it. */
export const IDS_PER_BUCKET = 4_294_967_296;

/** The bucket of the loan with this id. */
export function bucketOfId(loanId: LoanId): number {
  return Math.floor(loanId / IDS_PER_BUCKET);
}
