import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { firstKeys, type ImportBook, importBook } from '../../support/import-book.js';

let book: ImportBook;
let run: RunLine;
let file: string;
let good: string;
beforeAll(async () => {
  book = await importBook();
  ({ file } = await firstKeys(book));
  run = commandLine(book.database.target, book.folder);
  const rows = book.file('p.csv', 'party,name,phone', 'C1,王小二,13800138000', 'C2,李四,');
  for (const line of [
    ['party', 'import', rows],
    ['keys', 'rotate', '--by', 'Root'],
  ]) {
    expect(await run(line)).toMatchObject({ exitCode: 0 });
  }
  good = readFileSync(file, 'utf8');
});
afterAll(() => book.remove());

/** The error of every command that reads customers, which is the same. */
async function refused(): Promise<Record<string, unknown>> {
  const [first, ...others] = await Promise.all(
    [
      ['party', 'show', 'C1'],
      ['party', 'list'],
      ['party', 'reveal', 'C1', '--reason', 'why', '--by', 'Ann'],
      ['party', 'import', join(book.folder, 'p.csv')],
      ['keys', 'rotate', '--by', 'Root'],
    ].map(async (words) => {
      const { exitCode, stderr } = await run(['--json', ...words]);
      return { exitCode, ...JSON.parse(stderr.trim().split('\n').at(-1)!).error };
    }),
  );
  for (const other of others) expect(other).toEqual(first);
  expect(JSON.stringify(first)).not.toMatch(/[0-9a-f]{64}/);
  return first as Record<string, unknown>;
}

function keysAre(text: string, mode = 0o600): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
}

describe('a file of keys', () => {
  it.each([0o644, 0o640, 0o604])('that others may open, %d, is refused', async (mode) => {
    keysAre(good, mode);
    expect(await refused()).toEqual({
      ...{ exitCode: 2, code: 'keys_open_to_others', message: 'Others can read the master keys.' },
      evidence: { file, mode: `0${mode.toString(8)}`, rule: 'mode 0600' },
      next: expect.stringContaining('chmod 600'),
    });
  });

  it.each([
    ['short', '$1'],
    ['long', '$1$2$2'],
  ])('whose key is too %s is refused by its line', async (_, key) => {
    keysAre(good.replace(/^(2 aes .*)(.)$/m, key));
    expect(await refused()).toMatchObject({
      ...{ exitCode: 2, code: 'invalid_keys' },
      // Two lines of comment, look-ups, version 1.
      evidence: { file, line: 5, rule: 'a key is 64 hexadecimal digits' },
      next: expect.stringContaining('docs/parties.md'),
    });
  });

  it('without a version of the book, or with another key of it, is refused', async () => {
    for (const version of ['1', '2']) {
      keysAre(good.replace(new RegExp(`^${version} aes .*\n`, 'm'), ''));
      expect(await refused()).toMatchObject({
        ...{ exitCode: 2, code: 'key_differs' },
        evidence: { keys: file, key: version, rule: 'every key of the book is at hand' },
        next: expect.stringContaining('LOANBOOK_KEYS'),
      });
    }
    keysAre(good.replace(/^2 aes .*$/m, `2 aes ${'7'.repeat(64)}`));
    expect(await refused()).toMatchObject({
      evidence: { key: '2', rule: 'the key of the book' },
    });
  });

  it('that is a link, or not there, is refused', async () => {
    rmSync(file);
    expect(await refused()).toMatchObject({ exitCode: 2, code: 'keys_missing' });
    symlinkSync(join(book.folder, 'elsewhere'), file);
    expect(await refused()).toMatchObject({ exitCode: 2, code: 'keys_unreadable' });
    keysAre(good);
    expect(await run(['party', 'show', 'C1'])).toMatchObject({ exitCode: 0 });
  });
});

describe('sealed bytes', () => {
  const RECORD = `(SELECT record FROM party WHERE party_no = 'C1')`;
  const KEY = `(SELECT sealed FROM party_key WHERE party_no = 'C1')`;
  // A key: 3 bytes of head, 12 of nonce, 32, 16 of tag; what cannot be shown of it is hidden.
  it.each([
    [
      'party_key',
      'sealed',
      'substr(sealed, 1, 62)',
      'sealed by this key for this row',
      '010002****, 62 bytes',
    ],
    [
      'party_key',
      'sealed',
      'substr(sealed, 1, 20)',
      'of aes at least 31 bytes',
      '010002****, 20 bytes',
    ],
    ['party_key', 'sealed', `''`, 'the first byte names a suite', '****, 0 bytes'],
    [
      'party_key',
      'sealed',
      'set_byte(sealed, 0, 7)',
      'the first byte names a suite',
      '070002****, 63 bytes',
    ],
    [
      'party_key',
      'sealed',
      'set_byte(sealed, 2, 9)',
      'under a master key of the book, not 9',
      '010009****, 63 bytes',
    ],
    [
      'party_key',
      'sealed',
      'set_byte(sealed, 30, get_byte(sealed, 30) # 1)',
      'sealed by this key for this row',
      '010002****, 63 bytes',
    ],
    ['party_key', 'sealed', KEY, 'sealed by this key for this row', '010002****, 63 bytes'],
    [
      'party',
      'record',
      RECORD,
      'sealed by this key for this row',
      expect.stringMatching(/^010001\*{4}, \d+ bytes$/),
    ],
  ])('of %s.%s that are %s are refused', async (table, column, value, rule, shown) => {
    const { rows } = await book.client.query<{ bytes: Buffer }>(
      `SELECT ${column} AS bytes FROM ${table} WHERE party_no = 'C2'`,
    );
    await book.asOwner(`UPDATE ${table} SET ${column} = ${value} WHERE party_no = 'C2'`);
    const { exitCode, stderr } = await run(['--json', 'party', 'show', 'C2']);
    await book.asOwner(`UPDATE ${table} SET ${column} = '\\x${rows[0]!.bytes.toString('hex')}'
      WHERE party_no = 'C2'`);
    expect({ exitCode, ...JSON.parse(stderr).error }).toEqual({
      ...{ exitCode: 3, code: 'not_authentic', message: expect.any(String) },
      evidence: { row: `${table}|C2`, rule, value: shown },
      next: expect.stringContaining('check chain'),
    });
    expect((await run(['party', 'show', 'C2'])).exitCode).toBe(0);
  });
});
