import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { maskText, shownText } from '../../src/files/mask.js';
import { packageRoot } from '../../src/package-root.js';

const CASES = join(packageRoot, '../shared/cases/operations.json');

it.each([
  // GB 11643 by hand: digits times 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 are
  // 7+9+0+5+0+20+2+9+24+27+7+18+30+5+0+0+4 = 167, which leaves 2 of 11: X.
  ['11010519491231002X', '1****************X'],
  // Another check character is no identity number; as digits it is no card either.
  ['110105194912310021', '110105194912310021'],
  ['手机13800138000号', '手机138******00号'],
  ['8613800138000', '138******00'],
  ['12800138000', '12800138000'],
  // Luhn by hand, from the left: 6 + 2x2 + 2 + 2x2, zeros, + 4 = 20.
  ['6222000000000000004', '622200*********0004'],
  ['A13800138000', 'A13800138000'],
  ['13800138000.00', '138******00.00'],
  ['no digits 王小二', 'no digits 王小二'],
])('%s is shown as %s', (text, masked) => {
  expect(maskText(text)).toBe(masked);
});

it.skipIf(!existsSync(CASES))('text is masked as the cases say', () => {
  const { cases } = JSON.parse(readFileSync(CASES, 'utf8'));
  const found = cases.filter(
    ({ input }: { input: { kind: string; items?: { field: string }[] } }) =>
      input.kind === 'mask' && input.items?.every(({ field }) => field === 'text'),
  );
  expect(found.length).toBeGreaterThan(0);
  for (const { input, expected } of found) {
    const values = input.items.map(({ value }: { value: string }) => maskText(value));
    expect(values).toEqual(expected.masked);
  }
});

it('an error shows a value masked before it is cut', () => {
  expect(shownText(`${'x '.repeat(37)}13800138000 y`)).toBe(`${'x '.repeat(37)}138***...`);
  expect(shownText('5.00')).toBe('5.00');
});
