import { spawnSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LookUps } from '../../../src/jobs/parties/look-up.js';
import { NONCE_BYTES, open, seal } from '../../../src/jobs/parties/seal.js';
import { SUITES } from '../../../src/jobs/parties/suite.js';
import { packageRoot } from '../../../src/package-root.js';
import { Chance } from '../../scenarios/planted/planted-values.js';

/** Debian: `apt-get install python3-cryptography`. Without it its tests are skipped, with a notice. */
const PYTHON = '/usr/bin/python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import cryptography']).status === 0;
if (!hasPython) {
  console.warn('python3-cryptography is not installed: the tests that ask it are skipped');
}

function other(asked: readonly object[]): Record<string, unknown>[] {
  const input = asked.map((one) => `${JSON.stringify(one)}\n`).join('');
  const script = join(packageRoot, 'test/support/other-seal.py');
  const { status, stdout, stderr } = spawnSync(PYTHON, [script], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const chance = new Chance(7);
const bytes = (length: number) => Buffer.from(Array.from({ length }, () => chance.below(256)));

describe.skipIf(!hasPython).each(SUITES)('another implementation of %s', (suite) => {
  const cases = Array.from({ length: 100 }, (_, k) => ({
    ...{ suite, master: bytes(32), version: k * 650, context: `party|客户${k}` },
    // Of every length up to some blocks, with characters of several bytes.
    ...{ text: '王x'.repeat(k).slice(0, k), nonce: bytes(NONCE_BYTES[suite]) },
  }));
  const sealed = cases.map(({ master, version, context, text, nonce }) =>
    seal({ suite, version, key: master }, context, Buffer.from(text), nonce),
  );

  it('seals the same texts to the same bytes', () => {
    const asked = cases.map((one) => ({
      ...{ ...one, do: 'seal' },
      ...{ master: one.master.toString('hex'), nonce: one.nonce.toString('hex') },
    }));
    expect(other(asked).map((answer) => answer.sealed)).toEqual(
      sealed.map((own) => own.toString('hex')),
    );
  });

  it('opens what is sealed here, and nothing that was changed, and the other way round', () => {
    const asked = (changed: (own: Buffer, k: number) => Buffer) =>
      other(
        cases.map(({ master, context }, k) => ({
          ...{ do: 'open', suite, master: master.toString('hex'), context },
          sealed: changed(sealed[k]!, k).toString('hex'),
        })),
      ).map(({ text }) => text);
    expect(asked((own) => own)).toEqual(cases.map(({ text }) => text));
    const flipped = (own: Buffer, k: number) => {
      const copy = Buffer.from(own);
      // The version, the nonce, the text or the tag.
      const at = 1 + ((k * 7) % (own.length - 1));
      copy[at] = copy[at]! ^ 1;
      return copy;
    };
    expect(asked(flipped)).toEqual(cases.map(() => null));
    for (const [k, { master, context }] of cases.entries()) {
      const key = { suite, key: master };
      expect(open(key, context, sealed[k]!).toString()).toBe(cases[k]!.text);
      expect(() => open(key, context, flipped(sealed[k]!, k))).toThrow(/do not open/);
    }
  });

  it('finds by the same hashes', () => {
    const values = ['id_number', 'phone', 'account', 'name'].map((field, k) => ({
      ...{ do: 'lookup', suite, master: cases[k]!.master, context: '' },
      ...{ field, normal: `${field} ${k}` },
    }));
    expect(other(values.map((one) => ({ ...one, master: one.master.toString('hex') })))).toEqual(
      values.map(({ master, field, normal }) => ({
        hash: new LookUps({ suite, key: master }).hashNormal(field, normal).toString('hex'),
      })),
    );
  });
});

describe('the appendices of the standards', () => {
  it('SM3, GB/T 32905 A.1 and A.2', () => {
    const sm3 = (text: string) => createHash('sm3').update(text).digest('hex');
    expect(sm3('abc')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    expect(sm3('abcd'.repeat(16))).toBe(
      'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
    );
  });

  it('SM4, GB/T 32907 A.1: one block, and its cipher a million times over in A.2', () => {
    const key = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
    let block = cipher.update(key);
    expect(block.toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
    for (let round = 1; round < 1_000_000; round += 1) block = cipher.update(block);
    expect(block.toString('hex')).toBe('595298c7c6fd271f0402f804c33d3f66');
  });
});
