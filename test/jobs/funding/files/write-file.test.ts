import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FileFamily } from '../../../../src/funding/terms/partner.js';
import { writePartnerFiles } from '../../../../src/jobs/funding/files/write-file.js';
import type { ImportBook } from '../../../support/import-book.js';
import { closeTo, DAY, partnerBook, takeLoans } from './partner-book.js';

let book: ImportBook;
beforeAll(async () => {
  book = await partnerBook();
  await takeLoans(
    book,
    'A1,1000.00,JL-3070',
    'A2,0.05,JL-THIRD',
    'A3,700.00,',
    'A4,100.00,JL-3070',
  );
  await closeTo(book, DAY + 1);
});
afterAll(() => book.remove());

const write = (family: FileFamily, day = DAY) =>
  writePartnerFiles(book.client, { partner: 'P1', day, family, folder: book.folder, by: 'Li Na' });
const text = (name: string, charset = 'utf-8') =>
  new TextDecoder(charset).decode(readFileSync(join(book.folder, name)));

it('writes what a partner has of each loan paid out, with head and control file', async () => {
  // 70% of 1000.00 and 100.00; of 0.05 a third is 0.0166..: 0.02.
  expect(await write('disbursement')).toMatchObject([
    {
      ...{ name: 'disb_20260328_1.txt', version: 1, rows: 3, total: '770.02' },
      outcome: 'written',
    },
  ]);
  expect(text('disb_20260328_1.txt').split('\n')).toEqual([
    'dataRowCount|+|3|+|77002',
    ...[1, 2, 4].map(() => expect.stringMatching(/^A\d\|\+\|/)),
    '',
  ]);
  expect(text('disb_20260328_1.txt.ok')).toBe('3,77002');
});

it('writes a snapshot in the charset of its layout, shares rounded by the plan', async () => {
  expect(await write('snapshot')).toMatchObject([{ rows: 3, version: 1, total: '770.02' }]);
  const [titles, ...rows] = text('loan_init_20260328_v1.csv', 'gb18030').split('\n');
  expect(titles).toBe('借据号,状态,五级分类,本金余额,利息余额,罚息余额,复利余额,币种');
  // A night of 0.18/360 on 1000.00 is 0.50, on 100.00 0.05; ours is 30% of 0.05, which is 0.02: the
  // tail has 0.03.
  expect(rows.sort()).toEqual([
    '',
    'A1,正常,正常,700.00,0.35,0.00,0.00,CNY',
    'A2,正常,正常,0.02,0.00,0.00,0.00,CNY',
    'A4,正常,正常,70.00,0.03,0.00,0.00,CNY',
    '合计,3,770.02',
  ]);
});

it('writes what a night accrued as the difference of two shares', async () => {
  await write('accrual', DAY);
  await write('accrual', DAY + 1);
  const rows = (name: string) => text(name).trimEnd().split('\n').slice(1).sort();
  expect(rows('accrual_2026-03-28_1.csv')).toEqual(['A1,0.35,0.00', 'A4,0.03,0.00']);
  // After two nights the tail has 0.10 - 0.03 = 0.07, of which 0.03 was there.
  expect(rows('accrual_2026-03-29_1.csv')).toEqual(['A1,0.35,0.00', 'A4,0.04,0.00']);
});

it('writes instalments whose shares sum to the share of the whole', async () => {
  // Of five fen there are five instalments.
  const [file] = await write('plan');
  expect(file).toMatchObject({ rows: 6 + 5 + 6 });
  const [, ...rows] = text('plan_2026-03-28_1.csv').trimEnd().split('\n');
  const cents = (loan: string) =>
    rows
      .filter((row) => row.startsWith(`${loan},`))
      .reduce((sum, row) => sum + Math.round(Number(row.split(',')[3]) * 100), 0);
  expect([cents('A1'), cents('A2'), cents('A4')]).toEqual([70_000, 2, 7_000]);
});

it('writes a status only where it is new', async () => {
  expect(await write('status', DAY)).toMatchObject([{ rows: 3 }]);
  expect(await write('status', DAY + 1)).toMatchObject([{ rows: 0 }]);
});

it('writes nothing again: the same rows are no new version, and no file is written over', async () => {
  const before = readdirSync(book.folder);
  expect(await write('snapshot')).toMatchObject([{ version: 1, outcome: 'unchanged' }]);
  expect(readdirSync(book.folder)).toEqual(before);
  await expect(write('funds')).rejects.toMatchObject({ code: 'no_layout', exitCode: 2 });
  const taken = join(book.folder, 'loan_init_20260329_v1.csv');
  writeFileSync(taken, 'theirs');
  await expect(write('snapshot', DAY + 1)).rejects.toMatchObject({
    ...{ code: 'file_occupied', exitCode: 2, evidence: { file: taken } },
  });
  expect(readFileSync(taken, 'utf8')).toBe('theirs');
  rmSync(taken);
  expect(await write('snapshot', DAY + 1)).toMatchObject([{ version: 1, outcome: 'written' }]);
  await expect(write('snapshot', DAY + 2)).rejects.toMatchObject({ code: 'day_not_sealed' });
});

it('goes on where it was killed: with the control file, or with the file itself', async () => {
  const files = ['loan_init_20260328_v1.csv', 'loan_init_20260328_v1.csv.ok'];
  const begin = () =>
    book.asOwner(
      `UPDATE funding_file SET state = 'begun' WHERE family = 'snapshot'
         AND business_date = '2026-03-28'`,
    );
  const [bytes] = files.map((name) => readFileSync(join(book.folder, name)));
  await begin();
  rmSync(join(book.folder, files[1]!));
  expect(await write('snapshot')).toMatchObject([{ version: 1, outcome: 'written' }]);
  expect(text(files[1]!)).toBe('3,770.02');
  await begin();
  for (const name of files) rmSync(join(book.folder, name));
  expect(await write('snapshot')).toMatchObject([{ version: 1, outcome: 'written' }]);
  expect(readFileSync(join(book.folder, files[0]!))).toEqual(bytes);
  expect(
    await book.rows(`SELECT version, state FROM funding_file WHERE family = 'snapshot'
      AND business_date = '2026-03-28'`),
  ).toEqual([{ version: 1, state: 'done' }]);
});
