import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { fileOf, readAll, written } from './layout-files.js';

const FIELDS = ['name', 'amount'];

/** A name of six places, and behind it an amount of nine. */
function layoutIn(widths: string, charset = 'gb18030', pad = ' ') {
  return layoutOf(
    {
      ...{ format: 'fixed', charset, widths, amount_unit: 'minor', trim: [' ', '　'] },
      columns: [
        { start: 1, width: 6, from: 'name', pad },
        { start: 7, width: 9, from: 'amount', type: 'amount', pad: '0' },
      ],
    },
    'test',
  );
}

async function bytesOf(layout: ReturnType<typeof layoutOf>, ...names: readonly string[]) {
  const rows = names.map((name) => ({ name, amount: '916.80' }));
  return (await written(layout, rows)).bytes.toString('hex');
}

/** In GB 18030 张 is D5C5, 三 C8FD, a wide blank A1A1, and U+3400 8139EE39; in UTF-8 张 is E5BCA0. */
const hex = (...parts: readonly string[]) => Buffer.from(parts.join(''), 'hex');
const AMOUNT = Buffer.from('000091680\n').toString('hex');

describe('a line of fixed width', () => {
  it.each([
    ['characters, each one place', 'characters', 'gb18030', '张三', 'd5c5c8fd20202020'],
    ['bytes: two of a Chinese character', 'bytes', 'gb18030', '张三', 'd5c5c8fd2020'],
    ['bytes: four of a rarer one', 'bytes', 'gb18030', '㐀三', '8139ee39c8fd'],
    ['bytes: one of a Latin one', 'bytes', 'gb18030', 'A张', '41d5c5202020'],
    ['bytes of UTF-8: three', 'bytes', 'utf-8', '张三', 'e5bca0e4b889'],
  ])('counts %s, read and written', async (_, widths, charset, name, bytes) => {
    const layout = layoutIn(widths, charset);
    const file = hex(bytes, AMOUNT);
    expect(await bytesOf(layout, name)).toBe(file.toString('hex'));
    const { rows } = await readAll(fileOf(file), layout, FIELDS);
    expect(rows.map(({ fields, problem }) => [...fields, problem])).toEqual([
      [name, '916.80', undefined],
    ]);
  });

  it('is filled up with whole characters alone', async () => {
    const wide = layoutIn('bytes', 'gb18030', '　');
    expect(await bytesOf(wide, '张三')).toBe(hex('d5c5c8fda1a1', AMOUNT).toString('hex'));
    const refused = { code: 'value_not_written', evidence: { field: 'name', rule: 'width' } };
    await expect(bytesOf(wide, 'A张')).rejects.toMatchObject(refused);
  });

  it.each([
    ['a name is too wide in bytes', '张三李四'],
    ['its characters may have two bytes or four', '龴'],
  ])('is not written where %s', async (_, name) => {
    const refused = { code: 'value_not_written', evidence: { rule: 'width', record: 1 } };
    await expect(bytesOf(layoutIn('bytes'), name)).rejects.toMatchObject(refused);
  });

  it.each([
    // The name ends in the middle of its second character.
    ['half a character is in a field', hex('20202020 20d5c5'.replaceAll(' ', ''), AMOUNT)],
    // FE59 is 龴, which the other edition has in four bytes.
    ['a character may have two bytes or four', hex('fe5920202020', AMOUNT)],
    ['it is too short in bytes, though not in characters', hex('d5c5c8fd20', AMOUNT)],
  ])('fails where %s', async (_, file) => {
    const { rows } = await readAll(fileOf(file), layoutIn('bytes'), FIELDS);
    expect(rows[0]?.problem).toMatchObject({ field: '', rule: 'field_count' });
  });

  it('has places of bytes only where a blank is one', () => {
    expect(() => layoutIn('bytes', 'utf-16le')).toThrow('must be characters where a blank has two');
    expect(() => layoutOf({ widths: 'bytes', columns: [{ from: 'a' }] }, 'test')).toThrow(
      'has no effect with format delimited',
    );
  });
});
