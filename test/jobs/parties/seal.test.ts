import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { normalForm } from '../../../src/files/normal-form.js';
import { LookUps } from '../../../src/jobs/parties/look-up.js';
import { open, randomNonce, seal, sealedBy } from '../../../src/jobs/parties/seal.js';
import { keyedHash, SUITES, type Suite } from '../../../src/jobs/parties/suite.js';
import { packageRoot } from '../../../src/package-root.js';
import { operationCases } from '../../support/operation-cases.js';

interface SealCase {
  readonly id: string;
  readonly input: {
    readonly do: 'seal' | 'open' | 'lookup';
    readonly suite: Suite;
    readonly master: string;
    readonly version: number;
    readonly nonce: string;
    readonly context: string;
    readonly text: string;
    readonly sealed: string;
    readonly field: string;
    readonly value: string;
  };
  readonly expected: Readonly<Record<string, unknown>>;
}

const CASES = operationCases<SealCase>('O-K');

/** A case as `operations simulate` is asked for it. */
function answer({ input }: SealCase): Record<string, unknown> {
  const { suite, version = 0, context, text, sealed, field, value } = input;
  const key = { suite, version, key: Buffer.from(input.master, 'hex') };
  switch (input.do) {
    case 'seal': {
      const nonce = Buffer.from(input.nonce, 'hex');
      return { sealed: seal(key, context, Buffer.from(text), nonce).toString('hex') };
    }
    case 'open':
      try {
        return { text: open(key, context, Buffer.from(sealed, 'hex')).toString() };
      } catch (error) {
        return { error: { code: (error as { code: string }).code } };
      }
    default:
      return {
        normal: normalForm(field, value),
        hash: new LookUps(key).hash(field, value).toString('hex'),
      };
  }
}

describe.skipIf(CASES.length === 0)('the worked cases', () => {
  it.each(CASES)('$id', (own) => {
    expect(answer(own)).toEqual(own.expected);
  });

  it.each(CASES.filter(({ input }) => input.do === 'seal'))('$id opens again', (own) => {
    const { suite, master, context, text } = own.input;
    const sealed = Buffer.from(String(own.expected.sealed), 'hex');
    expect(open({ suite, key: Buffer.from(master, 'hex') }, context, sealed).toString()).toBe(text);
    expect(sealedBy(sealed, context)).toEqual({ suite, version: 3 });
  });
});

describe('the national algorithms', () => {
  const file = join(packageRoot, 'fixtures/cases/practice.json');
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
    cases: { id: string; input: Record<string, string>; expected: Record<string, string> }[];
  };
  const { input, expected } = cases.find(({ id }) => id === 'S1')!;

  it('give the vectors of GB/T 32905 and 32907', () => {
    expect(createHash('sm3').update(input.sm3!).digest('hex')).toBe(expected.sm3);
    // The key stream of CTR is the cipher of its counter block.
    const [key, plain] = [input.sm4Key!, input.sm4Plain!].map((hex) => Buffer.from(hex, 'hex'));
    const cipher = createCipheriv('sm4-ctr', key!, plain!);
    expect(cipher.update(Buffer.alloc(16)).toString('hex')).toBe(expected.sm4Ecb);
  });

  it('make the keyed hash that RFC 2104 says of SM3', () => {
    // By hand: the key is filled to the 64 bytes of a block, then H(k^5c | H(k^36 | text)).
    const key = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    const block = Buffer.concat([key, Buffer.alloc(48)]);
    const padded = (by: number) => Buffer.from(block.map((byte) => byte ^ by));
    const sm3 = (...parts: Buffer[]) => createHash('sm3').update(Buffer.concat(parts)).digest();
    const inner = sm3(padded(0x36), Buffer.from('abc'));
    expect(keyedHash({ suite: 'sm', key }, 'a', 'bc')).toEqual(sm3(padded(0x5c), inner));
  });
});

describe.each(SUITES)('sealed by %s', (suite) => {
  const key = { suite, version: 513, key: Buffer.alloc(32, 7) };
  const sealed = seal(key, 'party|P1', Buffer.from('text'));

  it('opens, and no byte can be another one', () => {
    expect(open(key, 'party|P1', sealed).toString()).toBe('text');
    for (let at = 0; at < sealed.length; at += 1) {
      const other = Buffer.from(sealed);
      other[at] = other[at]! ^ 1;
      expect(() => open(key, 'party|P1', other)).toThrow(/do not open/);
    }
  });

  it('opens for no other row, key or suite, and not in part', () => {
    const fails = { code: 'not_authentic', exitCode: 3 };
    const tried = (fn: () => unknown) => {
      try {
        return fn();
      } catch (error) {
        return error;
      }
    };
    const otherSuite = suite === 'aes' ? 'sm' : 'aes';
    expect(tried(() => open(key, 'party|P10', sealed))).toMatchObject(fails);
    expect(
      tried(() => open({ ...key, key: Buffer.alloc(32, 8) }, 'party|P1', sealed)),
    ).toMatchObject(fails);
    expect(tried(() => open({ ...key, suite: otherSuite }, 'party|P1', sealed))).toMatchObject(
      fails,
    );
    for (const length of [0, 3, 20, sealed.length - 1]) {
      expect(tried(() => open(key, 'party|P1', sealed.subarray(0, length)))).toMatchObject(fails);
    }
  });

  it('has another nonce each time, over the stock of random bytes too', () => {
    const nonces = Array.from({ length: 3000 }, () => randomNonce(16).toString('hex'));
    expect(new Set(nonces).size).toBe(3000);
    expect(seal(key, 'party|P1', Buffer.from('text'))).not.toEqual(sealed);
  });
});
