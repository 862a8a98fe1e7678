import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/files/layout/expression/parse-expression.js';
import { ExpressionFault } from '../../../src/files/layout/expression/tokens.js';

const FIELDS: Readonly<Record<string, string>> = { a: '6', b: '51', name: ' 还款𠮷 ', empty: '' };
const scope = {
  field: (name: string) => FIELDS[name] ?? '',
  title: (name: string) => (name === '对方 账户' ? '622' : ''),
};
const text = (source: string) => parseExpression(source).text(scope);

describe('an expression', () => {
  const VALUES: readonly (readonly [source: string, value: string])[] = [
    ["'it''s'", "it's"],
    ['a', '6'],
    ['[对方 账户]', '622'],
    ['0.1 + 0.2', '0.3'],
    ['0.1 + 0.2 = 0.3', 'true'],
    ['1.10 - 0.1', '1.00'],
    ['-a - -1', '-5'],
    ['2 + 3 * 4', '14'],
    ['(2 + 3) * 4', '20'],
    ['1.15 * 100', '115.00'],
    ['10 - 2 - 3', '5'],
    ["'a' & 1 + 1 & 'b'", 'a2b'],
    ['99999999999999999999 + 1', '100000000000000000000'],
    // Text is compared as text, numbers as numbers.
    ['a > b', 'true'],
    ['a + 0 > b', 'false'],
    ['a < 51', 'true'],
    ["'6' = 6.0", 'true'],
    ["'6' = '6.0'", 'false'],
    ["a = '6' and not b = '6' or empty = 'x'", 'true'],
    ["not (a = '6' or 1 = 1)", 'false'],
    ['a <> b', 'true'],
    ['a != a', 'false'],
    ['1 <= 1 and 1 >= 1', 'true'],
    ["if(empty = '', 'none', empty)", 'none'],
    // The other side is left alone.
    ['if(a = 6, 1, empty + 1)', '1'],
    ['trim(name)', '还款𠮷'],
    ['length(trim(name)) = 3', 'true'],
    ["upper('ab') & lower('CD')", 'ABcd'],
    ['left(trim(name), 2) & right(trim(name), 1)', '还款𠮷'],
    ["mid('abcdef', 2, 3)", 'bcd'],
    ["mid('abc', 9, 3)", ''],
    ["replace('a-b-c', '-', '')", 'abc'],
    ["right('ab', 5)", 'ab'],
  ];
  for (const [source, value] of VALUES) {
    it(`${source} is ${value}`, () => expect(text(source)).toBe(value));
  }

  const WRONG: readonly (readonly [source: string, at: number])[] = [
    ['', 1],
    ['a +', 4],
    ['(a', 3],
    ['a b', 3],
    ["'open", 1],
    ['a; b', 2],
    ['nothing(a)', 1],
    ['left(a)', 1],
    ['if', 1],
    ['a = b = c', 7],
    ['1 / 2', 3],
    ['constructor(1)', 1],
    ['x'.repeat(1001), 1000],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 52],
  ];
  for (const [source, at] of WRONG) {
    it(`cannot be read: ${source.slice(0, 20)}`, () => {
      let fault: unknown;
      try {
        parseExpression(source);
      } catch (error) {
        fault = error;
      }
      expect(fault).toBeInstanceOf(ExpressionFault);
      expect(fault).toMatchObject({ at });
    });
  }

  for (const source of [
    "a + 'x'",
    "'x' < 1",
    'not a',
    'a and b',
    "left('x', 'y')",
    "if('x', 1, 2)",
  ]) {
    it(`has values that do not go together: ${source}`, () => {
      expect(() => text(source)).toThrow(ExpressionFault);
    });
  }

  it('says what it names', () => {
    const { fields, titles } = parseExpression("if(a = 1, [x], b & trim(c)) & 'd'");
    expect([[...fields], [...titles]]).toEqual([['a', 'b', 'c'], ['x']]);
  });
});
