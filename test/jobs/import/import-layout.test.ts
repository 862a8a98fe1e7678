import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const LAYOUT = `layout: core-loans
kind: loans
format: delimited
charset: gb18030
delimiter: "|+|"
titles: true
columns:
  - {title: 借据号, from: loan_no}
  - {title: 金额, from: principal, type: amount}
  - {title: 利率, from: rate, type: rate, unit: percent}
  - {title: 放款日, from: disbursed_on, type: date, format: YYYY/MM/DD}
  - {title: 机构, from: org}
  - {constant: CASH, from: product}
`;
const TITLES = '借据号|+|金额|+|利率|+|放款日|+|机构';
const GOOD = '贷-1|+|1234.50|+|18|+|2026/03/28|+|上海';
const BAD = '贷-2|+|12,34|+|18|+|2026/03/28|+|北京';
const AWRY = '贷-3|+|10.00|+|18|+|2026/03/28';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterEach(() => book.reset());
afterAll(() => book.remove());

function gb(name: string, ...lines: readonly string[]): string {
  const path = join(book.folder, name);
  writeFileSync(path, iconv.encode(lines.map((line) => `${line}\n`).join(''), 'gb18030'));
  return path;
}

describe('a file that a layout describes', () => {
  it('goes in, and what does not is kept byte by byte to be corrected', async () => {
    const layout = book.raw('core.yaml', LAYOUT);
    const file = gb('core.txt', TITLES, GOOD, BAD, AWRY);
    const { rejectFile, rowsTaken } = await importLoans(book.client, {
      ...{ file, layout, maxRejects: 2 },
    });
    expect(rowsTaken).toBe(1);
    expect(await book.rows('SELECT loan_no, org, principal, rate FROM loan')).toEqual([
      { loan_no: '贷-1', org: '上海', principal: 123_450, rate: '0.18' },
    ]);
    const lines = readFileSync(rejectFile!).toString('latin1').split('\n');
    const raw = (text: string) => iconv.encode(text, 'gb18030').toString('latin1');
    expect(lines.slice(0, 3)).toEqual([
      `line,field,rule,value,${raw(TITLES)}`,
      `3,principal,malformed_amount,"12,34",${raw(BAD)}`,
      expect.stringContaining(`column_count`),
    ]);
    expect(lines[2]!.endsWith(raw(AWRY))).toBe(true);
    expect(statSync(rejectFile!).mode & 0o777).toBe(0o600);
    // What is behind the first four columns, corrected, goes in by itself.
    const corrected = lines
      .slice(0, 2)
      .map((line) => line.slice(line.search(/[^ -~]/)).replace('12,34', '12.34'));
    const again = join(book.folder, 'again.txt');
    writeFileSync(again, Buffer.from(`${corrected.join('\n')}\n`, 'latin1'));
    expect(await importLoans(book.client, { file: again, layout })).toMatchObject({ rowsTaken: 1 });
  });

  it('is refused by a layout of another kind, or one without what rows need', async () => {
    const file = gb('core.txt', TITLES, GOOD);
    const other = book.raw('other.yaml', LAYOUT.replace('kind: loans', 'kind: events'));
    await expect(importLoans(book.client, { file, layout: other })).rejects.toMatchObject({
      code: 'layout_of_another_kind',
      exitCode: 2,
    });
    const poor = book.raw('poor.yaml', LAYOUT.replace(/ {2}- \{constant.*\n/, ''));
    await expect(importLoans(book.client, { file, layout: poor })).rejects.toMatchObject({
      code: 'layout_lacks_columns',
      evidence: { missing: 'product' },
    });
  });
});
