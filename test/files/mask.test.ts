import { describe, expect, it } from 'vitest';
import { isPersonal, maskField, maskText } from '../../src/files/mask.js';
import { hasIdCheck, hasLuhnCheck, normalForm } from '../../src/files/normal-form.js';
import { operationCases } from '../support/operation-cases.js';

interface MaskCase {
  readonly id: string;
  readonly input: { readonly items: readonly { readonly field: string; readonly value: string }[] };
  readonly expected: { readonly masked: readonly string[] };
}

const CASES = operationCases<MaskCase>('O-M');

describe.skipIf(CASES.length === 0)('masks of the worked cases', () => {
  it.each(CASES)('$id', ({ input, expected }) => {
    const masked = input.items.map(({ field, value }) =>
      field === 'text' ? maskText(value) : maskField(field, value),
    );
    expect(masked).toEqual(expected.masked);
  });
});

describe('a mask', () => {
  it.each([
    ['name', '', ''],
    ['name', ' ann  lee ', 'A** L**'],
    ['name', '欧阳 娜娜', '欧* **'],
    ['name', "O'Brien", "O'*****"],
    ['name', 'J.', '*.'],
    ['id_number', 'G1234567', 'G******7'],
    ['id_number', 'G123456', '*******'],
    ['phone', '1380013', '*******'],
    ['phone', '００８６１３８００１３８０００', '138******00'],
    ['account', '62220000111122', '622200****1122'],
    ['account', '1234567890123', '*********0123'],
    ['email', 'nobody', '****'],
    ['email', 'a@b@example.com', 'a**@example.com'],
    ['address', '北京市朝阳区', '****'],
    ['birth', '31.12.1949', '****'],
    ['constructor', 'abc', '****'],
  ])('of %s %j is %j', (field, value, masked) => {
    expect(maskField(field, value)).toBe(masked);
  });

  it('never shows a character behind the length that is shown', () => {
    // By code points: a character outside of the basic plane is one star.
    expect(maskField('name', '\u{20000}\u{20001}')).toBe('\u{20000}*');
  });
});

describe('text', () => {
  it.each([
    ['13800138000', '138******00'],
    ['0086 13800138000', '0086 138******00'],
    ['+8613800138000', '+138******00'],
    ['a13800138000', 'a13800138000'],
    ['13800138000b', '13800138000b'],
    ['手机13800138000号', '手机138******00号'],
    ['11010519491231002Xy', '11010519491231002Xy'],
    // 20 digits in a row are none of them, whatever they hold.
    ['62220000000000000040', '62220000000000000040'],
    ['11010519491231003X', '11010519491231003X'],
    ['2026-11-29 12:00:00 loan 20251100000002', '2026-11-29 12:00:00 loan 20251100000002'],
  ])('%j is shown as %j', (text, shown) => {
    expect(maskText(text)).toBe(shown);
    expect(isPersonal(text)).toBe(text !== shown);
  });

  it('masks once: what is masked stays', () => {
    const text = 'card 6222000000000000004 of 11010519491231002X, 13800138000';
    expect(maskText(maskText(text))).toBe(maskText(text));
  });
});

describe('check characters', () => {
  it('of an identity number are by weights modulo 11', () => {
    // 1,1,0,1,0,5,1,9,4,9,1,2,3,1,0,0,2 times the weights: 7+9+0+5+0+20+2+9+24+27+7+18+30+5+0+0+4
    // = 167; 167 mod 11 = 2: X.
    expect(hasIdCheck('11010519491231002X')).toBe(true);
    expect(hasIdCheck('110105194912310021')).toBe(false);
    expect(hasIdCheck('1101051949123100X2')).toBe(false);
  });
  it('of a card are by doubling every second digit', () => {
    // 79927398713, the example of the standard: 67 without the check digit, so 3 makes 70.
    expect(hasLuhnCheck('79927398713')).toBe(true);
    expect(hasLuhnCheck('79927398710')).toBe(false);
  });
});

it('has one normal form of a phone for all ways to write it', () => {
  const ways = ['13800138000', '+86 138-0013-8000', '0086 138-0013 8000', '１３８００１３８０００'];
  expect(new Set(ways.map((way) => normalForm('phone', way)))).toEqual(new Set(['13800138000']));
  expect(normalForm('phone', '861380013800')).toBe('861380013800');
});
