import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { LayoutRejectLines } from '../../../src/files/layout/layout-reject-lines.js';
import { layoutOfRejects } from '../../../src/files/layout/rejected-layout.js';
import { isFileOfRejects } from '../../../src/files/rejects/file-of-rejects.js';
import { RejectFile } from '../../../src/files/rejects/reject-file.js';
import { onlyFile, readAll, written } from './layout-files.js';
import { layoutsAndRows } from './random-layouts.js';

const RUNS = 250;

it('a file of rejected rows gives the rows that were rejected, twice over', async () => {
  let rejected = 0;
  await fc.assert(
    fc.asyncProperty(layoutsAndRows, fc.nat(), async ({ document, fields, rows }, chosen) => {
      const whole = layoutOf(document, 'random');
      const file = await written(whole, rows).catch(() => undefined);
      if (file === undefined || rows.length === 0) return;
      let path = onlyFile(file.bytes);
      expect(await isFileOfRejects(path, whole.charset)).toBe(false);
      const wanted = rows.filter((_, at) => ((chosen >> at) & 1) === 1);
      if (wanted.length === 0) return;
      for (const isOfRejects of [false, true]) {
        const layout = isOfRejects ? layoutOfRejects(whole) : whole;
        const { rows: read } = await readAll(path, layout, fields, { isOfRejects });
        const lines = new LayoutRejectLines(path, layout, { isOfRejects, minorDigits: 2 });
        const rejects = new RejectFile(`${path}.rejects.csv`, lines);
        for (const [at, { line, fields: own }] of read.entries()) {
          if (!isOfRejects && ((chosen >> at) & 1) === 0) continue;
          // Whatever stands in a field may be the value that is told.
          await rejects.add({ line, field: 'f0', rule: 'r', value: own.join(',') }, own, line);
        }
        await rejects.close();
        path = rejects.path;
        expect(await isFileOfRejects(path, layout.charset)).toBe(true);
        const again = { isOfRejects: true };
        const back = await readAll(path, layoutOfRejects(layout), fields, again);
        expect(back.rows.map(({ fields: own, problem }) => problem ?? own)).toEqual(
          wanted.map((row) => fields.map((field) => row[field])),
        );
      }
      rejected += 1;
    }),
    { numRuns: RUNS },
  );
  expect(rejected).toBeGreaterThan(RUNS / 6);
});
