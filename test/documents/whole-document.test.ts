import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readJsonLine } from '../../src/documents/json-line.js';
import { readDocumentText } from '../../src/documents/read-text.js';
import { encodeGb18030 } from '../../src/files/gb18030.js';
import { readTextFile } from '../../src/files/text-file.js';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-document-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('a document', () => {
  it.each<[string, string | Buffer, string, Record<string, unknown>]>([
    ['in GBK', encodeGb18030('code: A\nname: 试验\n'), 'not_utf8', { line: 2, byte: 15 }],
    ['of one bad byte', Buffer.from([0x61, 0x0a, 0xff]), 'not_utf8', { line: 2, byte: 3 }],
    ['with NUL', 'code: A\nname: B\0\n', 'nul_character', { line: 2, byte: 16 }],
    ['of 1 MB and a byte', '#'.repeat(1_048_577), 'document_too_large', {}],
    ['that is a workbook', Buffer.from('PK\x03\x04xl/', 'latin1'), 'not_text', {}],
  ])('%s is refused', async (_what, content, code, evidence) => {
    const refused = readTextFile(put('bad.yaml', content));
    await expect(refused).rejects.toMatchObject({ code, evidence });
  });

  it.each([
    ['a tag that nobody knows', 'code: !!other/type a\n', 'Unresolved tag'],
    ['two documents', 'code: A\n---\ncode: B\n', 'it holds several documents'],
    ['too many levels', `code: ${'['.repeat(50_000)}`, 'it is nested too deeply'],
    ['an alias of itself', 'code: &a [*a]\n', 'code.0: must not hold itself'],
  ])('with %s is refused in words of its own', (_what, text, words) => {
    expect(() => readDocumentText(text, 'bad')).toThrow(words);
  });

  it('that is a FIFO, a device or a directory is refused', async () => {
    const fifo = join(folder, 'fifo.yaml');
    execFileSync('mkfifo', [fifo]);
    for (const path of [fifo, '/dev/zero', folder]) {
      await expect(readTextFile(path)).rejects.toMatchObject({ code: 'not_a_file', exitCode: 2 });
    }
  });

  it('comes with or without a byte order mark, and may hold U+FFFD', async () => {
    expect(await readTextFile(put('bom.yaml', '\ufeffname: \ufffd试\n'))).toBe('name: \ufffd试\n');
  });

  it('is held to a digest beside it', async () => {
    const text = 'code: A\n';
    const path = put('digest.yaml', text);
    const digest = createHash('sha256').update(text).digest('hex');
    put('digest.yaml.sha256', `${digest}  digest.yaml\n`);
    expect(await readTextFile(path)).toBe(text);
    put('digest.yaml', 'code: ');
    await expect(readTextFile(path)).rejects.toMatchObject({
      code: 'digest_differs',
      evidence: { expected: digest },
    });
  });

  it('may end with end: true, as its last key', () => {
    expect(readDocumentText('code: A\nend: true\n', 'd')).toEqual({ code: 'A' });
    expect(readJsonLine('{"code": "A", "end": true}', 'd')).toEqual({ code: 'A' });
    for (const text of ['code: A\nend: tru\n', 'end: true\ncode: A\n']) {
      expect(() => readDocumentText(text, 'd')).toThrow(/end: must be/);
    }
  });

  it('holds no NUL character that is escaped either', () => {
    expect(() => readDocumentText('{"a": {"b": "x\\u0000"}}', 'd')).toThrow(
      /a\.b: must hold no NUL/,
    );
    expect(() => readJsonLine('{"a": ["\\ud800"]}', 'd')).toThrow(/a\.0: must hold/);
  });
});

describe('a JSON line', () => {
  it.each([
    ['{"a": 1, "a": 2}', 'a'],
    ['{"loan": {"principal": "1", "rate": "2", "principal": "3"}}', 'principal'],
    ['{"a": [{"b": 1}, {"c": 1, "d": {}, "c": 2}]}', 'c'],
    ['{"a": 1, "\\u0061": 2}', 'a'],
    ['{"a\\"": 1, "x": ":", "a\\"": 2}', 'a\\"'],
  ])('with a key twice is refused: %s', (text, key) => {
    expect(() => readJsonLine(text, 'l:1')).toThrow(`the key "${key}" twice`);
  });

  it('may have a key again in another object', () => {
    const text = '{"a": {"k": "a: {"}, "b": [{"k": 1}, {"k": 2}], "k": "k"}';
    expect(readJsonLine(text, 'l:1')).toEqual(JSON.parse(text));
  });
});
