import { expect, it } from 'vitest';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { sheetRecords } from '../../../src/files/layout/sheet-records.js';

const SHEET = [
  ['Report'],
  [],
  ['ref', 'amount'],
  ['R1', '1'],
  ['', ' '],
  ['R2', '2'],
  ['all', '3'],
];

/** A row a batch: nothing may hang on how rows are grouped. */
async function* sheet() {
  for (const [at, record] of SHEET.entries()) {
    yield { records: [record], lines: [at + 1], bytesRead: 0, hasNul: false };
  }
}

async function recordsOf(more: Readonly<Record<string, unknown>>) {
  const layout = layoutOf({ format: 'xlsx', columns: [{ from: 'ref' }], ...more }, 'test');
  const found: (readonly [line: number, first: string | undefined, isOver: boolean])[] = [];
  for await (const { records, lines, rowsTo } of sheetRecords(sheet)('x', layout, {})) {
    for (const [at, record] of records.entries()) {
      found.push([lines[at]!, record[0], rowsTo !== undefined && at >= rowsTo]);
    }
  }
  return found;
}

it('rows of a sheet above the titles and behind the rows are passed over', async () => {
  expect(await recordsOf({ skip: { before: 2, behind: 1 } })).toEqual([
    [3, 'ref', false],
    [4, 'R1', false],
    [6, 'R2', false],
  ]);
});

it('a blank row ends the rows where the layout says so', async () => {
  expect(await recordsOf({ skip: { before: 2 }, blank_lines: 'end' })).toEqual([
    [3, 'ref', false],
    [4, 'R1', false],
    [6, 'R2', true],
    [7, 'all', true],
  ]);
});
