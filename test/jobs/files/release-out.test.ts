import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partName } from '../../../src/files/out-folder.js';
import { releaseOut } from '../../../src/jobs/files/release-out.js';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { type FilesBook, filesBook } from './files-book.js';

// printf a | sha256sum
const A = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

let book: FilesBook;
let run: RunLine;
beforeEach(async () => {
  book = await filesBook();
  run = commandLine(book.database.target, book.home);
});
afterEach(() => book?.remove());

const out = (name: string) => join(book.folders.outbox, name);
const read = (name: string) => readFileSync(out(name), 'utf8');
const control = { suffix: '.ok', text: '1\n' };

function release(name: string, text: string, more: object = {}) {
  writeFileSync(out(partName(name)), text);
  return releaseOut(book.client, book.folders.outbox, { name, by: '甲', ...more });
}

const visible = () => readdirSync(book.folders.outbox).filter((name) => !name.startsWith('.'));

describe('a file for others', () => {
  it('appears with its hash and its control file, and is never written again', async () => {
    const first = { outcome: 'released', sha256: A, corrects: null };
    expect(await release('a.csv', 'a', { control })).toMatchObject(first);
    expect(read('a.csv')).toBe('a');
    expect(read('a.csv.sha256')).toBe(`${A}  a.csv\n`);
    expect(read('a.csv.ok')).toBe('1\n');
    const { ino } = lstatSync(out('a.csv'));
    expect(await release('a.csv', 'a', { control })).toMatchObject({ outcome: 'unchanged' });
    expect(lstatSync(out('a.csv')).ino).toBe(ino);
    await expect(release('a.csv', 'b')).rejects.toMatchObject({
      code: 'file_released',
      exitCode: 2,
      next: 'A correction is a new version: name it a.v2.csv.',
    });
    expect(await release('a.v2.csv', 'b')).toMatchObject({ corrects: 'a.csv' });
    await expect(release('a.v4.csv', 'c')).rejects.toMatchObject({ code: 'out_version_gap' });
    expect(read('a.csv')).toBe('a');
    expect(visible()).toEqual(['a.csv', 'a.csv.ok', 'a.csv.sha256', 'a.v2.csv', 'a.v2.csv.sha256']);
    expect(existsSync(out(partName('a.csv')))).toBe(false);
  });

  it('is not written again though a partner fetched it', async () => {
    await release('a.csv', 'a');
    rmSync(out('a.csv'));
    expect(await release('a.csv', 'a')).toMatchObject({ outcome: 'unchanged' });
    await expect(release('a.csv', 'b')).rejects.toMatchObject({ code: 'file_released' });
    expect(existsSync(out('a.csv'))).toBe(false);
  });

  it('takes the place of nothing, and no link', async () => {
    for (const make of [
      () => writeFileSync(out('a.csv'), 'x'),
      () => symlinkSync(join(book.home, 'x'), out('a.csv')),
      () => mkdirSync(out('a.csv')),
    ]) {
      make();
      await expect(release('a.csv', 'a')).rejects.toMatchObject({ code: 'outbox_occupied' });
      rmSync(out('a.csv'), { recursive: true });
    }
    expect(await release('a.csv', 'a')).toMatchObject({ outcome: 'released' });
  });
});

describe('the files beside a file for others', () => {
  it('take the place of nothing either, and nothing takes theirs', async () => {
    for (const own of ['a.csv.sha256', 'a.csv.ok']) {
      writeFileSync(out(own), 'x');
      await expect(release('a.csv', 'a', { control })).rejects.toMatchObject({
        code: 'outbox_occupied',
        evidence: { file: out(own) },
      });
      expect(read(own)).toBe('x');
      rmSync(out(own));
    }
    expect(visible()).toEqual([]);
    await release('b.csv.ok', 'b');
    rmSync(out('b.csv.ok'));
    const taken = release('b.csv', 'x', { control });
    await expect(taken).rejects.toMatchObject({ code: 'outbox_occupied' });
    await release('a.csv', 'a', { control });
    rmSync(out('a.csv.ok'));
    await expect(release('a.csv.ok', 'x')).rejects.toMatchObject({ code: 'outbox_occupied' });
  });

  it('stay in the outbox, and have names that it can have', async () => {
    for (const suffix of ['/../../x', '/x', '.part', `.${'x'.repeat(240)}`, '.sha256']) {
      const sent = release('a.csv', 'a', { control: { ...control, suffix } });
      await expect(sent).rejects.toMatchObject({ code: 'bad_out_name', exitCode: 2 });
    }
    expect(readdirSync(book.home)).toEqual(['in', 'out', 'work']);
    expect(visible()).toEqual([]);
    expect((await book.client.query('SELECT FROM outbox_file')).rowCount).toBe(0);
  });
});

describe('a release that was killed', () => {
  const begin = (name: string) =>
    book.client.query(`SELECT begin_release($1, 1, $2, $3, '1', NULL, '甲')`, [
      name,
      A,
      `${name}.ok`,
    ]);

  it('before the file appeared, is begun anew by the same command', async () => {
    await begin('a.csv');
    expect(await release('a.csv', 'b')).toMatchObject({ outcome: 'released' });
    expect(read('a.csv')).toBe('b');
  });

  it('behind that, is ended by the same command, or by the next look', async () => {
    await begin('a.csv');
    await begin('b.csv');
    writeFileSync(out('a.csv'), 'a');
    writeFileSync(out('b.csv'), 'a');
    expect(await release('a.csv', 'a', { control })).toMatchObject({ outcome: 'released' });
    expect(await book.look(0)).toMatchObject({ finished: ['b.csv'] });
    expect(visible().sort()).toEqual(
      ['a', 'b'].flatMap((name) => ['', '.ok', '.sha256'].map((end) => `${name}.csv${end}`)),
    );
    await expect(release('b.csv', 'x')).rejects.toMatchObject({ code: 'file_released' });
  });
});

describe('what a command writes into the outbox', () => {
  const runs = async (line: string) => {
    const { exitCode, stderr } = await run(['--json', ...line.split(' ')]);
    return exitCode === 0 ? 0 : (JSON.parse(stderr) as { error: { code: string } }).error.code;
  };

  it('is released, and another time is the same or a new version', async () => {
    expect(await runs(`calendar show --out ${out('days.csv')}`)).toBe(0);
    expect(await runs(`calendar show --out ${out('days.csv')}`)).toBe(0);
    expect(await runs(`person list --out ${out('days.csv')}`)).toBe('file_released');
    expect(visible()).toEqual(['days.csv', 'days.csv.sha256']);
    const { stdout } = await run(['--json', 'files', 'list', '--sent']);
    expect(JSON.parse(stdout)).toMatchObject({ sent: [{ name: 'days.csv', state: 'released' }] });
    const verified = await run(['--json', 'files', 'verify']);
    expect(JSON.parse(verified.stdout)).toEqual({ taken: 0, sent: 1, fetched: 0, differences: [] });
    writeFileSync(out('days.csv'), 'x');
    expect((await run(['files', 'verify'])).exitCode).toBe(3);
  });

  it('lies in the outbox itself, under a name that it can have', async () => {
    mkdirSync(out('sub'));
    symlinkSync(book.folders.outbox, join(book.home, 'link'));
    expect(await runs(`calendar show --out ${out('sub/days.csv')}`)).toBe('bad_out_place');
    expect(await runs(`calendar show --out ${out('days.sha256.csv~')}`)).toBe('unknown_format');
    expect(await runs(`calendar show --format csv --out ${out('days~')}`)).toBe('bad_out_name');
    const long = out(`${'x'.repeat(240)}.csv`);
    expect(await runs(`calendar show --out ${long}`)).toBe('bad_out_name');
    expect(await runs(`calendar show --out ${out('for-13800138000.csv')}`)).toBe('bad_out_name');
    expect(await runs(`calendar show --out ${join(book.home, 'link/days.csv')}`)).toBe(0);
    expect(visible()).toContain('days.csv');
  });

  it('is nothing that does not come out of the book', async () => {
    const file = book.file('x.csv', 'a,b', '1,2');
    expect(await runs(`files inspect ${file} --out ${out('l.yaml')}`)).toBe('outbox_not_released');
    expect(visible()).toEqual([]);
  });
});
