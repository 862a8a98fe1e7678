import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../src/db/connect.js';
import { isSamePerson, personKey } from '../../../src/jobs/approvals/person-name.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

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

it.each([
  ['Li Na', 'ＬＩ　ＮＡ'],
  ['Li Na', '  li \t na\n'],
  ['ÉMILE Ørsted', 'émile ørsted'],
  ['E\u0301mile', 'émile'],
  ['Ольга Ёлкина', 'ольга ёлкина'],
  ['ΝΊΚΟΣ', 'νίκος'],
  ['王\u200b伟', '王伟'],
  ['㈱山田', '(株)山田'],
  ['ﬁona', 'Fiona'],
])('%j and %j are one person', (one, other) => {
  expect(isSamePerson(one, other)).toBe(true);
});

it.each([
  ['Li Na', 'Lina'],
  ['王伟', '王玮'],
  ['Emile', 'Émile'],
  ['Ann', 'Аnn'],
])('%j and %j are two', (one, other) => {
  expect(isSamePerson(one, other)).toBe(false);
});

/** Scripts of names; what a later Unicode adds to others is not the same for every server. */
const BLOCKS: readonly (readonly [from: number, to: number])[] = [
  [0x01, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfad9],
  [0xfb00, 0xfb06],
  [0xff01, 0xffee],
  [0x1d400, 0x1d7ff],
  [0x20000, 0x203ff],
];

it('the database says the same of every letter', async () => {
  const names = BLOCKS.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, at) => ` A${String.fromCodePoint(from + at)}b c`),
  );
  const { rows } = await client.query<{ keys: string[] }>(
    `SELECT array_agg(person_key(name) ORDER BY place) AS keys
     FROM unnest($1::text[]) WITH ORDINALITY AS u (name, place)`,
    [names],
  );
  const differing = names.filter((name, at) => personKey(name) !== rows[0]!.keys[at]);
  expect(differing.map((name) => name.codePointAt(2)!.toString(16))).toEqual([]);
  expect(names.length).toBeGreaterThan(40_000);
});
