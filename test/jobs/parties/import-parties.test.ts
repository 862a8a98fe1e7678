import { chmodSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/db/connect.js';
import type { LoanbookError } from '../../../src/errors.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { initKeys, listKeys } from '../../../src/jobs/parties/book-keys.js';
import { importParties } from '../../../src/jobs/parties/import-parties.js';
import { listParties, partyOfLoan, showParty } from '../../../src/jobs/parties/party-view.js';
import { onBarrier } from '../../../src/jobs/runs/barrier.js';
import { firstKeys, type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const HEAD = 'party,name,id_number,birth,phone,account,email,address,device';
/** Made up: region and birthday of the worked cases, check characters by hand (GB 11643). */
const WANG =
  'C1,王小二,11010519491231002X,1949-12-31,13800138000;13900139000,6222000011112222333,,,';
const ANN = 'C2,Ann B Example,,,,12345678,user@example.com,北京市朝阳区某某路1号,abc';
/** What must be nowhere but in the file itself. */
const CLEAR = [
  '王小二',
  '11010519491231002',
  '13800138000',
  '6222000011112222333',
  '某某路',
  'user@',
];

let book: ImportBook;
let keys: { file: string };
beforeAll(async () => {
  book = await importBook();
  keys = await firstKeys(book);
});
afterEach(async () => {
  await book.reset();
  await book.asOwner('DELETE FROM party; DELETE FROM party_key; DELETE FROM party_import');
});
afterAll(() => book.remove());

const take = (file: string, more: object = {}) =>
  importParties(book.client, { file, keys, ...more });
const parties = (...rows: string[]) => book.file('parties.csv', HEAD, ...rows);
const list = (filter: object = {}) => listParties(book.client, keys, { limit: 20, ...filter });

describe('party import', () => {
  it('adds, changes and leaves alone, by what the records say', async () => {
    expect(await take(parties(WANG, ANN))).toMatchObject({
      ...{ rowsRead: 2, added: 2, changed: 0, unchanged: 0, rejected: 0 },
      ...{ importId: 1, outcome: 'imported', rejectFile: null },
    });
    // The same by other ways to write it, in another order, is nothing new.
    const same =
      'C1, 王小二 ,１１０１０５１９４９１２３１００２ｘ,1949-12-31,+86 138-0013-8000;0086 13900139000,6222 0000 1111 2222 333,,,';
    expect(await take(parties(ANN, same))).toMatchObject({
      ...{ added: 0, changed: 0, unchanged: 2, importId: null, outcome: 'unchanged' },
    });
    expect(
      await take(parties(WANG.replace('13900139000', '13700137000'), 'C3,李四,,,,,,,')),
    ).toMatchObject({
      ...{ added: 1, changed: 1, unchanged: 0, importId: 2 },
    });
    expect(await book.rows('SELECT party_no, version FROM party ORDER BY 1, 2')).toEqual([
      { party_no: 'C1', version: 1 },
      { party_no: 'C1', version: 2 },
      { party_no: 'C2', version: 1 },
      { party_no: 'C3', version: 1 },
    ]);
    expect(await listKeys(book.client)).toMatchObject([
      { key: 'lookup', suite: 'aes', use: 'look-ups', parties: 0, madeBy: 'Root' },
      { key: '1', suite: 'aes', use: 'seals what is new', parties: 3 },
    ]);
  });

  it('shows masks of the last version alone', async () => {
    await take(parties(WANG, ANN));
    await take(parties(WANG.replace('王小二', '王大二')));
    expect(await showParty(book.client, 'C1', keys)).toEqual({
      ...{ party: 'C1', name: '王**', idType: 'resident', idNumber: '1****************X' },
      ...{ birth: '1949-**-**', phone: '138******00', account: '622200*********2333' },
      ...{ email: null, address: null, version: 2, enteredOn: OPEN_DAY },
    });
    expect(await showParty(book.client, 'C2', keys)).toMatchObject({
      ...{ name: 'A** * E******', idType: null, idNumber: null, phone: null },
      ...{ account: '****5678', email: 'u***@example.com', address: '北京市朝阳区****' },
    });
    await expect(showParty(book.client, 'C9', keys)).rejects.toMatchObject({
      code: 'unknown_party',
      exitCode: 1,
    });
  });

  it('finds who has a value today, in any way to write it', async () => {
    await take(parties(WANG, ANN, 'C3,王 小二,,,,,,,'));
    const having = async (field: string, value: string) =>
      (await list({ having: { field, value } })).map(({ party }) => party);
    expect(await having('phone', '0086 139-0013 9000')).toEqual(['C1']);
    expect(await having('id_number', '11010519491231002x')).toEqual(['C1']);
    expect(await having('account', '1234 5678')).toEqual(['C2']);
    expect(await having('name', 'ann  b example')).toEqual(['C2']);
    // A phone is not found as an account, nor a number that nobody has.
    expect(await having('account', '13800138000')).toEqual([]);
    await take(parties(WANG.replace('13800138000', '13700137000')));
    expect(await having('phone', '13800138000')).toEqual([]);
    expect(await having('phone', '13700137000')).toEqual(['C1']);
    expect((await list({ after: 'C1', limit: 1 })).map(({ party }) => party)).toEqual(['C2']);
  });

  it('leaves no clear value in any table of the database', async () => {
    await take(parties(WANG, ANN));
    const tables = await book.rows(
      `SELECT c.relname AS name FROM pg_class c
       WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind IN ('r', 'p')`,
    );
    for (const { name } of tables) {
      const rows = await book.rows(`SELECT t::text AS text FROM ${String(name)} AS t`);
      const text = rows.map((row) => String(row.text)).join('\n');
      for (const value of CLEAR) {
        expect(text, `${String(name)} holds ${value}`).not.toContain(value);
        const hex = Buffer.from(value).toString('hex');
        expect(text, `${String(name)} holds ${value}`).not.toContain(hex);
      }
    }
  });

  it('rejects what is wrong at its line, shown masked and kept as it came', async () => {
    const bad = [
      'C1,王小二,110105194912310021,,,,,,',
      'C2,王小二,110105491231002,,,,,,',
      'C3,王小二,11010519491331002X,,,,,,',
      'C4,王小二,11010519491231002X,1950-01-01,,,,,',
      'C5,王小二,,,123,,,,',
      '13800138000,王小二,,,,,,,',
      'C7,,,,,,,,',
      'C8,王小二,,,,,nobody,,',
      'C9,王小二,,,,1,,',
      'C10,王小二,110105194913310021,,,,,,',
    ];
    const file = parties(ANN, ...bad, ANN);
    const outcome = await take(file, { maxRejects: 20 });
    expect(outcome).toMatchObject({
      rowsRead: 12,
      added: 1,
      rejected: 11,
      rejectFile: `${file}.rejects.csv`,
    });
    expect(outcome.rejects.map(({ message: _, ...shown }) => shown)).toEqual([
      // By hand, the weights of 11010519491231002 give 2, so X: 1 is wrong.
      { line: 3, field: 'id_number', rule: 'id_number_check', value: '1****************1' },
      { line: 4, field: 'id_number', rule: 'id_number_15_digits', value: '1*************2' },
      { line: 5, field: 'id_number', rule: 'id_number_check', value: '1****************X' },
      { line: 6, field: 'birth', rule: 'birth_not_of_id_number', value: '1950-**-**' },
      { line: 7, field: 'phone', rule: 'malformed_phone', value: '***' },
      { line: 8, field: 'party', rule: 'party_is_personal', value: '138******00' },
      { line: 9, field: 'name', rule: 'missing_field', value: '' },
      { line: 10, field: 'email', rule: 'malformed_email', value: '****' },
      { line: 11, field: '', rule: 'column_count', value: '8 instead of 9' },
      // The weights of 11010519491331002 give 176, which is 0 modulo 11: 1 is right, month 13 not.
      { line: 12, field: 'id_number', rule: 'id_number_date', value: '1****************1' },
      { line: 13, field: 'party', rule: 'party_repeated', value: 'C2' },
    ]);
    expect(outcome.rejects[1]?.message).toBe(
      'The identity number has 15 digits, of before 1999; such numbers are no longer valid.',
    );
    expect(outcome.rejectedByRule).toMatchObject({ id_number_check: 2, party_repeated: 1 });
    expect(statSync(`${file}.rejects.csv`).mode & 0o777).toBe(0o600);
    expect(book.read(`${file}.rejects.csv`)[1]).toBe(
      `3,id_number,id_number_check,110105194912310021,${bad[0]}`,
    );
    const above = take(parties(...bad), { maxRejects: 8 });
    const error = await above.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'too_many_rejects', exitCode: 4 });
    expect((error as LoanbookError).rows[0]).toEqual({
      ...{ line: 2, field: 'id_number', rule: 'id_number_check', value: '1****************1' },
      message: 'The last character of the identity number is not its check character (GB 11643).',
    });
    expect(JSON.stringify(error)).not.toContain('110105194912310021');
  });

  it('tries without a trace, and takes nothing of a file that is cut off', async () => {
    expect(await take(parties(WANG), { dryRun: true })).toMatchObject({ added: 1, importId: null });
    await expect(take(book.raw('cut.csv', `${HEAD}\n${WANG}`))).rejects.toMatchObject({
      code: 'file_truncated',
    });
    expect(await book.rows('SELECT FROM party')).toEqual([]);
    expect(await take(parties(WANG), { says: { rows: 1 } })).toMatchObject({ added: 1 });
  });

  it.each(['import.stage', 'import.store', 'import.end'])(
    'is untouched where its session dies at %s, and whole at the next run',
    async (place) => {
      const file = parties(WANG, ANN);
      const dying = await connect(book.database.target);
      dying.on('error', () => undefined);
      const { rows } = await dying.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      onBarrier(async (at) => {
        if (at === place) await book.asOwner(`SELECT pg_terminate_backend(${rows[0]!.pid})`);
      });
      try {
        await expect(importParties(dying, { file, keys })).rejects.toThrow();
      } finally {
        onBarrier(undefined);
        await dying.end().catch(() => undefined);
      }
      for (const table of ['party', 'party_key', 'party_import']) {
        expect(await book.rows(`SELECT FROM ${table}`), table).toEqual([]);
      }
      expect(await take(file)).toMatchObject({ added: 2, importId: 1 });
    },
  );

  it('goes on over batches: a second row of a party far below its first is told', async () => {
    const rows = Array.from({ length: 9_000 }, (_, k) => `P${k},名${k},,,1380000${10000 + k},,,,`);
    const file = parties(...rows, rows[3]!, rows[8_999]!);
    expect(await take(file, { maxRejects: 2 })).toMatchObject({ added: 9_000, rejected: 2 });
    expect(await list({ having: { field: 'phone', value: '138000015432' } })).toMatchObject([
      { party: 'P5432' },
    ]);
    expect(await take(file, { maxRejects: 2 })).toMatchObject({ unchanged: 9_000, rejected: 2 });
  });
});

describe('the keys of a book', () => {
  it('are taken from a file that nobody else reads, and are those of the book', async () => {
    expect(statSync(keys.file).mode & 0o777).toBe(0o600);
    const again = await initKeys(book.client, { source: keys, suite: 'sm', by: 'Root' });
    expect(again).toMatchObject({ outcome: 'unchanged', suite: 'aes', version: 1 });
    const open = book.raw('open-keys', 'lookup aes 00');
    chmodSync(open, 0o640);
    const tried = (source: object) =>
      importParties(book.client, { file: parties(WANG), keys: source as never });
    await expect(tried({ file: open })).rejects.toMatchObject({
      code: 'keys_open_to_others',
      exitCode: 2,
      evidence: { mode: '0640' },
    });
    await expect(tried({ file: join(book.folder, 'none') })).rejects.toMatchObject({
      code: 'keys_missing',
    });
    const other = join(book.folder, 'other-keys');
    book.raw('other-keys', `lookup aes ${'11'.repeat(32)}\n1 aes ${'22'.repeat(32)}\n`);
    chmodSync(other, 0o600);
    await expect(tried({ file: other })).rejects.toMatchObject({
      code: 'key_differs',
      evidence: { key: 'lookup' },
    });
    await expect(tried({ command: `cat ${other}` })).rejects.toMatchObject({ code: 'key_differs' });
    await expect(tried({ command: 'false' })).rejects.toMatchObject({ code: 'key_command_failed' });
    expect(
      await importParties(book.client, {
        file: parties(WANG),
        keys: { command: `cat ${keys.file}` },
      }),
    ).toMatchObject({ added: 1 });
  });

  it('are needed to see anything, and what was moved to another row does not open', async () => {
    await take(parties(WANG, ANN));
    await book.asOwner(
      `UPDATE party p SET record = o.record FROM party o WHERE p.party_no = 'C2' AND o.party_no = 'C1'`,
    );
    await expect(showParty(book.client, 'C2', keys)).rejects.toMatchObject({
      code: 'not_authentic',
      exitCode: 3,
      evidence: { row: 'party|C2' },
    });
    await book.asOwner(
      `UPDATE party_key p SET sealed = o.sealed FROM party_key o WHERE p.party_no = 'C2' AND o.party_no = 'C1'`,
    );
    await expect(showParty(book.client, 'C2', keys)).rejects.toMatchObject({
      evidence: { row: 'party_key|C2' },
    });
  });
});

describe('loans that name their party', () => {
  const loans = (...rows: string[]) =>
    book.file('loans.csv', 'loan_no,product,principal,rate,disbursed_on,party', ...rows);

  it('go in with it, and without one that the book has not', async () => {
    await take(parties(WANG));
    const file = loans(
      `L1,CASH,100.00,0.1,${OPEN_DAY},C1`,
      `L2,CASH,100.00,0.1,${OPEN_DAY},C7`,
      `L3,CASH,100.00,0.1,${OPEN_DAY},`,
    );
    const outcome = await importLoans(book.client, { file, maxRejects: 1 });
    expect(outcome).toMatchObject({ rowsTaken: 2, rowsRejected: 1 });
    expect(book.read(`${file}.rejects.csv`)[1]).toMatch(/^3,party,unknown_party,C7,/);
    const [loan] = await book.rows(
      `SELECT bucket, loan_id AS "loanId" FROM loan WHERE loan_no = 'L1'`,
    );
    const place = loan as { bucket: number; loanId: number };
    expect(await partyOfLoan(book.client, place, keys)).toEqual({ party: 'C1', name: '王**' });
    // Where the keys are not at hand the number stays.
    const nowhere = { file: join(book.folder, 'none') };
    expect(await partyOfLoan(book.client, place, nowhere)).toEqual({ party: 'C1', name: null });
    expect(await book.rows('SELECT FROM loan_party')).toHaveLength(1);
    const asBatch = await connect(book.database.target);
    await asBatch.query(`SELECT cancel_import(1, 'a try')`);
    await asBatch.end();
    expect(await book.rows('SELECT FROM loan_party')).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });
});
