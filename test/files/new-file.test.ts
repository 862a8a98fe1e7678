import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { appendPrivate, NewFile, writeWhole } from '../../src/files/new-file.js';
import { CsvRejectLines } from '../../src/files/rejects/csv-reject-lines.js';
import { RejectFile } from '../../src/files/rejects/reject-file.js';
import { packageRoot } from '../../src/package-root.js';

const root = mkdtempSync(join(tmpdir(), 'loanbook-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
});
const at = (name: string) => join(folder, name);

describe('a file that is made', () => {
  it('appears whole under its name, and nothing is left beside it', async () => {
    const big = 'x'.repeat(300_000);
    await writeWhole(at('a.txt'), ['a', Buffer.from('b'), big, 'c']);
    expect(readFileSync(at('a.txt'), 'utf8')).toBe(`ab${big}c`);
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('takes away what a killed process left on the way to it, and of live ones nothing', async () => {
    const module = join(packageRoot, 'dist/files/new-file.js');
    const killed = `const { NewFile } = await import(${JSON.stringify(module)});
      for (const name of process.argv.slice(1)) {
        const file = await NewFile.create(name);
        await file.write('half');
      }
      process.kill(process.pid, 'SIGKILL');`;
    const args = ['--input-type=module', '-e', killed, at('a.txt'), at('b.txt')];
    expect(spawnSync(process.execPath, args).signal).toBe('SIGKILL');
    const live = await NewFile.create(at('a.txt'));
    expect(readdirSync(folder)).toHaveLength(2);
    await writeWhole(at('a.txt'), ['other']);
    expect(readdirSync(folder)).toHaveLength(3);
    await live.publish();
    await writeWhole(at('b.txt'), ['b']);
    expect(readdirSync(folder)).toEqual(['a.txt', 'b.txt']);
  });

  it('stays as it was until the new one is whole, and keeps its mode', async () => {
    writeFileSync(at('a.txt'), 'old');
    chmodSync(at('a.txt'), 0o640);
    const file = await NewFile.create(at('a.txt'));
    await file.write('y'.repeat(1 << 19));
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('old');
    await file.publish();
    expect(statSync(at('a.txt')).size).toBe(1 << 19);
    expect(statSync(at('a.txt')).mode & 0o777).toBe(0o640);
    async function* failing() {
      yield 'half';
      throw new Error('gone');
    }
    await expect(writeWhole(at('b.txt'), failing())).rejects.toThrow('gone');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('follows no link that bears the name of a half-written file', async () => {
    writeFileSync(at('victim'), 'mine');
    for (const name of ['a.csv.part', '.a.csv.part']) symlinkSync(at('victim'), at(name));
    await writeWhole(at('a.csv'), ['data']);
    expect(readFileSync(at('victim'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['.a.csv.part', 'a.csv', 'a.csv.part', 'victim']);
  });

  it('takes the longest name that a file may have', async () => {
    const name = 'n'.repeat(255);
    await writeWhole(at(name), ['data']);
    expect(readdirSync(folder)).toEqual([name]);
  });

  const kinds: readonly [string, (path: string) => unknown, string][] = [
    ['a link to a file', (path) => symlinkSync(at('victim'), path), 'a symbolic link'],
    ['a link to nothing', (path) => symlinkSync(at('nothing'), path), 'a symbolic link'],
    ['a pipe', (path) => spawnSync('mkfifo', [path]), 'a pipe'],
    ['a folder', (path) => mkdirSync(path), 'a folder'],
  ];
  it.each(kinds)('is refused where %s stands', async (_, make, is) => {
    writeFileSync(at('victim'), 'mine');
    make(at('target'));
    const refusal = { code: 'file_not_regular', exitCode: 2, evidence: { file: at('target'), is } };
    await expect(writeWhole(at('target'), ['data'])).rejects.toMatchObject(refusal);
    expect(() => new RejectFile(at('target'), new CsvRejectLines(['a'], at('victim')))).toThrow(is);
    expect(readFileSync(at('victim'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['target', 'victim']);
  });

  it('is refused on a device and on the streams of a process, which say what to do', async () => {
    await expect(writeWhole('/dev/null', [''])).rejects.toMatchObject({
      evidence: { is: 'a device' },
    });
    await expect(writeWhole('/dev/stdout', [''])).rejects.toMatchObject({
      code: 'file_not_regular',
      next: expect.stringContaining('standard output'),
    });
    await expect(writeWhole(`${folder}/`, [''])).rejects.toMatchObject({
      code: 'file_not_regular',
    });
  });

  it('is refused by reason where its folder does not take it', async () => {
    const refusal = { code: 'file_not_writable', exitCode: 2, evidence: { reason: 'ENOENT' } };
    await expect(writeWhole(at('none/a.csv'), [''])).rejects.toMatchObject(refusal);
  });

  it('is refused where a link takes its place while it is written', async () => {
    writeFileSync(at('victim'), 'mine');
    const file = await NewFile.create(at('a.txt'));
    await file.write('data');
    symlinkSync(at('victim'), at('a.txt'));
    await expect(file.publish()).rejects.toMatchObject({ code: 'file_not_regular' });
    await file.discard();
    expect(readFileSync(at('victim'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['a.txt', 'victim']);
  });

  it('goes when the process ends before it is whole', () => {
    const module = JSON.stringify(join(process.cwd(), 'dist/files/new-file.js'));
    const script = `const { NewFile } = await import(${module});
      const file = await NewFile.create(${JSON.stringify(at('a.txt'))});
      await file.write('x'.repeat(1 << 19)); process.exit(130);`;
    spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('a log of errors is private, and no link leads it elsewhere', () => {
  appendPrivate(at('log'), 'one\n');
  appendPrivate(at('log'), 'two\n');
  expect(readFileSync(at('log'), 'utf8')).toBe('one\ntwo\n');
  expect(statSync(at('log')).mode & 0o777).toBe(0o600);
  symlinkSync(at('victim'), at('link'));
  expect(() => appendPrivate(at('link'), 'x')).toThrow('ELOOP');
  expect(existsSync(at('victim'))).toBe(false);
});

describe('a reject file', () => {
  /** Rejects the rows that begin on these lines of a source of these bytes. */
  async function rejects(source: Buffer, lines: readonly number[]): Promise<Buffer> {
    writeFileSync(at('in.csv'), source);
    const file = new RejectFile(at('out.csv'), new CsvRejectLines(['no', 'name'], at('in.csv')));
    for (const line of lines) {
      await file.add({ line, field: 'no', rule: 'r', value: '1' }, ['1', 'x'], line);
    }
    await file.close();
    return readFileSync(at('out.csv'));
  }

  it('has every byte of a row as it came, whatever the charset, and is for its owner alone', async () => {
    // 张 is D5C5 and 三 C8FD in GB 18030; U+3400 is 8139EE39, whose bytes hold digits.
    const name = Buffer.from('d5c5c8fd8139ee39', 'hex');
    const source = Buffer.concat([
      Buffer.from('no,name\r\n1,"a\nb ""c"""\r\n2,'),
      name,
      Buffer.from('\r\n 3 ,  spaced  \r\n4,=1+1'),
    ]);
    const head = (line: number) => Buffer.from(`${line},no,r,1,`);
    const expected = Buffer.concat([
      Buffer.from('line,field,rule,value,no,name\r\n'),
      ...[head(2), Buffer.from('1,"a\nb ""c"""\r\n')],
      ...[head(4), Buffer.from('2,'), name, Buffer.from('\r\n')],
      ...[head(5), Buffer.from(' 3 ,  spaced  \r\n')],
      // The last line came without its end. A reject file goes back into a machine: no apostrophe.
      ...[head(6), Buffer.from('4,=1+1\n')],
    ]);
    expect((await rejects(source, [2, 4, 5, 6])).equals(expected)).toBe(true);
    expect(statSync(at('out.csv')).mode & 0o777).toBe(0o600);
  });

  it('finds rows in any order, across the chunks of a long file', async () => {
    const rows = Array.from({ length: 60_000 }, (_, k) => `${k},name ${k}`);
    const source = Buffer.from(`no,name\n${rows.join('\n')}\n`);
    expect(source.length).toBeGreaterThan(2 * (1 << 18));
    const out = (await rejects(source, [59_999, 3, 30_000, 60_001])).toString().split('\n');
    expect(out.slice(1, 5)).toEqual([
      '59999,no,r,1,59997,name 59997',
      '3,no,r,1,1,name 1',
      '30000,no,r,1,29998,name 29998',
      '60001,no,r,1,59999,name 59999',
    ]);
  });

  it('begins with the byte order mark of its source', async () => {
    const out = await rejects(Buffer.from('\ufeffno,name\n1,x\n'), [2]);
    expect(out.toString()).toBe('\ufeffline,field,rule,value,no,name\n2,no,r,1,1,x\n');
  });

  it('has the value in the bytes of the row too', async () => {
    const name = Buffer.from('d5c5', 'hex');
    writeFileSync(at('in.csv'), Buffer.concat([Buffer.from('no,name\n1,'), name]));
    const file = new RejectFile(at('out.csv'), new CsvRejectLines(['no', 'name'], at('in.csv')));
    const value = name.toString();
    await file.add({ line: 2, field: 'name', rule: 'r', value }, ['1', value], 2);
    await file.close();
    const parts = [Buffer.from('line,field,rule,value,no,name\n2,name,r,'), name];
    const row = [Buffer.from(',1,'), name, Buffer.from('\n')];
    expect(readFileSync(at('out.csv')).equals(Buffer.concat([...parts, ...row]))).toBe(true);
  });
});
