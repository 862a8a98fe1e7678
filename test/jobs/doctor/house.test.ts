import { chmodSync, renameSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../src/db/connect.js';
import { grantedToBatch } from '../../../src/db/granted.js';
import { gatherFacts } from '../../../src/jobs/doctor/gather-facts.js';
import type { HousePlace } from '../../../src/jobs/doctor/house.js';
import { simulateDoctor } from '../../../src/jobs/operations/simulate/simulate-doctor.js';
import { commandLine, environmentOf, type RunLine } from '../../support/command-line.js';
import { type ImportBook, importBook } from '../../support/import-book.js';
import { findingOf, look, told } from './look.js';

let book: ImportBook;
let run: RunLine;
let place: Pick<HousePlace, 'env' | 'bookFolder'>;
beforeAll(async () => {
  book = await importBook();
  run = commandLine(book.database.target, book.folder);
  place = { env: environmentOf(book.database.target), bookFolder: book.folder };
});
afterAll(() => book?.remove());

async function must(...line: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await run(line);
  expect(exitCode, stdout + stderr).toBe(0);
}

/** A check as it is, with something done to the book, and with that undone. */
async function withAndWithout(check: string, spoil: string, mend: string): Promise<string[]> {
  const before = told(await look(place), check);
  await book.asOwner(spoil);
  const spoilt = told(await look(place), check);
  await book.asOwner(mend);
  expect(told(await look(place), check)).toBe(before);
  return [before, spoilt];
}

it('finds every fact but backups without a stanza, and the core takes them as they are', async () => {
  const { facts, findings, unknown } = await look(place);
  const why = 'No stanza of pgBackRest is named.';
  expect(unknown).toEqual(['backup_hours', 'restore_days'].map((fact) => ({ fact, why })));
  const [own] = findings.map(({ seen: _, ...finding }) => finding);
  const simulated = simulateDoctor({ kind: 'doctor', facts }) as { findings: object[] };
  expect(simulated.findings[0]).toEqual(own);
  expect(simulated.findings).toEqual(findings.map(({ seen: _, ...finding }) => finding));
});

describe('the calendar', () => {
  // The book has 2024 to 2026: on 2 November 59 days are left, on 1 November 60, on 31 October 61.
  it.each([
    ['2026-10-31T12:00:00+08:00', 'ok'],
    ['2026-11-01T12:00:00+08:00', 'warn'],
    ['2026-12-30T12:00:00+08:00', 'warn'],
    ['2026-12-31T00:00:00+08:00', 'fail'],
    ['2027-05-01T12:00:00+08:00', 'fail'],
  ])('at %s is %s', async (at, status) => {
    expect(told(await look({ ...place, at }), 'calendar')).toBe(`calendar ${status}`);
  });

  it('is well again with the next year, and not with one behind a gap', async () => {
    const at = '2026-12-31T12:00:00+08:00';
    const year = (n: number) => book.raw(`${n}.yaml`, `years: [${n}]\nholidays: [${n}-01-01]\n`);
    await must('calendar', 'apply', year(2028));
    expect(told(await look({ ...place, at }), 'calendar')).toBe('calendar fail');
    await must('calendar', 'apply', year(2027));
    const { facts } = await look({ ...place, at });
    expect(facts.calendar_through).toBe('2028-12-31');
  });
});

it('a day is behind once its night is over, until it is closed', async () => {
  const behind = async (at: string) => (await look({ ...place, at })).facts.days_behind;
  expect(await behind('2026-03-28T23:59:00+08:00')).toBe(0);
  expect(await behind('2026-03-29T06:59:00+08:00')).toBe(0);
  expect(await behind('2026-03-29T07:00:00+08:00')).toBe(1);
  expect(await behind('2026-03-31T07:00:00+08:00')).toBe(3);
  await must('eod', 'run', '--date', '2026-03-28', '--workers', '1');
  const after = await look({ ...place, at: '2026-03-29T07:00:00+08:00' });
  expect(told(after, 'closed')).toBe('closed ok');
  // Of a day that has been closed its tables are there.
  expect(after.facts.night_bytes).toBeGreaterThan(8192);
  expect(findingOf(await look({ ...place, at: '2026-03-30T07:00:00+08:00' }), 'closed')).toEqual(
    expect.objectContaining({ status: 'fail', value: 'days_behind 1' }),
  );
});

it.each([
  ['position_20200101', 'nobody closed'],
  ['journal_line_20991231', 'is to come'],
])('a table %s of a day that %s is an orphan', async (name) => {
  const spoil = `CREATE TABLE ${name} (a int)`;
  expect(await withAndWithout('orphans', spoil, `DROP TABLE ${name}`)).toEqual([
    'orphans ok',
    `orphans warn: ${name}`,
  ]);
});

it('the tables of a close that has begun are its own, with the rights that it needs', async () => {
  const day = `(SELECT business_date FROM book)`;
  await book.asOwner(`INSERT INTO run (job, business_date, tasks, status, engine_version)
    SELECT 'eod', ${day}, 1, 'open', max(engine_version) FROM run; SELECT open_day(${day})`);
  const during = await look(place);
  expect([told(during, 'orphans'), during.facts.extra_grants]).toEqual(['orphans ok', 0]);
  await book.asOwner(`UPDATE run SET status = 'discarded' WHERE status = 'open'`);
  expect(findingOf(await look(place), 'orphans').seen).toHaveLength(4);
  await book.asOwner(`SELECT discard_day(${day}, 'test')`);
  expect(told(await look(place), 'orphans')).toBe('orphans ok');
});

describe('the batch role', () => {
  it('was given by the migrations what the catalogue says, and nothing else', async () => {
    const { facts } = await look(place);
    expect(facts.extra_grants).toBe(0);
    const { tables, functions } = grantedToBatch();
    expect(tables).toContain('loan INSERT');
    expect(tables).toContain('run.token UPDATE');
    for (const taken of ['run INSERT', 'audit INSERT', 'statement.state UPDATE']) {
      expect(tables).not.toContain(taken);
    }
    expect(functions).toContain('seal_day');
    expect(functions).not.toContain('finish_phase');
    const { rows } = await book.client.query<{ said: string }>(
      `SELECT said FROM unnest($1::text[]) AS r (said),
         LATERAL (SELECT regexp_match(said, '^([a-z_]+)[.]?([a-z_]*) ([A-Z]+)$') AS m) AS p
       WHERE NOT CASE WHEN to_regclass(m[1]) IS NULL THEN m[1] = 'import_stage'
         WHEN m[2] = '' THEN has_table_privilege('loanbook_batch', m[1], m[3])
         ELSE has_column_privilege('loanbook_batch', m[1], m[2], m[3]) END`,
      [[...tables]],
    );
    expect(rows).toEqual([]);
  });

  const all = 'loanbook_batch';
  it.each([
    ['DELETE ON loan', 'DELETE on table loan'],
    ['INSERT ON gl_balance', 'INSERT on table gl_balance'],
    ['UPDATE (business_date) ON book', 'UPDATE on table book.business_date'],
    ['TRIGGER ON position', 'TRIGGER on table position'],
    ['INSERT ON position_20260328', 'INSERT on table position_20260328'],
    ['SELECT ON loan', 'SELECT WITH GRANT OPTION on table loan', ' WITH GRANT OPTION'],
    ['UPDATE ON SEQUENCE entry_entry_id_seq', 'UPDATE on sequence entry_entry_id_seq'],
    ['EXECUTE ON FUNCTION finish_phase(integer, uuid, text)', 'EXECUTE on function finish_phase'],
    ['CREATE ON SCHEMA loanbook', 'CREATE on schema loanbook'],
  ])('has more with %s', async (right, seen, option = '') => {
    const mend =
      option === ''
        ? `REVOKE ${right} FROM ${all}`
        : `REVOKE GRANT OPTION FOR ${right} FROM ${all}`;
    const spoilt = await withAndWithout('roles', `GRANT ${right} TO ${all}${option}`, mend);
    expect(spoilt[1]).toBe(`roles fail: ${seen}`);
  });

  it('has more with what everybody may', async () => {
    const [, spoilt] = await withAndWithout(
      'roles',
      'GRANT DELETE ON event TO PUBLIC',
      'REVOKE DELETE ON event FROM PUBLIC',
    );
    expect(spoilt).toBe('roles fail: DELETE on table event');
  });
});

it('a superuser warns; a login of the batch role is well, and is told what it may not see', async () => {
  expect(findingOf(await look(place), 'roles')).toMatchObject({
    status: 'warn',
    value: 'superuser true',
  });
  const name = `doctor_${process.pid}`;
  const asLogin = (sql: string) =>
    withClient(book.database.target, { role: 'login' }, (client) => client.query(sql));
  await asLogin(`CREATE ROLE ${name} LOGIN IN ROLE loanbook_batch`);
  try {
    const found = await look({ ...place, env: { ...place.env, PGUSER: name } });
    expect(told(found, 'roles')).toBe('roles ok');
    expect(found.unknown[0]).toEqual({
      fact: 'disk_free',
      why: expect.stringContaining('data_directory'),
    });
  } finally {
    await asLogin(`DROP ROLE ${name}`);
  }
});

it('the file of master keys: open to others, away, and well', async () => {
  const keys = join(book.folder, 'keys');
  expect(told(await look(place), 'keys')).toBe('keys ok');
  await must('keys', 'init', '--by', '甲');
  await must('party', 'import', book.file('p.csv', 'party,name', 'C1,王小二', 'C2,李三'));
  expect(findingOf(await look(place), 'keys')).toMatchObject({
    status: 'ok',
    value: 'key_mode 0600, rows_without_key 0, seals 2',
  });
  for (const mode of ['0644', '0640', '0601']) {
    chmodSync(keys, Number.parseInt(mode, 8));
    const found = { status: 'fail', value: `key_mode ${mode}`, next: 'chmod 600 the key file.' };
    expect(findingOf(await look(place), 'keys')).toMatchObject(found);
    chmodSync(keys, 0o600);
    expect(told(await look(place), 'keys')).toBe('keys ok');
  }
  renameSync(keys, `${keys}.away`);
  expect(told(await look(place), 'keys')).toBe('keys fail: version 1: 2');
  renameSync(`${keys}.away`, keys);
  expect(told(await look(place), 'keys')).toBe('keys ok');
});

it.each([
  [0, 'ok'],
  [3_000, 'warn'],
  [-3_000, 'warn'],
  [40_000, 'fail'],
  // The clock set back an hour, or forward a day.
  [-3_600_000, 'fail'],
  [86_400_000, 'fail'],
])('a clock that is %i ms off: %s', async (ms, status) => {
  const found = await look({ ...place, now: () => Date.now() + ms });
  expect(told(found, 'clock')).toBe(`clock ${status}`);
  expect(Math.abs(found.facts.clock_skew_ms! - ms)).toBeLessThan(1000);
});

it('a zone that nobody knows fails, and is named', async () => {
  const zones = ['Asia/Shanghai', 'Mars/Base', 'Europe/Berlin'];
  expect(told(await look({ ...place, zones }), 'zone')).toBe('zone fail: Mars/Base');
  const { facts } = await look({ ...place, zones: ['Europe/Berlin', 'America/St_Johns'] });
  expect(facts.tz_node).toBe(facts.tz_server);
  expect(facts.tz_node).not.toBe((await look(place)).facts.tz_node);
});

it('a source that fails leaves the others alone', async () => {
  const client = async () => {
    throw new Error('no');
  };
  const house = {
    ...place,
    backups: () => ({ store: 'x' }),
    keys: { command: 'x' },
    node: '20.19.0',
    workers: 2,
    zones: [],
    client,
  };
  const found = await gatherFacts({ ...house, now: () => 0, dataFolder: async () => undefined }, [
    { facts: ['seals', 'fsync'], find: async () => ({ facts: { seals: 1 } }) },
    {
      facts: ['quarantined'],
      find: async () => {
        throw new Error('because');
      },
    },
    { facts: ['workers'], find: async () => ({ facts: { workers: 3 } }) },
  ]);
  expect(found.facts).toEqual({ seals: 1, workers: 3 });
  expect(found.unknown).toEqual([
    { fact: 'fsync', why: 'not known' },
    { fact: 'quarantined', why: 'because' },
  ]);
});

it.each([
  ['18.20.8', 'fail'],
  ['20.18.3', 'fail'],
  ['20.19.0', 'ok'],
  [process.versions.node, 'ok'],
])('Node %s: %s', async (node, status) => {
  expect(findingOf(await look({ ...place, node }), 'node').status).toBe(status);
});

describe('a server', () => {
  it('that does not answer leaves what is known without it', async () => {
    const env = { DATABASE_URL: 'postgres://ann@localhost:1/book' };
    const { facts, findings, unreached } = await look({ ...place, env });
    expect(Object.keys(facts).sort()).toEqual('key_mode node today workers'.split(' '));
    expect(findings.filter(({ status }) => status === 'ok').map(({ check }) => check)).toEqual(
      'node'.split(' '),
    );
    expect(unreached).toMatchObject({ code: 'database_unreachable' });
  });

  it('that is too old fails by its version', async () => {
    const server = createServer(answerAsOld);
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { port } = server.address() as AddressInfo;
    const env = { DATABASE_URL: `postgres://ann@localhost:${port}/book` };
    const found = await look({ ...place, env });
    server.close();
    expect(findingOf(found, 'server')).toMatchObject({ status: 'fail', value: 'server 14.5' });
  });
});

/** Says what PostgreSQL 14.5 says to a session that asks for its version. */
function answerAsOld(socket: Socket): void {
  const message = (kind: string, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts);
    const head = Buffer.from(`${kind}....`);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const int = (value: number, bytes: 2 | 4) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeIntBE(value, 0, bytes);
    return buffer;
  };
  const field = (name: string, oid: number) => [
    ...[Buffer.from(`${name}\0`), int(0, 4), int(0, 2), int(oid, 4), int(4, 2)],
    ...[int(-1, 4), int(0, 2)],
  ];
  const value = (text: string) => [int(text.length, 4), Buffer.from(text)];
  const ready = message('Z', Buffer.from('I'));
  socket.on('error', () => undefined);
  socket.once('data', () => {
    socket.write(Buffer.concat([message('R', int(0, 4)), ready]));
    socket.once('data', () => {
      const row = [
        message('T', int(2, 2), ...field('version', 23), ...field('name', 25)),
        message('D', int(2, 2), ...value('140005'), ...value('14.5')),
        message('C', Buffer.from('SELECT 1\0')),
      ];
      socket.write(Buffer.concat([...row, ready]));
    });
  });
}
