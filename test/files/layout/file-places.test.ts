import { describe, expect, it } from 'vitest';
import { fileNameOf, placesInName } from '../../../src/files/layout/file-places.js';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { written } from './layout-files.js';

const columns = [{ from: 'ref' }, { from: 'amount', type: 'amount' }];
const layout = layoutOf(
  { name: 'r_{date}_{yyyymmdd}_{bank}_{version:3}_{n}.txt', date_format: 'YYMMDD', columns },
  'test',
);

describe('the name of a file', () => {
  const values = { date: '2026-03-15', version: 2, n: 1, places: { bank: '工行' } };
  const name = 'r_260315_20260315_工行_002_1.txt';

  it('is made of its places', () => expect(fileNameOf(layout, values)).toBe(name));

  it('says what they were', () => {
    expect(placesInName(layout, name)).toEqual({
      date: '2026-03-15',
      yyyymmdd: '2026-03-15',
      bank: '工行',
      version: '002',
      n: '1',
    });
  });

  it('is none where a date is none, or the pattern differs', () => {
    expect(placesInName(layout, name.replace('260315', '260230'))).toBeUndefined();
    expect(placesInName(layout, `x${name}`)).toBeUndefined();
    expect(placesInName(layoutOf({ columns }, 'test'), 'any')).toEqual({});
  });

  it('wants every place to be said', () => {
    expect(() => fileNameOf(layout, { ...values, places: {} })).toThrowError(
      expect.objectContaining({ code: 'totals_unknown', evidence: { layout: '', place: 'bank' } }),
    );
  });
});

describe('a layout refuses to write', () => {
  const REFUSED: readonly (readonly [
    what: string,
    more: Readonly<Record<string, unknown>>,
    row: Readonly<Record<string, string>>,
    rule: string,
  ])[] = [
    [
      'a delimiter where nothing quotes',
      { delimiter: '|+|' },
      { ref: 'a|+|b' },
      'separator_in_text',
    ],
    // a|+ and |+| are read as a, + and what follows.
    ['a delimiter where fields meet', { delimiter: '|+|' }, { ref: 'a|+' }, 'separator_in_text'],
    ['a line end where nothing quotes', { quoting: 'none' }, { ref: 'a\nb' }, 'separator_in_text'],
    ['a NUL character', {}, { ref: 'a\0' }, 'nul_character'],
    ['what is trimmed off', { trim: [' '] }, { ref: ' a' }, 'trim'],
    ['more decimals than the currency has', {}, { ref: 'a', amount: '1.001' }, 'amount'],
    [
      'a row like the trailer',
      { trailer: 'T,{count}' },
      { ref: 'T', amount: '1' },
      'like_the_trailer',
    ],
    ['a comment', { comment: ['#'], quoting: 'none' }, { ref: '#1' }, 'comment'],
    [
      'a text wider than its field',
      { format: 'fixed', columns: [{ start: 1, width: 2, from: 'ref' }] },
      { ref: 'abc' },
      'width',
    ],
    [
      'a word that it does not know',
      { columns: [{ from: 'ref', values: { a: 'A' } }] },
      { ref: 'b' },
      'unknown_word',
    ],
    [
      'a row that it would leave out',
      { where: [{ title: 'ref', is: ['b'] }] },
      { ref: 'a' },
      'where',
    ],
  ];
  for (const [what, more, row, rule] of REFUSED) {
    it(what, async () => {
      const writing = written(layoutOf({ columns, ...more }, 'test'), [row]);
      await expect(writing).rejects.toMatchObject({
        code: 'value_not_written',
        evidence: { record: 1, rule },
      });
    });
  }

  it('a key that is there twice', async () => {
    const writing = written(layoutOf({ columns, key: ['ref'] }, 'test'), [
      { ref: 'a' },
      { ref: 'a' },
    ]);
    await expect(writing).rejects.toMatchObject({ evidence: { record: 2, rule: 'repeated_key' } });
  });

  it('a head whose figures nobody knows', async () => {
    const head = layoutOf({ columns, head: 'H,{date},{count}' }, 'test');
    await expect(written(head, [])).rejects.toMatchObject({ code: 'totals_unknown' });
  });

  it('a running balance, and a format that it only reads', async () => {
    for (const more of [{ balance: { title: 'x' } }, { format: 'mt940' }]) {
      const writing = written(layoutOf({ columns, ...more }, 'test'), []);
      await expect(writing).rejects.toMatchObject({ code: 'layout_not_written', exitCode: 2 });
    }
  });
});
