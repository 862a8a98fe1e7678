import { expect, it } from 'vitest';
import { encodeGb18030 } from '../../src/files/gb18030.js';

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
