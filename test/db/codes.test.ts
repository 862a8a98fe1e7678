import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPE, MONEY_TYPES } from '../../src/accounting/events/loan-event.js';
import { CLASS_NAMES, STATUS } from '../../src/accounting/fold/position.js';
import { LINE, LINE_COMPONENTS, MOVEMENTS } from '../../src/accounting/posting/flow.js';
import { connect } from '../../src/db/connect.js';
import { ENTRY_KIND, TAX_KIND, WRITE_OFF_LOSS_KIND } from '../../src/jobs/ledger/entry.js';
import { STANDING } from '../../src/jobs/reconcile/standing.js';
import { packageRoot } from '../../src/package-root.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

type Codes = Readonly<Record<string, number>>;

function indexed(names: readonly string[]): Codes {
  return Object.fromEntries(names.map((name, code) => [name, code]));
}

/** What the program calls its codes, by what their functions begin with. */
const FAMILIES: Readonly<Record<string, Codes>> = {
  event_type: EVENT_TYPE,
  line: LINE,
  component: indexed(LINE_COMPONENTS),
  status: STATUS,
  class: indexed(CLASS_NAMES),
  movement: indexed(MOVEMENTS),
  kind: { entry: ENTRY_KIND, tax: TAX_KIND, writeOffLoss: WRITE_OFF_LOSS_KIND },
  standing: STANDING,
};

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const WANTED = Object.fromEntries(
  Object.entries(FAMILIES).flatMap(([family, codes]) =>
    Object.entries(codes).map(([name, code]) => [`${family}_${snake(name)}`, code]),
  ),
);

describe('the functions of codes', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await testDatabase();
    client = await connect(database.target);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const planOf = async (sql: string): Promise<string> => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS off) ${sql}`);
    return rows.map((row) => row['QUERY PLAN'].trim()).join('\n');
  };

  it('are those of the program, each with its code, and no others', async () => {
    const text = readFileSync(join(packageRoot, 'src/db/functions/codes.sql'), 'utf8');
    const declared = [...text.matchAll(/FUNCTION (\w+)\(\) RETURNS smallint\n/g)];
    const names = declared.map(([, name = '']) => name);
    expect([...names].sort()).toEqual(Object.keys(WANTED).sort());
    const calls = names.map((name) => `${name}()`).join(', ');
    const { rows } = await client.query(`SELECT ${calls}`);
    expect(rows[0]).toEqual(WANTED);
  });

  it('are what the planner can work out: immutable, of plain SQL, with no settings', async () => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT p.proname AS name FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
       WHERE p.pronamespace = 'loanbook'::regnamespace AND l.lanname = 'sql'
         AND p.provolatile = 'i' AND p.proparallel = 's' AND p.proconfig IS NULL
         AND NOT p.prosecdef AND p.prorettype = 'smallint'::regtype`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(WANTED).sort());
  });

  it('name the types of money', async () => {
    const { rows } = await client.query('SELECT event_money_types() AS types');
    expect(new Set(rows[0].types)).toEqual(MONEY_TYPES);
  });

  it('are constants in a plan, the same as the numbers', async () => {
    const plan = await planOf('SELECT 1 FROM event e WHERE e.type = event_type_reversal()');
    expect(plan).toContain("(type = '13'::smallint)");
    const money = await planOf('SELECT 1 FROM event e WHERE e.type = ANY (event_money_types())');
    expect(money).toContain("(type = ANY ('{3,4,5,9,12,15}'::smallint[]))");
    const later = await planOf('SELECT 1 FROM event e WHERE NOT is_birth(e.type)');
    expect(later).toContain("(type > '2'::smallint)");
    const cash = await planOf(
      'SELECT 1 FROM event e WHERE event_cash(e.type, e.amount, 1, 2) IS NOT NULL',
    );
    expect(cash).toContain("(type = '5'::smallint)");
  });

  it('leave what is read of a sub-ledger to the planner as well', async () => {
    const plan = await planOf("SELECT * FROM subledger_measured('2026-03-28')");
    expect(plan).toContain('subledger_total');
    expect(plan).not.toContain('Function Scan');
  });
});
