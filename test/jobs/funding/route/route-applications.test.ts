import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { applyFundingPlan } from '../../../../src/jobs/funding/funding-plans.js';
import {
  type RouteOptions,
  routeApplications,
} from '../../../../src/jobs/funding/route/route-applications.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { fenOf, yuanOf } from '../../../model/funding/naive-days.js';
import { type ImportBook, importBook } from '../../../support/import-book.js';
import { workedCases } from '../../../support/worked-cases.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  for (const code of ['P1', 'P2']) {
    await applyTerms(book.client, 'partner', `code: ${code}\n`, { source: 't', by: 'Li' });
  }
});
afterAll(() => book.remove());
beforeEach(() => book.asOwner('DELETE FROM funding_room; DELETE FROM funding_plan_version'));

interface Case {
  readonly day: string;
  readonly by?: 'priority' | 'weight';
  readonly fallback: string | null;
  readonly plans: readonly (Record<string, unknown> & {
    plan: string;
    party: string;
    parts: [number, number];
    used?: string;
  })[];
  readonly exposures?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly applications: readonly (Record<string, unknown> & { id: string; outcome?: string })[];
}

const HEADER = 'id,at,customer,amount,term,rate,refused_by';
const csv = (each: Record<string, unknown>) =>
  HEADER.split(',')
    .map((key) => (Array.isArray(each[key]) ? each[key].join(' ') : (each[key] ?? '')))
    .join(',');

async function route(lines: readonly string[], more: Partial<RouteOptions> = {}) {
  const file = book.file('applications.csv', HEADER, ...lines);
  let text = '';
  const outcome = await routeApplications(
    book.client,
    {
      ...{ file, day: parseDay('2026-03-28')!, by: 'priority', fallback: null, keep: false },
      ...more,
    },
    async (pieces) => {
      for await (const piece of pieces) text += piece;
    },
  );
  const results = text.split('\n').filter(Boolean);
  return { outcome, results: results.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** A plan of the lender and one partner. */
async function plan(code: string, parts: [number, number], limits: object, party = 'P1') {
  const document = {
    ...{ code, version: 1, effective_from: '2020-01-01', route: limits },
    parties: [
      { party: 'OWN', part: parts[0], own: true },
      { party, part: parts[1] },
    ],
  };
  await applyFundingPlan(book.client, JSON.stringify(document), 'plan.json');
}

const cases = workedCases('funding').filter(({ input }) => input.kind === 'route');

describe.skipIf(cases.length === 0)('what a book routes', () => {
  it.each(cases)('$id is what is worked out on paper', async ({ input, expected }) => {
    const { plans, exposures = {}, applications, ...on } = input as unknown as Case;
    for (const [at, { plan: code, party, parts, used, ...limits }] of plans.entries()) {
      // A deposit is what the partner has paid in ever: on paper it is what is left of it.
      const paidIn = () => yuanOf(fenOf(String(limits.deposit)) + fenOf(used ?? '0.00'));
      const deposit = limits.deposit === undefined ? {} : { deposit: paidIn() };
      await plan(code, parts, { priority: at, ...limits, ...deposit }, party);
      if (used === undefined) continue;
      await book.asOwner(`INSERT INTO funding_room VALUES
        ('before ${code}', false, '${code}', '${party}', '', ${used.replace('.', '')}, '2026-03-01')`);
    }
    // What was used before stands in the deposit too, and what customers had in other plans.
    await book.asOwner(`UPDATE funding_room SET party = 'before'`);
    for (const [customer, own] of Object.entries(exposures)) {
      for (const [party, amount] of Object.entries(own)) {
        await book.asOwner(`INSERT INTO funding_room VALUES ('of ${customer}', false, 'OTHER',
          '${party}', substr(sha256('${customer}'), 1, 16), ${amount.replace('.', '')},
          '2026-03-01')`);
      }
    }
    const results: unknown[] = [];
    const options = { day: parseDay(on.day)!, fallback: on.fallback, keep: true } as const;
    const by = on.by ?? 'priority';
    let lines: string[] = [];
    let failed: string | undefined;
    for (const [at, application] of applications.entries()) {
      lines.push(csv(application));
      const isLast = at === applications.length - 1;
      if (application.outcome !== 'failed' && !isLast) continue;
      const freed = failed === undefined ? {} : { failed };
      results.push(...(await route(lines, { ...options, by, ...freed })).results);
      lines = [];
      if (application.outcome === 'failed') {
        failed = join(book.folder, 'failed.txt');
        writeFileSync(failed, `${application.id}\n`);
      } else failed = undefined;
    }
    expect(results).toEqual(expected.results);
    const taken = await book.rows(
      `SELECT plan, sum(amount) FILTER (WHERE business_date = '${on.day}')::bigint AS daily
       FROM funding_room WHERE plan <> 'OTHER' GROUP BY plan ORDER BY plan`,
    );
    const uses = expected.plans as Record<string, { daily: string }>;
    expect(Object.fromEntries(taken.map((row) => [row.plan, Number(row.daily)]))).toEqual(
      Object.fromEntries(
        Object.entries(uses).map(([code, { daily }]) => [code, Number(daily.replace('.', ''))]),
      ),
    );
  });
});

const ONE = '1,09:00:00,C1,100.00,12,0.18,';

describe('the room of a plan', () => {
  it('is taken only where it is kept, and once', async () => {
    await plan('JL', [30, 70], { daily: '100.00' });
    const taken = { plan: 'JL', funded: '70.00' };
    expect((await route([ONE])).results).toMatchObject([taken]);
    expect(await book.rows('SELECT FROM funding_room')).toEqual([]);
    expect((await route([ONE], { keep: true })).results).toMatchObject([taken]);
    // 70.00 of 100.00 are taken on the day, and nothing on the next one.
    const next = ONE.replace('1,', '2,');
    expect((await route([next])).results).toMatchObject([{ plan: null, skipped: { JL: 'daily' } }]);
    const tomorrow = { day: parseDay('2026-03-29')! };
    expect((await route([next], tomorrow)).results).toMatchObject([taken]);
  });

  it('is not taken twice by one application', async () => {
    await plan('JL', [30, 70], {});
    await route([ONE], { keep: true });
    await expect(route([ONE], { keep: true })).rejects.toMatchObject({
      code: 'application_repeated',
      exitCode: 1,
      evidence: { applications: 1, known: 1 },
    });
  });

  it('is free again once the disbursement has failed', async () => {
    await plan('JL', [30, 70], { daily: '100.00' });
    await route([ONE], { keep: true });
    const failed = book.file('failed.txt', '1');
    const again = ONE.replace('1,', '2,');
    expect(await route([again], { failed, keep: true })).toMatchObject({
      outcome: { freed: 1, plans: [{ plan: 'JL', daily: '70.00' }] },
      results: [{ id: '2', plan: 'JL' }],
    });
    expect((await route([], { failed, keep: true })).outcome.freed).toBe(0);
    await expect(route([], { failed: book.file('x.txt', '9') })).rejects.toMatchObject({
      code: 'unknown_application',
      evidence: { application: '9' },
    });
  });

  it('names no customer', async () => {
    await plan('JL', [30, 70], { customer: '100.00' });
    await route([ONE], { keep: true });
    expect((await route([ONE.replace('1,', '2,')])).results).toMatchObject([
      { skipped: { JL: 'customer' } },
    ]);
    const [row] = await book.rows(`SELECT encode(customer, 'hex') AS customer FROM funding_room`);
    expect(row!.customer).toMatch(/^[0-9a-f]{32}$/);
  });
});

it.each([
  ['2,09:00:00,C1,0.00,12,0.18,', 'amount'],
  ['2,09:00:00,C1,1.001,12,0.18,', 'amount'],
  ['2,24:30,C1,1.00,12,0.18,', 'at'],
  ['2,09:00,C1,1.00,0,0.18,', 'term'],
  ['2,09:00,C1,1.00,12,-0.18,', 'rate'],
  ['2,09:00,,1.00,12,0.18,', 'customer'],
  [',09:00,C1,1.00,12,0.18,', 'id'],
  ['2,09:00,C1,1.00,12', 'id'],
])('refuses %s: its %s', async (line, field) => {
  await plan('JL', [30, 70], {});
  await expect(route([ONE, line], { keep: true })).rejects.toMatchObject({
    code: 'application_malformed',
    exitCode: 1,
    evidence: { line: 3, field },
  });
  expect(await book.rows('SELECT FROM funding_room')).toEqual([]);
});

it('reads one JSON object a line, and refuses other columns', async () => {
  await plan('JL', [30, 70], {});
  const object = { id: '1', at: '09:00', customer: 'C', amount: 100, term: 12, rate: '0.18' };
  const file = book.file('a.jsonl', JSON.stringify(object));
  expect((await route([], { file })).results).toMatchObject([{ plan: 'JL', funded: '70.00' }]);
  const other = book.file('b.csv', 'id,at,customer,amount,term,rate,colour', '1,,,,,,');
  await expect(route([], { file: other })).rejects.toMatchObject({
    code: 'columns_differ',
    evidence: { unknown: 'colour' },
  });
});
