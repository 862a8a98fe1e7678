import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LoanbookError } from '../../../src/errors.js';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { onlyFile, readAll, written } from './layout-files.js';
import { layoutsAndRows } from './random-layouts.js';

const RUNS = 250;

it('what a layout writes it reads back equal, or it refuses to write it', async () => {
  let read = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(layoutsAndRows, async ({ document, fields, rows }) => {
      const layout = layoutOf(document, 'random');
      const file = await written(layout, rows).catch((error: unknown) => error);
      if (file instanceof Error) {
        expect(file).toBeInstanceOf(LoanbookError);
        expect(file).toMatchObject({ code: 'value_not_written' });
        refused += 1;
        return;
      }
      const { bytes, done } = file as Awaited<ReturnType<typeof written>>;
      const back = await readAll(onlyFile(bytes), layout, fields);
      expect(back.rows.map(({ fields: own, problem }) => problem ?? own)).toEqual(
        rows.map((row) => fields.map((field) => row[field])),
      );
      expect(done.rows).toBe(rows.length);
      read += 1;
    }),
    { numRuns: RUNS },
  );
  // Wild text is often refused where nothing quotes; most layouts must have been put to the proof.
  expect(read).toBeGreaterThan(RUNS / 3);
  expect(refused).toBeGreaterThan(0);
});
