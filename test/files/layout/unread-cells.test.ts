import { expect, it } from 'vitest';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { layoutRows } from '../../../src/files/layout/layout-rows.js';
import { madeFiles, workbook } from '../formats/made-files.js';

const { put } = madeFiles();

/** `!` is an error in the cell, as a formula leaves it. */
const cell = (text: string) =>
  text === '!' ? '<c t="e"><v>#DIV/0!</v></c>' : `<c t="inlineStr"><is><t>${text}</t></is></c>`;

async function read(rows: readonly string[], more: Readonly<Record<string, unknown>> = {}) {
  const sheet = rows.map((row) => `<row>${row.split(',').map(cell).join('')}</row>`).join('');
  const path = put('unread.xlsx', workbook({ sheets: { s: sheet } }));
  const columns = [{ from: 'ref' }, { from: 'amount', type: 'amount' }, { from: 'memo' }];
  const layout = layoutOf({ format: 'xlsx', columns, ...more }, 'test');
  const found: string[] = [];
  for await (const batch of layoutRows(path, layout, {
    fields: ['ref', 'amount'],
    minorDigits: 2,
  })) {
    found.push(...batch.rows.map(({ fields }) => fields.join(' ')));
  }
  return found;
}

const TITLES = 'ref,amount,memo,rest';

it.each([
  ['of a column that no field asked for has', [TITLES, 'R1,1.00,!,x', 'R2,2.00,y,!'], {}],
  [
    'of a column that the layout does not name',
    ['!,!', 'ref,amount,!,!', 'R1,1.00,,!', 'R2,2.00'],
    {
      skip: { before: 1 },
      columns: [{ from: 'ref' }, { from: 'amount', type: 'amount' }],
    },
  ],
  ['in lines behind the rows', [TITLES, 'R1,1.00', 'R2,2.00', '!,!'], { skip: { behind: 1 } }],
  [
    'behind a row that is held back',
    [TITLES, 'R1,1.00,!', 'R2,2.00,!', 'all,3.00,!'],
    {
      trailer: { starts: 'all', total: 2 },
    },
  ],
  [
    'of a head, where nothing is read',
    ['file,2,!', TITLES, 'R1,1.00', 'R2,2.00'],
    {
      head: { starts: 'file', count: 2 },
    },
  ],
])('a cell that cannot be read is no harm: %s', async (_, rows, more) => {
  expect(await read(rows, more)).toEqual(['R1 1.00', 'R2 2.00']);
});

it.each([
  ['of a field', [TITLES, 'R1,1.00', 'R2,!'], {}, 'B3'],
  [
    'that decides which rows count',
    [TITLES, 'R1,1.00,,!'],
    {
      where: [{ title: 'rest', not: ['x'] }],
    },
    'D2',
  ],
  [
    'of a second column of a field',
    [TITLES, 'R1,1.00,,!'],
    {
      columns: [{ from: 'ref' }, { from: 'amount', type: 'amount', less: 'rest' }],
    },
    'D2',
  ],
  ['of a trailer', [TITLES, 'R1,1.00', 'all,!'], { trailer: { starts: 'all', total: 2 } }, 'B3'],
  [
    'of a row that is held back',
    [TITLES, 'R1,!', '1'],
    {
      skip: { behind: 1 },
    },
    'B2',
  ],
])('refuses the file: one %s', async (_, rows, more, at) => {
  const refused = { code: 'cell_refused', evidence: { cell: at, sheet: 's', value: '#DIV/0!' } };
  await expect(read(rows, more)).rejects.toMatchObject(refused);
});
