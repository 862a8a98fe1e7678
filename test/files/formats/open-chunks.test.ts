import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { containerOf } from '../../../src/files/formats/container.js';
import { openChunks } from '../../../src/files/formats/open-chunks.js';
import { madeFiles, refusal, workbook } from './made-files.js';

const { put } = madeFiles();
const CSV = 'a,b\n1,2\n';

async function textOf(path: string, meter?: { bytes: number }): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of openChunks(path, { meter })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A ZIP whose entry has some bytes changed: at an offset of its central and local header. */
function changed(zip: Uint8Array, signature: string, offset: number, value: number): Uint8Array {
  const bytes = Buffer.from(zip);
  const at = bytes.indexOf(Buffer.from(signature, 'hex'));
  bytes[at + offset] = value;
  return bytes;
}
const LOCAL = '504b0304';
const CENTRAL = '504b0102';

describe('a packed file', () => {
  it('is unpacked by its content, whatever its name', async () => {
    expect(await textOf(put('plain.csv', CSV))).toBe(CSV);
    expect(await textOf(put('a.csv.gz', gzipSync(CSV)))).toBe(CSV);
    expect(await textOf(put('gzip-named.csv', gzipSync(CSV)))).toBe(CSV);
    expect(await textOf(put('a.zip', zipSync({ 'a.csv': strToU8(CSV) })))).toBe(CSV);
    const stored = zipSync({ 'a.csv': [strToU8(CSV), { level: 0 }] });
    expect(await textOf(put('stored.zip', stored))).toBe(CSV);
  });

  it('may have several gzip members, each of which counts', async () => {
    const members = Buffer.concat([gzipSync('a,b\n'), gzipSync('1,2\n'), gzipSync('3,4\n')]);
    expect(await textOf(put('members.gz', members))).toBe('a,b\n1,2\n3,4\n');
  });

  it('tells how many bytes of it were read', async () => {
    const packed = gzipSync(CSV.repeat(100_000));
    const meter = { bytes: 0 };
    expect(await textOf(put('meter.gz', packed), meter)).toHaveLength(CSV.length * 100_000);
    expect(meter.bytes).toBe(packed.length);
    const zipped = { bytes: 0 };
    const zip = zipSync({ a: strToU8(CSV.repeat(1_000)) });
    await textOf(put('meter.zip', zip), zipped);
    expect(zipped.bytes).toBeGreaterThan(0);
    expect(zipped.bytes).toBeLessThanOrEqual(zip.length);
  });

  it('is told apart by its content', async () => {
    expect(await containerOf(put('t.txt', CSV))).toBe('plain');
    expect(await containerOf(put('w.bin', workbook({ sheets: { s: '' } })))).toBe('workbook');
    expect(await containerOf(put('empty', ''))).toBe('plain');
    const compound = Buffer.from('d0cf11e0a1b11ae1'.padEnd(1024, '0'), 'hex');
    expect(await containerOf(put('old.xls', compound))).toBe('compound');
  });
});

describe('a packed file is refused', () => {
  const two = zipSync({ 'a.csv': strToU8(CSV), 'b.csv': strToU8(CSV) });
  const one = zipSync({ 'a.csv': strToU8(CSV) });
  const gzip = gzipSync(CSV.repeat(1_000));
  const zeros = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const bomb = zipSync({ 'a.csv': new Uint8Array(64 * 2 ** 20) });

  it.each([
    ['with two files', 'two.zip', two, 'archive_files', { actual: 2, names: 'a.csv, b.csv' }],
    ['without a file', 'none.zip', zipSync({}), 'archive_files', { actual: 0 }],
    [
      'with a path',
      'p.zip',
      zipSync({ 'd/a.csv': strToU8(CSV) }),
      'archive_path',
      { entry: 'd/a.csv' },
    ],
    ['with a way out', 'up.zip', zipSync({ '../a.csv': strToU8(CSV) }), 'archive_path', {}],
    ['from the root', 'root.zip', zipSync({ '/etc/a': strToU8(CSV) }), 'archive_path', {}],
    ['by backslashes', 'back.zip', zipSync({ '..\\a': strToU8(CSV) }), 'archive_path', {}],
    [
      'encrypted',
      'enc.zip',
      changed(changed(one, LOCAL, 6, 1), CENTRAL, 8, 1),
      'archive_encrypted',
      {},
    ],
    [
      'by an odd method',
      'lzma.zip',
      changed(one, CENTRAL, 10, 14),
      'archive_method',
      { value: 14 },
    ],
    ['with another checksum', 'crc.zip', changed(one, CENTRAL, 16, 7), 'archive_damaged', {}],
    ['cut off', 'cut.zip', one.subarray(0, 40), 'archive_malformed', {}],
    ['cut off', 'cut.gz', gzip.subarray(0, gzip.length - 12), 'archive_truncated', {}],
    ['damaged', 'bad.gz', changed(gzip, '1f8b', 20, 0xff), 'archive_malformed', {}],
    ['in one', 'twice.gz', gzipSync(gzip), 'archive_in_archive', {}],
    ['in one', 'gz.zip', zipSync({ 'a.gz': gzip }), 'archive_in_archive', {}],
    ['that bursts', 'bomb.gz', zeros, 'archive_too_large', { rule: 'at most 250 to 1' }],
    ['that bursts', 'bomb.zip', bomb, 'archive_too_large', {}],
    ['named so, but none', 'text.gz', CSV, 'not_packed', { actual: 'plain' }],
    ['named otherwise', 'gz-named.zip', gzip, 'not_packed', { actual: 'gzip' }],
    ['that is a workbook', 'w.xlsx', workbook({ sheets: { s: '' } }), 'not_text', {}],
  ])('%s: %s', async (_what, name, content, code, evidence) => {
    const path = put(`refused-${name}`, content);
    const expected = { code, file: path, hasNext: true, ...evidence };
    expect(await refusal(openChunks(path))).toMatchObject(expected);
  });

  // BEHAVIOUR, "Node zlib gunzip": what follows the last member is no part of the file.
  it('with text behind the end', async () => {
    const path = put('behind.gz', Buffer.concat([gzip, Buffer.from('text behind')]));
    expect(await refusal(openChunks(path))).toMatchObject({ code: 'archive_malformed' });
  });
});
