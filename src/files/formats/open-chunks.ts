import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { LoanbookError } from '../../errors.js';
import { fileChunks } from '../file-content.js';
import { Archive, type ArchiveEntry } from './archive.js';
import { type Container, containerOf, looksPacked } from './container.js';
import type { ReadOptions } from './read-options.js';
import { refusedFile } from './refused-file.js';
import { requireUnpackable } from './unpack-guard.js';

const CHUNK_BYTES = 1 << 18;
/** Endings that promise a container. */
const ENDINGS: Readonly<Record<string, Container>> = { '.gz': 'gzip', '.zip': 'zip' };
/** What macOS packs beside each file. */
const BESIDE = /^__MACOSX\/|(?:^|\/)\.DS_Store$/;

/**
 * The bytes of a file, unpacked where its content is gzip (of one or more members) or a ZIP archive
 * of exactly one file; else as they are. A stream in constant memory, nothing goes to disk. Throws
 * LoanbookError `archive_files`, `archive_path`, `archive_in_archive`, `archive_truncated`,
 * `archive_malformed`, `not_packed` (a name that promises what the content is not), `not_text` for
 * a workbook, those of Archive and those of `fileChunks`.
 */
export async function* openChunks(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  const container = await containerOf(path);
  requirePromised(path, container);
  if (container === 'plain') {
    yield* metered(path, options);
    return;
  }
  if (container === 'workbook') throw notText(path, 'an Excel workbook (.xlsx)');
  if (container === 'compound') throw notText(path, 'an old or encrypted Excel workbook');
  const chunks = container === 'gzip' ? gunzipped(path, options) : onlyFile(path, options);
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst && looksPacked(chunk)) throw packedTwice(path);
    isFirst = false;
    yield chunk;
  }
}

async function* metered(path: string, { signal, meter }: ReadOptions): AsyncGenerator<Buffer> {
  for await (const chunk of fileChunks(path, signal)) {
    if (meter !== undefined) meter.bytes += chunk.length;
    yield chunk;
  }
}

async function* gunzipped(path: string, options: ReadOptions): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const packed = Readable.from(metered(path, options), { objectMode: false });
  packed.on('error', (error) => gunzip.destroy(error));
  packed.pipe(gunzip);
  let bytes = 0;
  try {
    for await (const piece of gunzip) {
      const chunk = piece as Buffer;
      bytes += chunk.length;
      requireUnpackable(path, bytes, gunzip.bytesWritten);
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error && 'code' in error)) throw error;
    const isCut = error.code === 'Z_BUF_ERROR';
    const code = isCut ? 'archive_truncated' : 'archive_malformed';
    const message = isCut ? 'The packed file is cut off.' : 'The packed file cannot be unpacked.';
    throw refusedFile(code, message, { file: path, rule: error.message, nearByte: bytes });
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

async function* onlyFile(path: string, options: ReadOptions): AsyncGenerator<Buffer> {
  const archive = await Archive.open(path);
  try {
    yield* archive.chunks(onlyEntry(archive), options);
  } finally {
    archive.close();
  }
}

function onlyEntry({ path: file, entries }: Archive): ArchiveEntry {
  const files = entries.filter(({ name }) => !name.endsWith('/') && !BESIDE.test(name));
  const placed = entries.find(({ name }) => !BESIDE.test(name) && isPath(name));
  if (placed !== undefined) {
    const evidence = { file, entry: placed.name, rule: 'a name without a path' };
    const next = 'Ask for it packed without folders, or unpack it and give the file in it.';
    throw refusedFile('archive_path', 'A name in the archive is a path.', evidence, next);
  }
  const [only] = files;
  if (files.length === 1 && only !== undefined) return only;
  const names = files.slice(0, 5).map(({ name }) => name);
  throw refusedFile(
    'archive_files',
    files.length === 0 ? 'The archive holds no file.' : 'The archive holds several files.',
    { file, rule: 'exactly one file', actual: files.length, names: names.join(', ') },
    'Unpack it and give the files one by one.',
  );
}

function isPath(name: string): boolean {
  return name.includes('/') || name === '..' || /^[A-Za-z]:/.test(name);
}

function requirePromised(path: string, container: Container): void {
  const ending = extname(path).toLowerCase();
  const promised = ENDINGS[ending];
  if (promised === undefined || promised === container || container === 'workbook') return;
  throw refusedFile(
    'not_packed',
    'The file is not what its name says.',
    { file: path, rule: `${ending} is ${promised}`, actual: container },
    'Name it as what it is, or fetch it again.',
  );
}

function packedTwice(path: string): LoanbookError {
  const evidence = { file: path, rule: 'one container, not another one inside' };
  const next = 'Unpack the outer one and give the file in it.';
  return refusedFile('archive_in_archive', 'A packed file is in the packed file.', evidence, next);
}

/** As `requireText` says of what a text reader cannot read. */
function notText(file: string, kind: string): LoanbookError {
  const next = 'Say `format: xlsx` of an .xlsx file, or save the sheet as CSV UTF-8.';
  return refusedFile('not_text', `The file is ${kind}, no text.`, { file, kind }, next);
}
