import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceColumns } from '../../../../src/jobs/import/source/source-columns.js';
import {
  bucketOfPacked,
  packLine,
  packRow,
  unpackRow,
} from '../../../../src/jobs/import/tasks/packed-row.js';

const field = fc.string({ unit: fc.constantFrom('a', '7', ',', ';', '!', '\x1e', '\x1f', '贷') });
const line = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const bucket = fc.integer({ min: 0, max: 1023 });

describe('a packed row', () => {
  it('is what it was, whatever stands in its fields', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), line, bucket, (record, at, of) => {
        const packed = packRow({ line: at, record }, true, of);
        expect(packed).not.toContain('\x1e');
        expect(bucketOfPacked(packed)).toBe(of);
        expect(unpackRow(packed)).toEqual({ line: at, record });
      }),
    );
  });

  it('says what is wrong with it', () => {
    const row = {
      line: 7,
      record: ['a'],
      problem: { field: 'a', rule: 'column_count', value: '1' },
    };
    expect(unpackRow(packRow(row, false, 3))).toEqual(row);
    expect(bucketOfPacked(packRow(row, false, 3))).toBe(3);
  });

  it('may be a line without quotes, of which one field is read alone', () => {
    const plain = fc.array(fc.string({ unit: fc.constantFrom('a', '7', ';', '!', '贷') }), {
      minLength: 1,
      maxLength: 5,
    });
    const specs = ['a', 'b', 'c'].map((name) => ({ name, required: false }));
    const columns = new SourceColumns('f.csv', ['c', 'a', 'b'], specs);
    fc.assert(
      fc.property(plain, line, bucket, (record, at, of) => {
        const text = record.join(',');
        const packed = packLine(text, at, of);
        expect(bucketOfPacked(packed)).toBe(of);
        expect(unpackRow(packed)).toEqual({ line: at, record });
        const isWhole = record.length === 3;
        expect(columns.textInLine('a', text)).toBe(isWhole ? record[1] : undefined);
        expect(columns.textInLine('b', text)).toBe(isWhole ? record[2] : undefined);
      }),
    );
  });
});
