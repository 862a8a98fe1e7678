import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../../src/db/connect.js';
import { TupleList } from '../../../../src/db/copy/tuple-list.js';
import { withoutPlans } from '../../../../src/db/without-plans.js';
import {
  loadNextInstallments,
  nextInstallmentQuery,
  positionQuery,
  readPositions,
  SORTING_PLANS,
} from '../../../../src/jobs/day/task-input.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { generatedBook, type TestBook } from '../../../support/book.js';
import { type TestDatabase, testDatabase } from '../../../support/database.js';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Actual Rows'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

describe('the hot query', () => {
  let database: TestDatabase;
  let book: TestBook;
  const loans = 8_000;
  const scope = { date: parseDay('2026-03-31')!, bucketFrom: 64, bucketTo: 79 };

  beforeAll(async () => {
    database = await testDatabase();
    book = await generatedBook(database.target, { loans, seed: 5, start: '2026-03-30', days: 1 });
    await closeDays(database.target, { workers: 2 });
  });

  afterAll(async () => {
    await database?.drop();
    book?.remove();
  });

  const ofAWorker = { max_parallel_workers_per_gather: '0', jit: 'off' };

  async function plan(
    sql: string,
    forbidden = SORTING_PLANS,
    settings: Record<string, string> = ofAWorker,
  ): Promise<PlanNode[]> {
    return withClient(database.target, { settings }, async (client) => {
      const { rows } = await withoutPlans(client, forbidden, () =>
        client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
          `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
        ),
      );
      return nodesOf(rows[0]!['QUERY PLAN'][0]!.Plan);
    });
  }

  it('reads its own task off the index, without a sort or a join', async () => {
    const nodes = await plan(positionQuery(scope));
    expect(nodes.map((node) => node['Node Type'])).toEqual(['Index Scan']);
    expect(nodes[0]!['Index Name']).toBe('position_key_20260330');
    expect(nodes[0]!['Index Cond']).toMatch(/bucket >= 64.*bucket <= 79/);
    expect(nodes[0]!['Rows Removed by Filter'] ?? 0).toBe(0);
    // 16 of 1,024 buckets: about 125 of 8,000 loans, and by no means twice as many.
    expect(nodes[0]!['Actual Rows']).toBeGreaterThan(80);
    expect(nodes[0]!['Actual Rows']).toBeLessThan(180);
  });

  it('does so where the planner would rather sort', async () => {
    // On a large book it believes that every row costs a jump to another page.
    const jumpy = { ...ofAWorker, random_page_cost: '1000' };
    const types = async (sql: string, forbidden = SORTING_PLANS): Promise<string[]> =>
      (await plan(sql, forbidden, jumpy)).map((node) => node['Node Type']);
    expect(await types(positionQuery(scope), [])).toContain('Sort');
    expect(await types(positionQuery(scope))).toEqual(['Index Scan']);
    expect(await types(nextInstallmentQuery(scope), [])).toContain('Sort');
    expect(await types(nextInstallmentQuery(scope))).not.toContain('Sort');
  });

  it('is asked in a session that may not sort, and leaves it as it was', async () => {
    await withClient(database.target, {}, async (client) => {
      // What the planner may do whenever something is asked, by the settings said until then.
      const forbidden = new Set<string>();
      const copies: string[][] = [];
      const asked = vi.spyOn(client, 'query').mockImplementation(((query: unknown) => {
        if (typeof query === 'string') {
          for (const [, verb, name] of query.matchAll(/(RESET|SET) (enable_\w+)/g)) {
            if (verb === 'SET') forbidden.add(name!);
            else forbidden.delete(name!);
          }
        } else copies.push([...forbidden]);
        return plainQuery(query);
      }) as typeof client.query);
      const plainQuery = pg.Client.prototype.query.bind(client) as (query: unknown) => unknown;
      let bytes = 0;
      await readPositions(client, scope, async (chunks) => {
        for await (const chunk of chunks) bytes += chunk.length;
      });
      await loadNextInstallments(client, scope, new TupleList());
      asked.mockRestore();
      expect(bytes).toBeGreaterThan(0);
      expect(copies).toEqual([[...SORTING_PLANS], [...SORTING_PLANS]]);
      const { rows } = await client.query<{ sort: string; bitmap: string }>(
        `SELECT current_setting('enable_sort') AS sort,
           current_setting('enable_bitmapscan') AS bitmap`,
      );
      expect(rows).toEqual([{ sort: 'on', bitmap: 'on' }]);
    });
  });

  it('looks up next instalments inside its own task', async () => {
    const nodes = await plan(nextInstallmentQuery(scope));
    for (const node of nodes.filter((found) => found['Relation Name'] !== undefined)) {
      expect(node['Node Type'], node['Relation Name']).not.toBe('Seq Scan');
      expect((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)).toBeLessThan(180);
    }
  });
});
