import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COPY_HEADER,
  COPY_TRAILER,
  readDate,
  readInt8,
  TupleReader,
} from '../../../src/db/copy/copy-tuple.js';
import { TupleWriter } from '../../../src/db/copy/tuple-writer.js';

interface Row {
  readonly id: number;
  readonly day: number;
  readonly text: string;
}

function written(rows: readonly Row[]): Buffer {
  const writer = new TupleWriter(64);
  for (const row of rows) {
    writer.tuple(3);
    writer.int8(row.id);
    writer.date(row.day);
    writer.text(row.text);
  }
  return Buffer.concat([COPY_HEADER, writer.take(), COPY_TRAILER]);
}

/** Reads a stream that arrives in pieces of the given sizes, over and over. */
function readIn(bytes: Buffer, sizes: readonly number[]): Row[] {
  const reader = new TupleReader(3);
  const rows: Row[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    reader.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
    while (reader.next()) {
      const start = reader.at;
      const length = reader.view.getInt32(start + 20);
      rows.push({
        id: readInt8(reader.view, start + 4),
        day: readDate(reader.view, start + 16),
        text: reader.bytes.toString('utf8', start + 24, start + 24 + length),
      });
    }
  }
  reader.finish();
  return rows;
}

/** The same as pieces of whole tuples, joined. */
function piecesIn(bytes: Buffer, sizes: readonly number[]): Buffer {
  const reader = new TupleReader(3);
  const pieces: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    reader.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
    for (let piece = reader.nextPiece(); piece !== undefined; piece = reader.nextPiece()) {
      pieces.push(Buffer.from(piece));
    }
  }
  reader.finish();
  return Buffer.concat(pieces);
}

const row = fc.record({
  id: fc.maxSafeInteger(),
  day: fc.integer({ min: -700_000, max: 2_932_896 }),
  // Some tuples are longer than any piece, one longer than the piece that a seam is read in.
  text: fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom('x'.repeat(900), 'y'.repeat(40_000)),
  ),
});

describe('binary COPY tuples', () => {
  it('read as they were written, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 6 }),
        (rows, sizes) => {
          const bytes = written(rows);
          expect(readIn(bytes, sizes)).toEqual(rows);
          const tuples = bytes.subarray(COPY_HEADER.length, bytes.length - COPY_TRAILER.length);
          expect(piecesIn(bytes, sizes).equals(tuples)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('survive pieces of one byte', () => {
    const rows = [
      { id: -1, day: 0, text: '' },
      { id: Number.MAX_SAFE_INTEGER, day: 20_500, text: '借据' },
    ];
    expect(readIn(written(rows), [1])).toEqual(rows);
  });

  it('are refused when the stream ends early, or has another number of fields', () => {
    const bytes = written([{ id: 1, day: 1, text: 'a' }]);
    const cut = new TupleReader(3);
    cut.push(bytes.subarray(0, bytes.length - 2));
    while (cut.next());
    expect(() => cut.finish()).toThrow('ended in the middle');
    const other = new TupleReader(2);
    other.push(bytes);
    expect(() => other.next()).toThrow('expected 2');
  });
});
