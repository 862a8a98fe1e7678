import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePartnerFiles } from '../../../../src/jobs/funding/files/write-file.js';
import { listBreaks } from '../../../../src/jobs/reconcile/breaks.js';
import { assignBreak, resolveBreak } from '../../../../src/jobs/reconcile/resolve-break.js';
import type { ImportBook } from '../../../support/import-book.js';
import { DAY } from '../files/partner-book.js';
import { expectedBreaks, falsified, type SnapshotRow } from './falsified-rows.js';
import { openBreaks, type SnapshotBook, snapshotBook } from './snapshot-book.js';

const LOANS = 3_000;

let snapshots: SnapshotBook;
let book: ImportBook;
let ours: SnapshotRow[];
beforeAll(async () => {
  snapshots = await snapshotBook(LOANS);
  book = snapshots.book;
  ours = snapshots.rows(2);
});
afterAll(() => book.remove());

const fileOf = (day: number, rows: readonly SnapshotRow[]) => snapshots.file(day, rows);
const check = (file: string, day = DAY) => snapshots.check(file, day);

describe('the check of a snapshot', () => {
  it('reads the file that we would write ourselves as the same', async () => {
    const folder = book.folder;
    await writePartnerFiles(book.client, {
      ...{ partner: 'P1', day: DAY, family: 'snapshot', folder, by: 'Li Na' },
    });
    const file = join(folder, 'loan_init_20260328_v1.csv');
    expect(readFileSync(file).length).toBeGreaterThan(LOANS);
    expect(await check(file)).toMatchObject({
      ...{ rows: LOANS, matched: LOANS, open: 0, breaks: {}, tolerated: {}, rejected: 0 },
    });
  });

  it('finds what was falsified in every way, each with its type, and nothing else', async () => {
    // 90 rows of 3,000 in nine ways, ten of each.
    const places = new Set(Array.from({ length: 90 }, (_, at) => at * 33 + (at % 7)));
    const planted = falsified(ours, places, 1);
    const file = fileOf(DAY + 1, planted.rows);
    const checked = await check(file, DAY + 1);
    expect(checked).toMatchObject({
      ...{ rows: planted.rows.length, open: planted.breaks.length, outcome: 'checked' },
      breaks: {
        ...{ duplicate: 10, missing_ours: 10, missing_theirs: 10, roll: 10, status: 10 },
        ...{ class: 10, amount: 20 },
      },
      // Ten rows of a fen more; a loan of theirs alone is one more on either side.
      tolerated: { interest: '0.10' },
      matched: LOANS - 70,
    });
    expect(await openBreaks(book)).toEqual(expectedBreaks(planted));
    const inOrder = await book.rows('SELECT order_no FROM recon_break ORDER BY break_id');
    const numbers = inOrder.map(({ order_no }) => String(order_no));
    expect(numbers).toEqual([...numbers].sort());
    expect(
      await book.rows(`SELECT e.reference, a.code, l.amount FROM entry e
        JOIN entry_line l USING (entry_id) JOIN account a USING (account_id)
        WHERE e.reference LIKE 'snapshot/%' ORDER BY a.code`),
    ).toEqual([
      { reference: 'snapshot/P1/2026-03-29/1', code: '2241.03', amount: -10 },
      { reference: 'snapshot/P1/2026-03-29/1', code: '6711.01', amount: 10 },
    ]);
    const again = await check(file, DAY + 1);
    expect(again).toMatchObject({ matched: checked.matched, open: 80, outcome: 'unchanged' });
  });

  it('keeps breaks with those of reconciliation: listed, assigned, resolved', async () => {
    const [first] = await listBreaks(book.client, { code: 'P1', type: 'roll', limit: 1 });
    expect(first).toMatchObject({ code: 'P1', typeZh: '对方滚动不平', since: '2026-03-29' });
    const { id } = first!;
    await assignBreak(book.client, id, { to: 'Wang', by: 'Li Na', note: 'ask them' });
    await resolveBreak(book.client, id, { as: 'explained', reason: 'their clerk', by: 'Wang' });
    expect(await listBreaks(book.client, { code: 'P1', type: 'roll' })).toHaveLength(9);
  });

  it('ends what the next snapshot does not show any more, and leaves what it still shows', async () => {
    const rows = snapshots
      .rows(3)
      .map((row) => (row.loanNo === 'L5' ? { ...row, class: 'loss' } : row));
    const before = await listBreaks(book.client, { code: 'P1', type: 'class' });
    const still = before[0]!.orderNo;
    const next = rows.map((row) => (row.loanNo === still ? { ...row, class: 'loss' } : row));
    expect(await check(fileOf(DAY + 2, next), DAY + 2)).toMatchObject({ open: 2 });
    const open = await listBreaks(book.client, { code: 'P1' });
    expect(open.map(({ orderNo, since }) => [orderNo, since])).toEqual([
      [still, '2026-03-29'],
      ['L5', '2026-03-30'],
    ]);
    expect(open[0]!.id).toBe(before[0]!.id);
    await expect(check(fileOf(DAY + 1, rows), DAY + 1)).rejects.toMatchObject({
      ...{ code: 'snapshot_behind', exitCode: 2 },
    });
  });

  it('refuses a file that is not whole, and takes nothing of it', async () => {
    const count = () => book.rows('SELECT count(*) AS n FROM funding_file');
    const before = await count();
    const path = fileOf(DAY + 2, ours);
    book.raw(`${path.split('/').at(-1)}.ok`, `${LOANS + 1},0.00`);
    await expect(check(path, DAY + 2)).rejects.toMatchObject({
      code: 'count_differs',
      exitCode: 1,
    });
    book.raw(`${path.split('/').at(-1)}.ok`, `${LOANS},0.00`);
    await expect(check(path, DAY + 2)).rejects.toMatchObject({
      code: 'total_differs',
      exitCode: 1,
    });
    rmSync(`${path}.ok`);
    await expect(check(path, DAY + 2)).rejects.toMatchObject({
      ...{ code: 'control_file_missing', exitCode: 75 },
    });
    await expect(check(fileOf(DAY, ours), DAY + 2)).rejects.toMatchObject({
      code: 'file_of_another_day',
    });
    expect(await count()).toEqual(before);
  });
});
