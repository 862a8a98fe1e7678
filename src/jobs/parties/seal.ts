import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { EXIT, LoanbookError } from '../../errors.js';
import { keyedHash, SUITES, type Suite, type SuiteKey } from './suite.js';

/** A key as it seals: with the number that the sealed bytes name, 0 to 65535. */
export interface SealingKey extends SuiteKey {
  readonly version: number;
}

/**
 * The form of sealed bytes: suite (01, 02), version of the key (two bytes, the high one first),
 * nonce, text, tag. The head and the row (`table|key`) are authenticated too.
 */
const FORMS = {
  aes: { code: 1, nonceBytes: 12, tagBytes: 16 },
  sm: { code: 2, nonceBytes: 16, tagBytes: 32 },
} as const;
export const HEAD_BYTES = 3;
export const NONCE_BYTES = { aes: FORMS.aes.nonceBytes, sm: FORMS.sm.nonceBytes } as const;

/** The suite and the version of the key that sealed these bytes. Throws `not_authentic` (3). */
export function sealedBy(sealed: Buffer, context: string): { suite: Suite; version: number } {
  const suite = SUITES.find((name) => FORMS[name].code === sealed[0]);
  if (suite === undefined) throw notAuthentic(context, sealed, 'the first byte names a suite');
  const { nonceBytes, tagBytes } = FORMS[suite];
  const bytesMin = HEAD_BYTES + nonceBytes + tagBytes;
  if (sealed.length < bytesMin) {
    throw notAuthentic(context, sealed, `of ${suite} at least ${bytesMin} bytes`);
  }
  return { suite, version: sealed.readUInt16BE(1) };
}

const ownKeys = new WeakMap<SuiteKey, Map<string, Buffer>>();

/** A key for one use, worked out once: a rotation opens and seals a million times with two keys. */
function keyFor(key: SuiteKey, use: 'seal' | 'mac'): Buffer {
  const own = ownKeys.get(key) ?? new Map<string, Buffer>();
  ownKeys.set(key, own);
  const known = own.get(use) ?? keyedHash(key, use);
  own.set(use, known);
  return known;
}

/** Seals a text for one row. `nonce` is random: another one may be given to hold the form to it. */
export function seal(
  key: SealingKey,
  context: string,
  text: Buffer,
  nonce: Buffer = randomNonce(FORMS[key.suite].nonceBytes),
): Buffer {
  const head = Buffer.from([FORMS[key.suite].code, key.version >> 8, key.version & 0xff]);
  const row = Buffer.from(context);
  if (key.suite === 'aes') {
    const cipher = createCipheriv('aes-256-gcm', keyFor(key, 'seal'), nonce);
    cipher.setAAD(Buffer.concat([head, row]));
    const hidden = [cipher.update(text), cipher.final()];
    return Buffer.concat([head, nonce, ...hidden, cipher.getAuthTag()]);
  }
  const cipher = createCipheriv('sm4-ctr', keyFor(key, 'seal').subarray(0, 16), nonce);
  const hidden = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([head, nonce, hidden, smTag(key, { head, row, nonce, hidden })]);
}

/**
 * Opens what was sealed for this row. Throws LoanbookError `not_authentic` (3) where the bytes, the
 * key or the row is another.
 */
export function open(key: SuiteKey, context: string, sealed: Buffer): Buffer {
  if (sealedBy(sealed, context).suite !== key.suite) {
    throw notAuthentic(context, sealed, `sealed by a key of ${key.suite}`);
  }
  const { nonceBytes, tagBytes } = FORMS[key.suite];
  const head = sealed.subarray(0, HEAD_BYTES);
  const nonce = sealed.subarray(HEAD_BYTES, HEAD_BYTES + nonceBytes);
  const hidden = sealed.subarray(HEAD_BYTES + nonceBytes, sealed.length - tagBytes);
  const tag = sealed.subarray(sealed.length - tagBytes);
  const row = Buffer.from(context);
  if (key.suite === 'sm') {
    if (!timingSafeEqual(smTag(key, { head, row, nonce, hidden }), tag)) {
      throw notAuthentic(context, sealed);
    }
    const cipher = createDecipheriv('sm4-ctr', keyFor(key, 'seal').subarray(0, 16), nonce);
    return Buffer.concat([cipher.update(hidden), cipher.final()]);
  }
  const cipher = createDecipheriv('aes-256-gcm', keyFor(key, 'seal'), nonce);
  cipher.setAAD(Buffer.concat([head, row]));
  cipher.setAuthTag(tag);
  try {
    return Buffer.concat([cipher.update(hidden), cipher.final()]);
  } catch {
    throw notAuthentic(context, sealed);
  }
}

interface Authenticated {
  readonly head: Buffer;
  readonly row: Buffer;
  readonly nonce: Buffer;
  readonly hidden: Buffer;
}

/** Encrypt, then mac: over the head, the row with its length before it, the nonce and the rest. */
function smTag(key: SuiteKey, { head, row, nonce, hidden }: Authenticated): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(row.length);
  const macKey = { suite: key.suite, key: keyFor(key, 'mac') };
  return keyedHash(macKey, head, length, row, nonce, hidden);
}

const POOL_BYTES = 1 << 14;
let pool = Buffer.alloc(0);
let taken = 0;

/** Random bytes from a stock: a system call for each nonce would cost more than the sealing. */
export function randomNonce(bytes: number): Buffer {
  if (taken + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    taken = 0;
  }
  taken += bytes;
  return Buffer.from(pool.subarray(taken - bytes, taken));
}

/** Of the bytes only the head is shown. */
export function notAuthentic(
  context: string,
  sealed: Buffer,
  rule = 'sealed by this key for this row',
): LoanbookError {
  return new LoanbookError('not_authentic', 'Sealed bytes do not open for this row.', {
    exitCode: EXIT.difference,
    evidence: {
      row: context,
      rule,
      value: `${sealed.subarray(0, HEAD_BYTES).toString('hex')}****, ${sealed.length} bytes`,
    },
    next:
      'Somebody cut, changed or moved them: `loanbook check chain` shows where. Take the row ' +
      'from a backup.',
  });
}
