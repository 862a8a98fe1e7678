import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../../src/db/connect.js';
import { checkChain } from '../../../src/jobs/day/proof/check-chain.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { listKeys, sealerOf } from '../../../src/jobs/parties/book-keys.js';
import { importParties } from '../../../src/jobs/parties/import-parties.js';
import { listParties, showParty } from '../../../src/jobs/parties/party-view.js';
import { retireKey } from '../../../src/jobs/parties/retire-key.js';
import { rotateKeys } from '../../../src/jobs/parties/rotate-keys.js';
import { onBarrier } from '../../../src/jobs/runs/barrier.js';
import { firstKeys, type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const PARTIES = 300;

let book: ImportBook;
let keys: { file: string };
beforeAll(async () => {
  book = await importBook();
});
beforeEach(async () => {
  keys = await firstKeys(book);
  await importParties(book.client, { file: parties(0, PARTIES), keys });
});
afterEach(async () => {
  onBarrier(undefined);
  await book.reset();
  await book.asOwner(
    'DELETE FROM party; DELETE FROM party_key; DELETE FROM party_import; DELETE FROM master_key',
  );
  rmSync(keys.file);
});
afterAll(() => book.remove());

const parties = (from: number, to: number) =>
  book.file(
    'parties.csv',
    'party,name,phone',
    ...Array.from(
      { length: to - from },
      (_, k) => `P${from + k},名${from + k},138000${10_000 + from + k}`,
    ),
  );
const rotate = (more: object = {}) =>
  rotateKeys(book.client, { source: keys, by: 'Root', ...more });
/** By the version that the head of the sealed bytes names. */
const versions = () =>
  book.rows(
    `SELECT get_byte(sealed, 2) AS version, count(*)::int AS parties FROM party_key
     GROUP BY 1 ORDER BY 1`,
  );
/** The look of a reader of its own: every party opens. */
async function everyPartyOpens(): Promise<void> {
  const seen = await listParties(book.client, keys, { limit: 1000 });
  expect(seen).toHaveLength(PARTIES);
  expect(
    seen.every(({ name, phone }) => name === '名**' || (name !== null && phone !== null)),
  ).toBe(true);
}

describe('keys rotate', () => {
  it('puts every key under the next version, and leaves the records as they are', async () => {
    const records = await book.rows('SELECT record FROM party ORDER BY party_no');
    const done: [number, number][] = [];
    const onProgress = (...of: [number, number]) => done.push(of);
    expect(await rotate({ onProgress })).toEqual({
      ...{ keys: keys.file, version: 2, suite: 'aes', key: 'made', parties: PARTIES, left: 0 },
      ...{ dryRun: false, outcome: 'rotated' },
    });
    expect(done.at(-1)).toEqual([PARTIES, PARTIES]);
    expect(await versions()).toEqual([{ version: 2, parties: PARTIES }]);
    expect(await book.rows('SELECT record FROM party ORDER BY party_no')).toEqual(records);
    expect(await listKeys(book.client)).toMatchObject([
      { key: 'lookup', parties: 0 },
      { key: '1', use: 'opens what it sealed', parties: 0 },
      { key: '2', use: 'seals what is new', parties: PARTIES, madeBy: 'Root' },
    ]);
    await everyPartyOpens();
    expect(await rotate()).toMatchObject({ version: 3, key: 'made', parties: PARTIES });
    expect(
      await book.rows(
        `SELECT subject, after FROM audit WHERE action = 'keys rotate' ORDER BY audit_id`,
      ),
    ).toEqual([
      { subject: '2', after: { suite: 'aes' } },
      { subject: '2', after: { parties: PARTIES } },
      { subject: '3', after: { suite: 'aes' } },
      { subject: '3', after: { parties: PARTIES } },
    ]);
  });

  it('tries without a trace', async () => {
    const before = readFileSync(keys.file, 'utf8');
    expect(await rotate({ dryRun: true })).toMatchObject({
      ...{ version: 2, key: 'made', parties: PARTIES, dryRun: true },
    });
    expect(readFileSync(keys.file, 'utf8')).toBe(before);
    expect(await versions()).toEqual([{ version: 1, parties: PARTIES }]);
    expect(await listKeys(book.client)).toHaveLength(2);
  });

  it('leaves nothing unreadable for who reads while it runs, with keys read before', async () => {
    const early = await sealerOf(book.client, keys);
    const reader = await connect(book.database.target);
    let looks = 0;
    onBarrier(async (place) => {
      if (place !== 'keys.bucket') return;
      looks += 1;
      const of = `P${(looks * 7) % PARTIES}`;
      expect((await showParty(reader, of, keys)).phone).toMatch(/^138\*{6}\d\d$/);
      const { rows } = await reader.query<{ party: string; sealed: Buffer; record: Buffer }>(
        `SELECT party_no AS party, sealed, record FROM party_key JOIN party USING (bucket, party_no)
         WHERE party_no = '${of}'`,
      );
      const { party, sealed, record } = rows[0]!;
      await early.meet([sealed]);
      expect(early.open(party, sealed, record).name).toBe(of.replace('P', '名'));
    });
    await rotate();
    await reader.end();
    expect(looks).toBeGreaterThan(100);
  });

  it('resumes where its session died, at any bucket, and makes no other key', async () => {
    for (const at of [1, 40, 90]) {
      const dying = await connect(book.database.target);
      dying.on('error', () => undefined);
      const { rows } = await dying.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      let buckets = 0;
      onBarrier(async (place) => {
        if (place !== 'keys.bucket') return;
        buckets += 1;
        if (buckets === at) await book.asOwner(`SELECT pg_terminate_backend(${rows[0]!.pid})`);
      });
      await expect(rotateKeys(dying, { source: keys, by: 'Root' })).rejects.toThrow();
      await dying.end().catch(() => undefined);
      onBarrier(undefined);
      await everyPartyOpens();
    }
    const [old] = await versions();
    expect(old).toMatchObject({ version: 1 });
    expect(await rotate({ dryRun: true })).toMatchObject({ key: 'resumed', parties: old?.parties });
    const after = await rotate();
    expect(after).toMatchObject({ version: 2, key: 'resumed', parties: old?.parties });
    expect(after.parties).toBeLessThan(PARTIES);
    expect(await versions()).toEqual([{ version: 2, parties: PARTIES }]);
  });

  it('takes the key that is in the file and that the book does not know yet', async () => {
    onBarrier(async (place) => {
      if (place === 'keys.made') throw new Error('killed');
    });
    await expect(rotate()).rejects.toThrow('killed');
    onBarrier(undefined);
    const made = readFileSync(keys.file, 'utf8');
    expect(made).toMatch(/^2 aes [0-9a-f]{64}$/m);
    // What comes in meanwhile is sealed with the key that the book knows.
    await importParties(book.client, { file: parties(PARTIES, PARTIES + 1), keys });
    expect(await versions()).toEqual([{ version: 1, parties: PARTIES + 1 }]);
    expect(await rotate()).toMatchObject({ version: 2, key: 'taken', parties: PARTIES + 1 });
    expect(readFileSync(keys.file, 'utf8')).toBe(made);
    const command = { command: `cat ${keys.file}` };
    await expect(rotate({ source: command })).rejects.toMatchObject({
      ...{ code: 'next_key_missing', exitCode: 2, evidence: { rule: 'a key of version 3' } },
    });
  });

  it('goes over to the other suite, while records stay under theirs', async () => {
    expect(await rotate({ suite: 'sm' })).toMatchObject({ version: 2, suite: 'sm' });
    await everyPartyOpens();
    // Another version of a party is sealed by the suite that is in use now.
    const changed = book.file('parties.csv', 'party,name', 'P7,王小二');
    expect(await importParties(book.client, { file: changed, keys })).toMatchObject({ changed: 1 });
    expect((await showParty(book.client, 'P7', keys)).name).toBe('王**');
    expect(
      await book.rows(`SELECT get_byte(record, 0) AS suite FROM party WHERE party_no = 'P7'
        ORDER BY version`),
    ).toEqual([{ suite: 1 }, { suite: 2 }]);
  });

  it('goes on behind a key that does not open, and tells it', async () => {
    await book.asOwner(
      `UPDATE party_key SET sealed = substr(sealed, 1, 30) WHERE party_no = 'P3';
       UPDATE party_key SET sealed = set_byte(sealed, 50, get_byte(sealed, 50) # 1)
       WHERE party_no = 'P5'`,
    );
    const error = await rotate().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'not_authentic', exitCode: 3, evidence: { parties: 2 } });
    const { rows } = error as { rows: { party: string; rule: string; value: string }[] };
    expect([...rows].sort((a, b) => (a.party < b.party ? -1 : 1))).toEqual([
      { party: 'P3', rule: 'of aes at least 31 bytes', value: '010001****, 30 bytes' },
      // 3 bytes of head, 12 of nonce, the 32 of the key and 16 of tag.
      { party: 'P5', rule: 'sealed by this key for this row', value: '010001****, 63 bytes' },
    ]);
    expect(await versions()).toEqual([
      { version: 1, parties: 2 },
      { version: 2, parties: PARTIES - 2 },
    ]);
  });
});

describe('keys retire', () => {
  const retire = (version: number) => retireKey(book.client, { version, by: 'Root' });

  it('is refused while a party is under the key, and frees the file of it', async () => {
    await expect(retire(1)).rejects.toMatchObject({ code: 'key_is_newest' });
    await expect(retire(9)).rejects.toMatchObject({ code: 'unknown_key', exitCode: 2 });
    await rotate();
    await book.asOwner(`UPDATE party_key SET sealed = set_byte(sealed, 2, 1)
      WHERE party_no IN ('P1', 'P2')`);
    await expect(retire(1)).rejects.toMatchObject({
      ...{ code: 'key_in_use', exitCode: 2, evidence: { key: 1, parties: 2 } },
    });
    await book.asOwner(`UPDATE party_key SET sealed = set_byte(sealed, 2, 2)
      WHERE party_no IN ('P1', 'P2')`);
    expect(await retire(1)).toEqual({ key: 1, outcome: 'retired' });
    expect(await retire(1)).toEqual({ key: 1, outcome: 'unchanged' });
    expect((await listKeys(book.client))[1]).toMatchObject({ key: '1', use: 'retired' });
    const text = readFileSync(keys.file, 'utf8');
    writeFileSync(keys.file, text.replace(/^1 aes .*\n/m, ''));
    await everyPartyOpens();
    expect(await rotate()).toMatchObject({ version: 3, parties: PARTIES });
  });

  it('stops an import that read the key before', async () => {
    await book.asOwner('DELETE FROM party; DELETE FROM party_key; DELETE FROM party_import');
    const other = await connect(book.database.target);
    onBarrier(async (place) => {
      if (place !== 'import.stage') return;
      await rotateKeys(other, { source: keys, by: 'Root' });
      await retireKey(other, { version: 1, by: 'Root' });
    });
    const file = parties(0, 3);
    await expect(importParties(book.client, { file, keys })).rejects.toMatchObject({
      ...{ code: 'key_retired', exitCode: 75, evidence: { key: 1 } },
    });
    onBarrier(undefined);
    await other.end();
    expect(await importParties(book.client, { file, keys })).toMatchObject({ added: 3 });
    expect(await versions()).toEqual([{ version: 2, parties: 3 }]);
  });
});

describe('the proof of the days', () => {
  const close = (day: string) =>
    closeDays(book.database.target, { through: parseDay(day)!, workers: 1, tasks: 1 });
  const broken = async () =>
    (await checkChain(book.client, {})).broken.flatMap(({ differences }) =>
      differences.map(({ place }) => place.split('/')[0]),
    );

  it('holds while keys are put under another one, and finds what somebody changed', async () => {
    await close(OPEN_DAY);
    expect(await broken()).toEqual([]);
    onBarrier(async (place) => {
      if (place === 'keys.bucket') throw new Error('stopped');
    });
    await expect(rotate()).rejects.toThrow('stopped');
    onBarrier(undefined);
    expect(await broken()).toEqual([]);
    await rotate();
    expect(await broken()).toEqual([]);
    await close('2026-03-29');
    expect(await broken()).toEqual([]);
    await rotate();
    await close('2026-03-30');
    expect(await broken()).toEqual([]);
    await book.asOwner(
      `UPDATE party_key SET sealed = set_byte(sealed, 9, get_byte(sealed, 9) # 1)
       WHERE party_no = 'P11'`,
    );
    expect(new Set(await broken())).toEqual(new Set([expect.stringMatching(/^party_key \d+$/)]));
    // A rotation does not make good what was changed: the share stays told, and so does the row.
    await expect(rotate()).rejects.toMatchObject({ code: 'not_authentic' });
    await close('2026-03-31');
    expect(new Set(await broken())).toEqual(new Set([expect.stringMatching(/^party_key \d+$/)]));
  });
});
