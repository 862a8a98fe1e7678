import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyText, parseKeys } from '../../../src/jobs/parties/key-text.js';
import { REVEALS_A_DAY } from '../../../src/jobs/parties/reveal-party.js';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

describe('the text of master keys', () => {
  const key = (digit: string) => digit.repeat(64);
  const text = `# made by hand\nlookup sm ${key('a')}\r\n\n2 aes ${key('C')} # later\n1 sm ${key('b')}\n`;

  it('is read in any order, and written so that it is read the same', () => {
    const keys = parseKeys(text, 'keys');
    expect(keys.sealing.map(({ version, suite }) => [version, suite])).toEqual([
      [1, 'sm'],
      [2, 'aes'],
    ]);
    expect(keys.sealing[1]?.key.toString('hex')).toBe(key('c'));
    expect(parseKeys(keyText(keys), 'keys')).toEqual(keys);
  });

  it.each([
    [`1 aes ${key('a')}\n`, 2, 'there is a key for lookup'],
    [`lookup aes ${key('a')}\n`, 2, 'there is a key of version 1'],
    [`lookup aes ${key('a')}\n1 des ${key('b')}`, 2, 'the suite is aes or sm'],
    [`lookup aes ${key('a')}\n1 aes ${key('b').slice(1)}`, 2, 'a key is 64 hexadecimal digits'],
    [`lookup aes ${key('a')}\n1 aes ${key('g')}`, 2, 'a key is 64 hexadecimal digits'],
    [`lookup aes ${key('a')}\n0 aes ${key('b')}`, 2, 'the name is lookup or a version, 1 to 65535'],
    [
      `lookup aes ${key('a')}\n65536 aes ${key('b')}`,
      2,
      'the name is lookup or a version, 1 to 65535',
    ],
    [`lookup aes ${key('a')}\n1 aes ${key('A')}`, 2, 'every key is another one'],
    [`lookup aes ${key('a')}\nlookup aes ${key('b')}`, 2, 'there is one key for look-ups'],
    [`lookup aes ${key('a')}\n1 aes ${key('b')}\n1 aes ${key('c')}`, 3, 'a version has one key'],
    [`lookup aes ${key('a')} x`, 1, 'a line is a name, a suite and a key'],
  ])('is refused by line and rule, without a key: %#', (wrong, line, rule) => {
    let error: unknown;
    try {
      parseKeys(wrong, 'keys');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'invalid_keys', evidence: { file: 'keys', line, rule } });
    expect(JSON.stringify(error)).not.toMatch(/[0-9a-g]{60}/i);
  });
});

describe('who sees what', () => {
  let book: ImportBook;
  let run: RunLine;
  beforeAll(async () => {
    book = await importBook();
    run = commandLine(book.database.target, book.folder);
    const file = book.file('p.csv', 'party,name,phone', 'C1,王小二,13800138000');
    for (const line of [
      ['keys', 'init', '--suite', 'sm', '--by', 'Root'],
      ['party', 'import', file],
    ]) {
      expect(await run(line)).toMatchObject({ exitCode: 0 });
    }
    const loans = ['L1,CASH,100.00,0.1,', 'L2,CASH,100.00,0.1,'].map((row) => `${row}${OPEN_DAY}`);
    const head = 'loan_no,product,principal,rate,disbursed_on,party';
    const path = book.file('loans.csv', head, `${loans[0]},C1`, `${loans[1]},`);
    expect(await run(['import', 'loans', path])).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => book.remove());

  const reveal = (...more: string[]) => run(['--json', 'party', 'reveal', 'C1', ...more]);

  it('shows masks of a loan and its customer, and the number where no key is at hand', async () => {
    const loan = JSON.parse((await run(['--json', 'loan', 'show', 'L1'])).stdout);
    expect(loan.party).toEqual({ party: 'C1', name: '王**' });
    expect(JSON.parse((await run(['--json', 'loan', 'show', 'L2'])).stdout).party).toBeNull();
    expect((await run(['loan', 'show', 'L1'])).stdout).toMatch(/^party +C1\nname +王\*\*$/m);
    const away = commandLine(book.database.target, join(book.folder, 'away'));
    expect(JSON.parse((await away(['--json', 'loan', 'show', 'L1'])).stdout).party).toEqual({
      party: 'C1',
      name: null,
    });
    const shown = await away(['--json', 'party', 'show', 'C1']);
    expect(shown.exitCode).toBe(2);
    expect(shown.stderr).toContain('keys_missing');
  });

  it('finds by a value that comes on standard input', async () => {
    const found = await run(['--json', 'party', 'list', '--find', 'phone'], '+86 138 0013 8000\n');
    expect(JSON.parse(found.stdout).parties).toMatchObject([{ party: 'C1', phone: '138******00' }]);
    const none = await run(['party', 'list', '--find', 'phone'], ' \n');
    expect(none).toMatchObject({ exitCode: 2 });
  });

  it('shows clear values to whoever says why, so often a day, and keeps it', async () => {
    const seen = await reveal('--reason', 'complaint 7', '--by', 'Ann');
    expect(JSON.parse(seen.stdout)).toEqual({
      party: 'C1',
      name: '王小二',
      phones: ['13800138000'],
      reveals: 1,
    });
    const audit = `SELECT person, subject, reason FROM audit WHERE action = 'party reveal'`;
    expect(await book.rows(audit)).toEqual([
      { person: 'Ann', subject: 'C1', reason: 'complaint 7' },
    ]);
    // What is refused shows nothing and is not kept.
    const personal = await reveal('--reason', 'asks for 13800138000', '--by', 'Ann');
    expect(personal.stderr).toContain('reason_is_personal');
    expect(personal.stderr).not.toContain('13800138000');
    expect((await reveal('--reason', ' ', '--by', 'Ann')).stderr).toContain('reason_missing');
    expect(await book.rows(audit)).toHaveLength(1);
    // Yesterday's by the calendar of the book do not count, nor those of others.
    await book.client.query(
      `SELECT write_audit('party reveal', 'C1', 'x', NULL, NULL, 'ANN') FROM generate_series(1, ${REVEALS_A_DAY - 2})`,
    );
    expect(JSON.parse((await reveal('--reason', 'y', '--by', 'Ann')).stdout)).toMatchObject({
      reveals: 50,
    });
    const above = await reveal('--reason', 'y', '--by', 'Ann');
    expect(above.exitCode).toBe(2);
    expect(above.stderr).toContain('too_many_reveals');
    expect(above.stdout).toBe('');
    expect((await reveal('--reason', 'y', '--by', 'Bob')).exitCode).toBe(0);
    await book.asOwner(`UPDATE audit SET at = at - interval '1 day' WHERE person = 'Ann'`);
    expect(JSON.parse((await reveal('--reason', 'y', '--by', 'Ann')).stdout)).toMatchObject({
      reveals: 49,
    });
  });

  it('lets only operator and risk look, and only an administrator make keys', async () => {
    for (const [name, role] of [
      ['Root', 'administrator'],
      ['Fin', 'finance'],
      ['Risk', 'risk'],
    ] as const) {
      const added = await run(['person', 'add', name, '--role', role, '--by', 'Root']);
      expect(added).toMatchObject({ exitCode: 0 });
    }
    const codes = async (name: string) => [
      (await reveal('--reason', 'z', '--by', name)).exitCode,
      (await run(['keys', 'init', '--by', name])).exitCode,
    ];
    expect(await codes('Fin')).toEqual([2, 2]);
    expect(await codes('Root')).toEqual([2, 0]);
    expect(await codes('Risk')).toEqual([0, 2]);
  });

  it('takes keys from a command', async () => {
    const line = `cat ${join(book.folder, 'keys')}`;
    const elsewhere = { LOANBOOK_KEYS_COMMAND: line };
    const { keySourceOf } = await import('../../../src/commands/shell/key-source-of.js');
    expect(keySourceOf({ env: elsewhere, bookFolder: '/b' })).toEqual({ command: line });
    expect(keySourceOf({ env: { LOANBOOK_KEYS: '/k' }, bookFolder: '/b' })).toEqual({ file: '/k' });
    expect(keySourceOf({ env: {}, bookFolder: '/b' })).toEqual({ file: '/b/keys' });
  });
});
