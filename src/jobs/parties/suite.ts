import { createHmac } from 'node:crypto';

/** What a master key is for: AES and SHA-256, or the national SM4 and SM3 (GB/T 32905, 32907). */
export const SUITES = ['aes', 'sm'] as const;
export type Suite = (typeof SUITES)[number];

/** Bytes of a master key and of a data key. */
export const KEY_BYTES = 32;

const DIGESTS = { aes: 'sha256', sm: 'sm3' } as const;

/** A key and what is done with it. */
export interface SuiteKey {
  readonly suite: Suite;
  readonly key: Buffer;
}

/** HMAC-SHA256 or HMAC-SM3: 32 bytes. */
export function keyedHash(
  { suite, key }: SuiteKey,
  ...parts: readonly (Buffer | string)[]
): Buffer {
  const hash = createHmac(DIGESTS[suite], key);
  for (const part of parts) hash.update(part);
  return hash.digest();
}
