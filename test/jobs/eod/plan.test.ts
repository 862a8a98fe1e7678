import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import { withoutPlans } from '../../../src/db/without-plans.js';
import { closeDays } from '../../../src/jobs/eod/close-days.js';
import {
  nextInstallmentQuery,
  OFF_THE_INDEX,
  positionQuery,
} from '../../../src/jobs/eod/task-input.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

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
    forbidden = OFF_THE_INDEX,
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
    const types = async (sql: string, forbidden = OFF_THE_INDEX): Promise<string[]> =>
      (await plan(sql, forbidden, jumpy)).map((node) => node['Node Type']);
    expect(await types(positionQuery(scope), [])).toContain('Sort');
    expect(await types(positionQuery(scope))).toEqual(['Index Scan']);
    expect(await types(nextInstallmentQuery(scope), [])).toContain('Sort');
    expect(await types(nextInstallmentQuery(scope))).not.toContain('Sort');
  });

  it('looks up next instalments inside its own task', async () => {
    const nodes = await plan(nextInstallmentQuery(scope));
    for (const node of nodes.filter((found) => found['Relation Name'] !== undefined)) {
      expect(node['Node Type'], node['Relation Name']).not.toBe('Seq Scan');
      expect((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)).toBeLessThan(180);
    }
  });
});
