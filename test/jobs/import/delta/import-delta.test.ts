import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { EXIT, LoanbookError } from '../../../../src/errors.js';
import { importDifferences } from '../../../../src/jobs/day/proof/check-imports.js';
import { cancelImport } from '../../../../src/jobs/import/cancel-import.js';
import { listImports } from '../../../../src/jobs/import/list-imports.js';
import { onBarrier } from '../../../../src/jobs/runs/barrier.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';
import { contents, DELTA, FIRST, firstLoad, take } from './delta-book.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
beforeEach(() => firstLoad(book));
afterEach(async () => {
  onBarrier(undefined);
  // What the records say of imports still ties with the rows that name them.
  const day = parseDay(OPEN_DAY)!;
  const differences = await importDifferences(book.client, { from: day, to: day });
  await book.reset();
  expect(differences).toEqual([]);
});
afterAll(() => book.remove());

const delta = (
  lines: readonly string[] = DELTA.loans,
  more: Parameters<typeof take.loans>[3] = { schedules: FIRST.schedules },
) => take.loans(book, 'delta', lines, { delta: true, ...more });
const ids = async () =>
  Object.fromEntries(
    (await book.rows('SELECT loan_no, loan_id FROM loan')).map((row) => [row.loan_no, row.loan_id]),
  );
const rejected = async (outcome: ReturnType<typeof delta>) => (await outcome).rejectedByRule;

describe('a delta of loans', () => {
  it('takes new ones, replaces changed ones under their numbers, and leaves the others', async () => {
    const before = await ids();
    const outcome = await delta();
    expect(outcome).toMatchObject({
      ...{ importId: 4, rowsRead: 4, rowsTaken: 2, rowsRejected: 0 },
      // 9,000.00 and 500.00.
      amount: 950_000,
      delta: { added: 1, replaced: 1, unchanged: 2, positionsDropped: 1, eventsDropped: 1 },
    });
    expect(await ids()).toEqual({ ...before, N5: expect.any(Number) });
    expect(await book.rows('SELECT loan_no, principal, import_id FROM loan ORDER BY 1')).toEqual([
      { loan_no: 'A1', principal: 900_000, import_id: 4 },
      { loan_no: 'B2', principal: 1_000_000, import_id: 1 },
      { loan_no: 'D4', principal: 500_000, import_id: 1 },
      { loan_no: 'N5', principal: 50_000, import_id: 4 },
      { loan_no: 'c3', principal: 100_000, import_id: 1 },
    ]);
    // What came along for A1 went; the fees agreed with the schedule of c3 and its look stay.
    expect(
      await book.rows(`SELECT l.loan_no, string_agg(e.ref, ' ' ORDER BY e.ref) AS refs
        FROM event e JOIN loan l USING (bucket, loan_id) GROUP BY 1 ORDER BY 1`),
    ).toEqual([
      { loan_no: 'A1', refs: 'opening' },
      { loan_no: 'B2', refs: 'F2 opening' },
      { loan_no: 'D4', refs: 'disbursement' },
      { loan_no: 'N5', refs: 'disbursement' },
      { loan_no: 'c3', refs: 'F3 disbursement schedule-fee-1 schedule-fee-2' },
    ]);
    expect(
      await book.rows('SELECT l.loan_no FROM opening_position JOIN loan l USING (bucket, loan_id)'),
    ).toEqual([{ loan_no: 'B2' }]);
    expect(await book.rows('SELECT loan_no FROM loan_look')).toEqual([{ loan_no: 'c3' }]);
    expect(
      await book.rows(`SELECT import_id, of_import, rows, amount FROM replaced_import ORDER BY 2`),
    ).toEqual([
      { import_id: 4, of_import: 1, rows: 1, amount: 1_000_000n },
      { import_id: 4, of_import: 2, rows: 1, amount: 766_492n },
      { import_id: 4, of_import: 3, rows: 1, amount: 500n },
    ]);
    const list = await listImports(book.client, 9);
    expect(list.map((line) => line.rowsReplaced)).toEqual([0, 1, 1, 1]);
  });

  it.each([
    ['the principal of a row', [FIRST.schedules[0]!.replace('400', '300'), ''], '600.00', '700.00'],
    ['an interest', [FIRST.schedules[0]!.replace('15.00', '15.01'), ''], '', ''],
    ['a fee', [FIRST.schedules[0]!.replace(',2.00', ',2.01'), ''], '', ''],
    ['a due day', [FIRST.schedules[0]!.replace('04-28', '04-27'), ''], '', ''],
  ])('sees that a schedule has another one: %s', async (_what, [row = ''], from, to) => {
    const schedules = [row, FIRST.schedules[1]!.replace(from, to)];
    const outcome = await delta([FIRST.loans[2]!], { schedules });
    expect(outcome.delta).toMatchObject({ replaced: 1, unchanged: 0, eventsDropped: 1 });
  });

  it('lays the schedule by the product where a changed one comes without its own', async () => {
    const outcome = await delta([FIRST.loans[2]!], {});
    expect(outcome.delta).toMatchObject({ replaced: 1, unchanged: 0 });
    expect(
      await book.rows(`SELECT cardinality(s.due_on) AS rows, count(e.*) AS events FROM loan l
        JOIN schedule s USING (bucket, loan_id) JOIN event e USING (bucket, loan_id)
        WHERE l.loan_no = 'c3' GROUP BY 1`),
    ).toEqual([{ rows: 12, events: 1 }]);
  });

  it.each([
    ['a rate', 'D4,CASH,1,5000.00,0.19,2026-03-28,SOUTH,'],
    ['a product version', 'D4,CASH,2,5000.00,0.18,2026-03-28,SOUTH,'],
    ['an organisation', 'D4,CASH,1,5000.00,0.18,2026-03-28,WEST,'],
    ['a day', 'D4,CASH,1,5000.00,0.18,2026-03-29,SOUTH,'],
  ])('sees that a contract has another one: %s', async (_what, line) => {
    const outcome = await delta([line], {});
    expect(outcome.delta).toMatchObject({ replaced: 1, unchanged: 0 });
  });

  it('takes one loan once, whatever comes behind it', async () => {
    const again = 'A1,CASH,1,8000.00,0.18,2025-12-20,NORTH,';
    const outcome = await delta([...DELTA.loans, again], {
      ...{ schedules: FIRST.schedules, maxRejects: 1 },
    });
    expect(outcome).toMatchObject({
      rejectedByRule: { loan_no_repeated: 1 },
      delta: { replaced: 1, added: 1, unchanged: 2 },
    });
    expect(await book.rows(`SELECT principal FROM loan WHERE loan_no = 'A1'`)).toEqual([
      { principal: 900_000 },
    ]);
  });

  it('rejects what a close has folded, or a reconciliation has named', async () => {
    // Of a statement that nobody asks for here.
    await book.asOwner(`ALTER TABLE recon_break DROP CONSTRAINT recon_break_statement_id_fkey;
      INSERT INTO recon_break (statement_id, type, order_no, line, bucket, loan_id, event_id,
        difference, suspense, our_status, since, pend_until, state)
      SELECT 1, 'missing_theirs', 'F2', 0, bucket, loan_id, 0, 0, 0, '', '${OPEN_DAY}',
        '${OPEN_DAY}', 'open' FROM loan WHERE loan_no = 'B2'`);
    const changed = 'B2,CASH,1,9000.00,0.18,2025-12-20,NORTH,';
    expect(await rejected(delta([changed], { maxRejects: 1 }))).toEqual({ loan_was_reconciled: 1 });
    await book.asOwner('DELETE FROM recon_break');
    await book.asOwner('UPDATE book SET business_date = business_date + 1');
    const outcome = delta([DELTA.loans[0]!, 'N6,CASH,1,1.00,0.18,2026-03-29,,'], { maxRejects: 1 });
    await expect(outcome).resolves.toMatchObject({
      rejectedByRule: { loan_was_folded: 1 },
      delta: { added: 1, replaced: 0 },
      next: expect.stringMatching(/^loanbook import loans --delta \S+\.rejects\.csv/),
    });
    await book.asOwner('UPDATE book SET business_date = business_date - 1');
  });

  it('is refused while its day is being closed', async () => {
    await book.asOwner(`INSERT INTO run (job, business_date, tasks, status, engine_version)
      VALUES ('eod', '${OPEN_DAY}', 64, 'open', 1)`);
    await expect(delta()).rejects.toMatchObject({ code: 'day_is_being_closed', exitCode: 75 });
  });

  it('writes nothing by a dry run, and says the same', async () => {
    const before = await contents(book);
    const planned = await delta(DELTA.loans, { schedules: FIRST.schedules, dryRun: true });
    expect(await contents(book)).toEqual(before);
    const { delta: counts, rowsTaken } = await delta();
    expect(planned).toMatchObject({ delta: counts, rowsTaken, importId: null });
  });

  it('leaves nothing where it is stopped at its end', async () => {
    const before = await contents(book);
    for (const at of ['import.stage', 'import.store', 'import.end']) {
      onBarrier(async (place) => {
        if (place !== at) return;
        throw new LoanbookError('interrupted', 'stopped', { exitCode: EXIT.interrupted });
      });
      await expect(delta()).rejects.toMatchObject({ code: 'interrupted' });
      expect(await contents(book)).toEqual(before);
    }
  });

  it('by threads does what it does by one, and goes on where it was stopped', async () => {
    const cut = { threadsFromBytes: 0, workers: 2, taskRows: 1 };
    onBarrier(async (place) => {
      if (place !== 'import.store') return;
      throw new LoanbookError('interrupted', 'stopped', { exitCode: EXIT.interrupted });
    });
    const options = { schedules: FIRST.schedules, cut };
    await expect(delta(DELTA.loans, options)).rejects.toMatchObject({ code: 'interrupted' });
    onBarrier(undefined);
    expect(await delta(DELTA.loans, options)).toMatchObject({
      delta: { added: 1, replaced: 1, unchanged: 2, positionsDropped: 1, eventsDropped: 1 },
    });
  });

  it('was done before when it is run again, but not when it is to go back', async () => {
    await delta();
    expect(await delta()).toMatchObject({
      doneBefore: true,
      importId: 4,
      delta: { added: 1, replaced: 1, unchanged: 2, positionsDropped: 1, eventsDropped: 1 },
    });
    await take.loans(book, 'back', [FIRST.loans[0]!], { delta: true });
    await expect(delta()).rejects.toMatchObject({
      code: 'already_imported',
      evidence: { replacedSince: 1 },
    });
    const again = await delta(DELTA.loans, { schedules: FIRST.schedules, again: true });
    expect(again.delta).toMatchObject({ added: 0, replaced: 1, unchanged: 3 });
  });
});

describe('a delta of positions', () => {
  it('replaces changed ones, brings those that went with their loans, leaves the others', async () => {
    await delta();
    await take.balances(book, 'again', DELTA.balances.slice(0, 1));
    const outcome = await take.balances(
      book,
      'moved',
      ['A1,7000.00,20.00,0', 'B2,7664.92,26.83,2.50'],
      true,
    );
    expect(outcome).toMatchObject({
      ...{ rowsRead: 2, rowsTaken: 1, amount: 766_492 },
      delta: { added: 0, replaced: 1, unchanged: 1 },
    });
    expect(
      await book.rows(`SELECT l.loan_no, o.principal_not_due, o.suspense, o.import_id
        FROM opening_position o JOIN loan l USING (bucket, loan_id) ORDER BY 1`),
    ).toEqual([
      { loan_no: 'A1', principal_not_due: 700_000, suspense: 0, import_id: 5 },
      { loan_no: 'B2', principal_not_due: 766_492, suspense: 250, import_id: 6 },
    ]);
  });

  it('takes one of a loan that has none, and writes nothing by a dry run', async () => {
    await delta();
    const before = await contents(book);
    const planned = await take.balances(book, 'dry', DELTA.balances, true, true);
    expect(planned.delta).toMatchObject({ added: 1, replaced: 0, unchanged: 1 });
    expect(await contents(book)).toEqual(before);
    const { importId } = await take.balances(book, 'wet', DELTA.balances, true);
    expect(await take.events(book, 'again', DELTA.events)).toMatchObject({ rowsTaken: 1 });
    expect(importId).toBe(5);
  });

  it('without --delta one that is there is rejected', async () => {
    const outcome = take.balances(book, 'other', ['A1,7664.92,20.00,0']);
    await expect(outcome).rejects.toMatchObject({ code: 'too_many_rejects' });
  });
});

describe('an import that deltas have to do with, taken back', () => {
  it('says that what a delta had replaced does not come back', async () => {
    await delta();
    await take.balances(book, 'again', DELTA.balances.slice(0, 1));
    const cancel = (importId: number) =>
      cancelImport(book.client, { importId, reason: 'a wrong delta' });
    await expect(cancel(4)).rejects.toMatchObject({ code: 'import_in_use' });
    await cancel(5);
    expect(await cancel(4)).toMatchObject({ loans: 2, notReturned: 1, outcome: 'cancelled' });
    expect(Object.keys(await ids()).sort()).toEqual(['B2', 'D4', 'c3']);
    // It comes in again as any loan does.
    await take.loans(book, 'back', [FIRST.loans[0]!]);
  });

  it('takes back of an earlier one what still is of it', async () => {
    await delta();
    for (const importId of [3, 2, 1]) {
      await cancelImport(book.client, { importId, reason: 'all of it' });
    }
    expect(Object.keys(await ids()).sort()).toEqual(['A1', 'N5']);
  });
});

it('a delta into a book without loans is a first load', async () => {
  await book.reset();
  const outcome = await delta(FIRST.loans, { schedules: FIRST.schedules });
  expect(outcome).toMatchObject({ rowsTaken: 4, delta: { added: 4, replaced: 0, unchanged: 0 } });
});
