import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importParties } from '../../../src/jobs/parties/import-parties.js';
import { firstKeys, type ImportBook, importBook } from '../../support/import-book.js';

let book: ImportBook;
let keys: { file: string };
beforeAll(async () => {
  book = await importBook();
  keys = await firstKeys(book);
});
afterAll(() => book.remove());

const LAYOUT = `kind: parties
charset: gb18030
delimiter: "|"
head: "客户|{count}"
trailer: {starts: 合计, count: 2}
columns:
  - {title: 客户号, from: party}
  - {title: 姓名, from: name}
  - {title: 电话, from: phone}
`;

it('rejected parties go in by the layout of their source, once they are corrected', async () => {
  const layout = book.raw('kehu.yaml', LAYOUT);
  const file = join(book.folder, 'kehu.txt');
  const lines = ['客户|2', '客户号|姓名|电话', 'C1|王小二|13800138000', 'C2|李四|12x', '合计|2'];
  const text = lines.map((line) => `${line}\n`).join('');
  writeFileSync(file, iconv.encode(text, 'gb18030'));
  const first = await importParties(book.client, { file, keys, layout, maxRejects: 1 });
  expect(first).toMatchObject({
    ...{ added: 1, rejected: 1 },
    next: `loanbook party import ${file}.rejects.csv --layout ${layout}`,
  });
  const rejectFile = first.rejectFile!;
  expect(statSync(rejectFile).mode & 0o777).toBe(0o600);
  const rejected = iconv.decode(readFileSync(rejectFile), 'gb18030');
  expect(rejected).toBe(
    'line,field,rule,value,客户号|姓名|电话\n4,phone,malformed_phone,12x,C2|李四|12x\n',
  );
  writeFileSync(rejectFile, iconv.encode(rejected.replaceAll('12x', '13900139000'), 'gb18030'));
  const again = { file: rejectFile, keys, layout };
  expect(await importParties(book.client, again)).toMatchObject({ added: 1, rejected: 0 });
});
