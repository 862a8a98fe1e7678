import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LoanbookError } from '../../../../src/errors.js';
import { encodeText } from '../../../../src/files/encode-text.js';
import { layoutText } from '../../../../src/files/layout/layout-writer.js';
import { partnerLayout } from '../../../../src/jobs/funding/documents/partner-layout.js';
import { fileRows } from '../../../../src/jobs/funding/files/file-rows.js';
import { type ScratchBook, scratchBook } from '../../../support/scratch-book.js';

let book: ScratchBook;
beforeAll(async () => {
  book = await scratchBook();
});
afterAll(() => book.remove());

const KINDS = ['text', 'amount', 'date', 'integer', 'word'] as const;
const WORDS = ['normal', 'overdue', 'settled'];
const VALUES = {
  text: fc
    .array(fc.constantFrom('a', '借', '"', ',', '|', '+', '\n', '\r', '\\', '龴', '𠮷', "'"), {
      maxLength: 4,
    })
    .map((parts) => parts.join('')),
  amount: fc.integer({ min: -9_000_000, max: 9_000_000 }),
  date: fc.integer({ min: 0, max: 36_500 }),
  integer: fc.integer({ min: 0, max: 30_000 }),
  word: fc.nat(2),
};

const cases = fc
  .record({
    kinds: fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 5 }),
    delimiter: fc.constantFrom(',', '|', '|+|'),
    amount_unit: fc.constantFrom('major', 'minor'),
    charset: fc.constantFrom('utf-8', 'gb18030'),
    line_end: fc.constantFrom('lf', 'crlf'),
    date_format: fc.constantFrom(
      'YYYY-MM-DD',
      'YYYYMMDD',
      'D.M.YYYY',
      'YYYY年MM月DD日',
      'DD MMM YYYY',
    ),
    constant: fc.constantFrom('CNY', 'a,b', 'x|y'),
  })
  .chain((shape) =>
    fc
      .array(fc.tuple(...shape.kinds.map((kind): fc.Arbitrary<string | number> => VALUES[kind])), {
        ...{ minLength: 1, maxLength: 3 },
      })
      .map((rows) => ({ ...shape, rows })),
  );

it('the database formats a row to the bytes of the writer of layouts, or both refuse it', async () => {
  const came = { same: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async ({ kinds, rows, constant, ...shape }) => {
      const columns = kinds.map((kind, at) => ({
        ...{ from: `f${at}` },
        ...(kind === 'word' ? { values: { normal: '1', overdue: 'O,1', settled: '清' } } : {}),
        ...(kind === 'amount' || kind === 'date' || kind === 'integer' ? { type: kind } : {}),
      }));
      const document = {
        ...{ family: 'snapshot', titles: false, ...shape },
        columns: [...columns, { title: 'end', constant }],
      };
      const layout = partnerLayout(document, 'random');
      const ours = rows.map((row) =>
        Object.fromEntries(row.map((value, at) => [`f${at}`, ourText(kinds[at]!, value)])),
      );
      const expected = attempt(() =>
        encodeText(layoutText(layout, ours, { minorDigits: 2 }).text, layout.charset),
      );
      const actual = await written(layout, kinds, rows).catch((error: unknown) => error);
      if (expected instanceof Error) {
        expect(actual).toMatchObject({ code: 'value_not_written' });
        came.refused += 1;
      } else {
        expect(actual).toEqual(expected);
        came.same += 1;
      }
    }),
    { numRuns: 300, seed: 18 },
  );
  expect(came.same).toBeGreaterThan(100);
  expect(came.refused).toBeGreaterThan(30);
});

function attempt(fn: () => Buffer): Buffer | Error {
  try {
    return fn();
  } catch (error) {
    if (error instanceof LoanbookError && error.code === 'value_not_written') return error;
    throw error;
  }
}

function ourText(kind: (typeof KINDS)[number], value: string | number): string {
  switch (kind) {
    case 'amount': {
      const size = String(Math.abs(Number(value))).padStart(3, '0');
      return `${Number(value) < 0 ? '-' : ''}${size.slice(0, -2)}.${size.slice(-2)}`;
    }
    case 'date':
      return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
    case 'word':
      return WORDS[Number(value)]!;
    default:
      return String(value);
  }
}

async function written(
  layout: ReturnType<typeof partnerLayout>,
  kinds: readonly (typeof KINDS)[number][],
  rows: readonly (readonly (string | number)[])[],
): Promise<Buffer> {
  const cell = (kind: (typeof KINDS)[number], value: string | number) => {
    if (kind === 'text') return `${book.client.escapeLiteral(String(value))}::text`;
    if (kind === 'date') return `DATE '1970-01-01' + ${value}`;
    return kind === 'amount' ? `${value}::bigint` : `${value}::smallint`;
  };
  const selects = rows.map((row, at) => {
    const cells = row.map((value, k) => `${cell(kinds[k]!, value)} AS f${k}`);
    return `SELECT ${at} AS bucket, 1 AS loan_id, 'L${at}'::text AS loan_no, ${cells.join(', ')}`;
  });
  const fields = Object.fromEntries(
    kinds.map((kind, k) => [`f${k}`, { kind, sql: `f${k}`, words: WORDS }]),
  );
  const source = { select: selects.join(' UNION ALL '), fields, order: 'loan_no' };
  const pieces: Buffer[] = [];
  for await (const piece of fileRows(book.client, layout, source, 2)) pieces.push(piece);
  return Buffer.concat(pieces);
}
