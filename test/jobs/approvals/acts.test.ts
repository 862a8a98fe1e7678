import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../src/db/connect.js';
import { APPROVED_ACTS } from '../../../src/jobs/approvals/approval.js';
import { ROLES } from '../../../src/jobs/approvals/persons.js';
import { parsePolicyDocument } from '../../../src/jobs/book/documents/policy-document.js';
import { packageRoot } from '../../../src/package-root.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let database: TestDatabase;
let client: pg.Client;
let acts: { act: string; roles: string[] }[];
beforeAll(async () => {
  database = await testDatabase();
  client = await connect(database.target);
  acts = (await client.query('SELECT act, roles FROM acts()')).rows as typeof acts;
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('docs/people.md has every act with its roles, and no other', () => {
  const text = readFileSync(join(packageRoot, 'docs/people.md'), 'utf8');
  const said = [...text.matchAll(/^\| `(\w+)` \| ([a-z, ]+) \| .*`/gm)]
    .map(([, act = '', roles = '']) => ({ act, roles: roles.split(', ') }))
    .filter(({ roles }) => roles.every((role) => role in ROLES));
  expect(said).toEqual(acts);
});

it('every act takes roles that there are, and an administrator keeps persons and keys', () => {
  for (const { roles } of acts) expect(Object.keys(ROLES)).toEqual(expect.arrayContaining(roles));
  const kept = acts.filter(({ roles }) => roles.includes('administrator'));
  expect(kept.map(({ act }) => act)).toEqual(['person', 'logins', 'keys', 'erasures_replay']);
});

it('what may wait is the same in the program, the policy and the database', async () => {
  const names = Object.keys(APPROVED_ACTS);
  const { document } = parsePolicyDocument('{}', 'policy');
  expect(Object.keys(document.approvals)).toEqual(names);
  for (const name of names) {
    const own = acts.filter(({ act }) => act === name || act === `${name}_check`);
    expect(own).toHaveLength(2);
    const { rows } = await client.query('SELECT approval_mode($1) AS mode', [name]);
    expect(rows).toEqual([{ mode: document.approvals[name as keyof typeof APPROVED_ACTS] }]);
  }
  const { rows } = await client.query<{ text: string }>(
    `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint
     WHERE conrelid = 'approval'::regclass AND conname = 'approval_act_check'`,
  );
  expect([...rows[0]!.text.matchAll(/'(\w+)'/g)].map(([, name]) => name)).toEqual(names);
});

it('an act that there is not is no act of anybody', async () => {
  const unknown = client.query(`SELECT acting_person('x', 'nothing')`);
  await expect(unknown).rejects.toMatchObject({ code: 'LB029' });
});
