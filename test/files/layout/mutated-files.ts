import fc from 'fast-check';
import { expect } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { parseRatePpb, parseTotal } from '../../../src/accounting/money/amount-text.js';
import { LoanbookError } from '../../../src/errors.js';
import { type LayoutDocument, layoutOf } from '../../../src/files/layout/layout-document.js';
import { onlyFile, type ReadFile, readAll, written } from './layout-files.js';
import { layoutsAndRows } from './random-layouts.js';

/** One thing done to the bytes of a file. */
type Mutation = readonly ['flip' | 'cut' | 'drop' | 'double' | 'insert', at: number, by: number];

const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom('flip', 'cut', 'drop', 'double', 'insert'),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.integer({ min: 1, max: 255 }),
);

function mutated(bytes: Buffer, [what, share, by]: Mutation): Buffer {
  const at = Math.min(Math.floor(share * bytes.length), Math.max(bytes.length - 1, 0));
  const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (what) {
    case 'flip': {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at] = copy[at]! ^ by;
      return copy;
    }
    case 'cut':
      return Buffer.from(before);
    case 'drop':
      return Buffer.concat([before, behind.subarray(by % 8)]);
    case 'double':
      return Buffer.concat([before, behind.subarray(0, by), behind]);
    case 'insert':
      return Buffer.concat([before, Buffer.from([by]), behind]);
  }
}

const CANONICAL: Readonly<Record<string, (text: string) => boolean>> = {
  amount: (text) => parseTotal(text, 2) !== undefined,
  date: (text) => parseDay(text) !== undefined,
  rate: (text) => parseRatePpb(text) !== undefined,
  integer: (text) => /^-?[0-9]+$/.test(text),
};

/** A row without a problem has nothing but canonical text of ours. */
function expectClean({ rows }: ReadFile, layout: LayoutDocument): void {
  for (const { fields, problem } of rows) {
    if (problem !== undefined) continue;
    for (const [at, { type = 'text' }] of layout.columns.entries()) {
      const text = fields[at]!;
      expect([type, text, text === '' || (CANONICAL[type]?.(text) ?? true)]).toEqual([
        type,
        text,
        true,
      ]);
    }
  }
}

/** Reads so many mutated files: each is a clear error or clean rows. Gives how many were read. */
export async function readMutated(files: number, each: number): Promise<number> {
  let read = 0;
  let done = 0;
  await fc.assert(
    fc.asyncProperty(
      layoutsAndRows,
      fc.array(fc.array(mutation, { minLength: 1, maxLength: 3 }), {
        minLength: each,
        maxLength: each,
      }),
      async ({ document, fields, rows }, mutations) => {
        if (done >= files * each) return;
        const layout = layoutOf(document, 'random');
        const file = await written(layout, rows).catch(() => undefined);
        fc.pre(file !== undefined);
        for (const steps of mutations) {
          done += 1;
          const bytes = steps.reduce(mutated, file!.bytes);
          const result = await readAll(onlyFile(bytes), layout, fields).catch(
            (error: unknown) => error,
          );
          if (result instanceof Error) {
            expect(result).toBeInstanceOf(LoanbookError);
            continue;
          }
          expectClean(result as ReadFile, layout);
          read += 1;
        }
      },
    ),
    { numRuns: files },
  );
  expect(done).toBe(files * each);
  return read;
}
