import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { LoanbookError } from '../../errors.js';
import { requireRegularFile, unreadable } from '../regular-file.js';
import type { ReadOptions } from './read-options.js';
import { refusedFile } from './refused-file.js';
import { requireUnpackable } from './unpack-guard.js';

/** One file in an archive. */
export interface ArchiveEntry {
  /** As it is written in the archive; backslashes, which some write, are slashes. */
  readonly name: string;
  readonly entry: Entry;
}

const ENTRIES_MAX = 10_000;
const ENCRYPTED = 1;
const NAME_IN_UTF8 = 1 << 11;
const STORED = 0;
const DEFLATED = 8;

/**
 * A ZIP archive, read from its directory at the end, an entry as a stream. Throws LoanbookError
 * `archive_malformed`, `archive_damaged` (its bytes are not those that were packed),
 * `archive_encrypted`, `archive_method`, `archive_too_large`, and those of a file.
 *
 * yauzl (MIT, kept, 120 kB, one dependency of 4 kB): it reads the directory, by which a workbook's
 * shared texts are found before its sheets; fflate reads an archive only from its beginning on.
 */
export class Archive {
  readonly path: string;
  readonly entries: readonly ArchiveEntry[];
  readonly #zip: ZipFile;

  private constructor(path: string, zip: ZipFile, entries: readonly ArchiveEntry[]) {
    this.path = path;
    this.#zip = zip;
    this.entries = entries;
  }

  static async open(path: string): Promise<Archive> {
    await requireRegularFile(path);
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false } as const;
    const zip = await openPromise(path, options).catch((error: unknown) => {
      throw malformed(path, error);
    });
    try {
      if (zip.entryCount > ENTRIES_MAX) {
        throw malformed(path, `at most ${ENTRIES_MAX} entries`);
      }
      const entries: ArchiveEntry[] = [];
      for await (const entry of zip.eachEntry()) entries.push({ name: nameOf(entry), entry });
      return new Archive(path, zip, entries);
    } catch (error) {
      zip.close();
      throw malformed(path, error);
    }
  }

  /** The bytes of one entry, proved by its checksum when the last one has come. */
  async *chunks(
    { name, entry }: ArchiveEntry,
    { signal, meter }: ReadOptions = {},
  ): AsyncGenerator<Buffer> {
    this.#requireReadable(name, entry);
    let stream: Readable | undefined;
    let bytes = 0;
    let check = 0;
    const before = meter?.bytes ?? 0;
    try {
      stream = await this.#zip.openReadStreamPromise(entry);
      for await (const piece of stream) {
        signal?.throwIfAborted();
        const chunk = piece as Buffer;
        check = crc32(chunk, check);
        bytes += chunk.length;
        requireUnpackable(this.path, bytes, entry.compressedSize);
        const share = Math.min(bytes / Math.max(entry.uncompressedSize, 1), 1);
        if (meter !== undefined) meter.bytes = before + Math.floor(entry.compressedSize * share);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof LoanbookError || signal?.aborted) throw error;
      throw damaged(this.path, name, error instanceof Error ? error.message : String(error));
    } finally {
      stream?.destroy();
    }
    if (check !== entry.crc32) throw damaged(this.path, name, 'its checksum (CRC-32)');
  }

  close(): void {
    this.#zip.close();
  }

  #requireReadable(name: string, entry: Entry): void {
    const file = this.path;
    if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) {
      const next = 'Unpack it with its password, and give the file in it.';
      throw refusedFile(
        'archive_encrypted',
        'The archive is encrypted.',
        { file, entry: name },
        next,
      );
    }
    if (![STORED, DEFLATED].includes(entry.compressionMethod)) {
      const evidence = { file, entry: name, value: entry.compressionMethod };
      const next = 'Pack it again the usual way (deflate), or unpack it.';
      throw refusedFile('archive_method', 'It is packed in a way that few read.', evidence, next);
    }
  }
}

/** Without the flag it is in the packer's own charset: GBK where people write Chinese. */
function nameOf(entry: Entry): string {
  const isUtf8 = (entry.generalPurposeBitFlag & NAME_IN_UTF8) !== 0;
  const bytes = entry.fileNameRaw;
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    name = new TextDecoder(isUtf8 ? 'utf-8' : 'gb18030').decode(bytes);
  }
  return name.replaceAll('\\', '/');
}

function malformed(file: string, error: unknown): unknown {
  if (error instanceof LoanbookError) return error;
  if (error instanceof Error && 'syscall' in error) return unreadable(file, error);
  const rule = error instanceof Error ? error.message : String(error);
  return refusedFile('archive_malformed', 'The archive cannot be read.', { file, rule });
}

function damaged(file: string, entry: string, rule: string): LoanbookError {
  const message = 'What is in the archive is not what was packed.';
  return refusedFile('archive_damaged', message, { file, entry, rule });
}
