import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { packageRoot } from '../../../src/package-root.js';
import { type ReadFile, readAll } from './layout-files.js';

const folder = join(packageRoot, '../shared/cases/reports/tapes');
const FIELDS = ['loan_no', 'product', 'principal', 'rate', 'periods', 'disbursed_on'];

async function read(file: string, layout: Readonly<Record<string, unknown>>): Promise<ReadFile> {
  return readAll(join(folder, file), layoutOf(layout, file), FIELDS);
}

const fieldsOf = ({ rows }: ReadFile) => rows.map(({ fields, problem }) => problem ?? fields);

// The tapes lie beside the project; without them there is nothing to read.
describe.skipIf(!existsSync(folder))('a loan tape as downloaded', () => {
  it('of LendingClub: a line before the titles, per cent, months, totals at the end', async () => {
    const tape = await read('lc_raw.csv', {
      skip: { before: 1 },
      blank_lines: 'end',
      trim: [' '],
      columns: [
        { title: 'id', from: 'loan_no', prefix: 'LC-' },
        {
          title: 'term',
          from: 'product',
          values: { 'LC-36': '36 months', 'LC-60': '60 months' },
        },
        { title: 'loan_amnt', from: 'principal', type: 'amount' },
        { title: 'int_rate', from: 'rate', type: 'rate', unit: 'percent' },
        { from: 'periods', expr: 'left([term], 2)', type: 'integer' },
        { title: 'issue_d', from: 'disbursed_on', type: 'date', format: 'MMM-YYYY' },
      ],
    });
    // 10.65% is 0.1065; the tape itself says 7500 in all: 5000 + 2500.
    expect(fieldsOf(tape)).toEqual([
      ['LC-1077501', 'LC-36', '5000.00', '0.1065', '36', '2026-03-01'],
      ['LC-1077430', 'LC-60', '2500.00', '0.1527', '60', '2026-03-01'],
    ]);
    expect(tape.rows.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('of Freddie Mac: bars, no titles, months of six digits', async () => {
    const tape = await read('fre.txt', {
      delimiter: '|',
      titles: false,
      columns: [
        { at: 20, from: 'loan_no' },
        { constant: 'FRM-360', from: 'product' },
        { at: 11, from: 'principal', type: 'amount' },
        { at: 13, from: 'rate', type: 'rate', unit: 'percent' },
        { at: 22, from: 'periods', type: 'integer' },
        { at: 2, from: 'disbursed_on', type: 'date', format: 'YYYYMM' },
      ],
    });
    expect(fieldsOf(tape)).toEqual([
      ['F20Q10000001', 'FRM-360', '285000.00', '0.03375', '360', '2020-03-01'],
      ['F20Q10000002', 'FRM-360', '126000.00', '0.04125', '360', '2020-03-01'],
    ]);
  });

  it('of a Chinese Excel: GB18030 and Chinese titles', async () => {
    const columns = [
      { title: '借据号', from: 'loan_no' },
      { title: '产品', from: 'product' },
      { title: '本金', from: 'principal', type: 'amount' },
      { title: '利率', from: 'rate', type: 'rate' },
      { title: '放款日', from: 'disbursed_on', type: 'date' },
    ];
    const tape = await read('gbk.csv', { charset: 'gb18030', columns });
    // That a principal is above zero is for the import to say.
    expect(fieldsOf(tape)).toEqual([
      ['G1', 'CASH-LEVEL', '10000.00', '0.18', '', '2026-03-28'],
      ['G2', 'CASH-LEVEL', '-5.00', '0.18', '', '2026-03-28'],
    ]);
    await expect(read('gbk.csv', { columns })).rejects.toMatchObject({
      code: 'wrong_charset',
      evidence: { foundCharset: 'gb18030' },
    });
  });
});
