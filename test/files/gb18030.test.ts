import { expect, it } from 'vitest';
import { connect } from '../../src/db/connect.js';
import { encodeGb18030 } from '../../src/files/gb18030.js';
import { testDatabase } from '../support/database.js';

it('writes GBK for what GBK has, four bytes for all else', () => {
  // Code tables of GB 18030-2005: 贷 B4FB, 款 BFEE, U+3400 8139EE39, U+1F600 9439FC36.
  expect(encodeGb18030('A贷款\u3400\u{1f600}').toString('hex')).toBe('41b4fbbfee8139ee399439fc36');
});

it('is read back by the decoder, every character that is not for private use', () => {
  const decoder = new TextDecoder('gb18030');
  const different: number[] = [];
  for (let from = 0; from < 0x11_0000; from += 0x800) {
    if (from === 0xd800) continue;
    const points = Array.from({ length: 0x800 }, (_, at) => from + at);
    const back = [...decoder.decode(encodeGb18030(String.fromCodePoint(...points)))];
    different.push(...points.filter((point, at) => String.fromCodePoint(point) !== back[at]));
  }
  expect(different.filter((point) => point < 0xe000 || point > 0xf8ff)).toEqual([]);
  expect(different.length).toBeLessThan(20);
});

/** Its code is A8BC since the edition of 2005; PostgreSQL has that of 2000. */
const MOVED = 'ḿ';

it('is what PostgreSQL writes for every character of GBK and of CJK extension A', async () => {
  // The ideographic space is A1A1 in GB 2312, GBK and GB 18030: A3A0 is for private use.
  expect(encodeGb18030('\u3000').toString('hex')).toBe('a1a1');
  const database = await testDatabase();
  const client = await connect(database.target);
  const points: number[] = [];
  for (let point = 0xa0; point < 0xd800; point += 1) points.push(point);
  for (let point = 0xf900; point < 0xfb00; point += 1) points.push(point);
  for (let point = 0xff00; point < 0xfff0; point += 1) points.push(point);
  const texts = points.map((point) => String.fromCodePoint(point));
  const { rows } = await client.query<{ bytes: Buffer }>(
    `SELECT convert_to(t, 'GB18030') AS bytes FROM unnest($1::text[]) WITH ORDINALITY AS u (t, at)
     ORDER BY at`,
    [texts],
  );
  await client.end();
  await database.drop();
  const different = texts.filter((text, at) => !encodeGb18030(text).equals(rows[at]!.bytes));
  expect(different).toEqual([MOVED]);
});
