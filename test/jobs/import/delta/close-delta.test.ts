import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkChain } from '../../../../src/jobs/day/proof/check-chain.js';
import { openPool } from '../../../../src/jobs/eod/run/fold-pool.js';
import { runDay } from '../../../../src/jobs/eod/run/run-day.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';
import { positionsOn, totalsOn } from '../../export/second-book.js';
import { DELTA, FIRST, firstLoad, take } from './delta-book.js';

const NEXT_DAY = '2026-03-29';
/** Born two days behind the open one: no close of the first day reads it. */
const LATER = 'L7,CASH,1,600.00,0.18,2026-03-30,EAST,';
const LATER_CHANGED = 'L7,CASH,1,700.00,0.18,2026-03-30,EAST,';

let changed: ImportBook;
let atOnce: ImportBook;
// Its thread keeps a session of its book.
const pools = [openPool(1), openPool(1)] as const;
beforeAll(async () => {
  changed = await importBook();
  atOnce = await importBook();
});
afterAll(async () => {
  for (const { threads } of pools) await threads.destroy();
  await changed?.remove();
  await atOnce?.remove();
});

const close = (book: ImportBook) =>
  runDay(book.database.target, pools[book === changed ? 0 : 1], { tasks: 2 });
const delta = (lines: readonly string[], schedules?: readonly string[]) =>
  take.loans(changed, `delta of ${lines.length}`, lines, { delta: true, schedules, maxRejects: 9 });
const stand = async ({ client }: ImportBook, day: string) => ({
  positions: await positionsOn(client, day),
  totals: await totalsOn(client, day),
});

it('a book closes to the positions of one that was loaded with the last files at once', async () => {
  await firstLoad(changed);
  await take.loans(changed, 'later', [LATER]);
  await delta(DELTA.loans, FIRST.schedules);
  await take.balances(changed, 'delta balances', DELTA.balances, true);
  await take.events(changed, 'delta events', DELTA.events);

  const [, , c3, d4] = FIRST.loans;
  const [a1, b2, , n5] = DELTA.loans;
  const loans = [a1!, b2!, c3!, d4!, n5!, LATER_CHANGED];
  await take.loans(atOnce, 'loans', loans, { schedules: FIRST.schedules });
  await take.balances(atOnce, 'balances', DELTA.balances);
  await take.events(atOnce, 'events', [...DELTA.events, ...FIRST.events.slice(1)]);

  await close(changed);
  await close(atOnce);
  const found = await stand(changed, OPEN_DAY);
  expect(found).toEqual(await stand(atOnce, OPEN_DAY));
  expect(found.positions.map((row) => row.loan_no)).toEqual(['A1', 'B2', 'D4', 'N5', 'c3']);
  expect(found.positions[0]).toMatchObject({ principal: 700_000 });
  expect((await checkChain(changed.client, {})).broken).toEqual([]);

  // A loan that is to come may still be replaced, one that is there no more.
  const outcome = await delta([LATER_CHANGED, ...DELTA.loans.slice(0, 2)]);
  expect(outcome).toMatchObject({
    rejectedByRule: { loan_was_folded: 2 },
    delta: { added: 0, replaced: 1, unchanged: 0 },
  });
  const position = take.balances(changed, 'late', ['A1,6000.00,20.00,0'], true);
  await expect(position).rejects.toMatchObject({
    evidence: { byRule: 'loan_already_folded 1' },
  });
  for (const day of [NEXT_DAY, '2026-03-30']) {
    await close(changed);
    await close(atOnce);
    expect(await stand(changed, day)).toEqual(await stand(atOnce, day));
  }
  expect((await checkChain(changed.client, {})).broken).toEqual([]);

  // What is said to be replaced is proven too.
  await changed.asOwner(`UPDATE replaced_import SET rows = rows + 1 WHERE of_import = 1`);
  const { broken } = await checkChain(changed.client, {});
  const told = JSON.stringify(broken);
  expect(told).toContain('replaced_import');
  expect(told).toContain('rows of import 1');
  expect(told).toContain('replaced');
}, 120_000);
