import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { requireText } from './file-kind.js';
import { requireRegularFile, unreadable } from './regular-file.js';

const CHUNK_BYTES = 1 << 18;

/** What is known of a file before it is parsed. */
export interface FileContent {
  readonly path: string;
  readonly bytes: number;
  /** Of its content, in hex. */
  readonly sha256: string;
  readonly endsWithNewline: boolean;
}

/**
 * Reads a file once. Throws LoanbookError `file_missing`, `file_unreadable`, `not_a_file`, and
 * `not_text` for a workbook or an archive, unless it may be one.
 */
export async function inspectFile(
  path: string,
  signal?: AbortSignal,
  { isText = true }: { readonly isText?: boolean } = {},
): Promise<FileContent> {
  const hash = createHash('sha256');
  let bytes = 0;
  let last = 0;
  for await (const chunk of fileChunks(path, signal)) {
    if (bytes === 0 && isText) requireText(path, chunk);
    hash.update(chunk);
    bytes += chunk.length;
    last = chunk.at(-1) ?? last;
  }
  return { path, bytes, sha256: hash.digest('hex'), endsWithNewline: last === 0x0a };
}

/** The bytes of a file, chunk by chunk; throws as `inspectFile` does. */
export async function* fileChunks(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  await requireRegularFile(path);
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      yield chunk as Buffer;
    }
  } catch (error) {
    const isSystemError = error instanceof Error && 'syscall' in error;
    throw isSystemError ? unreadable(path, error) : error;
  } finally {
    stream.destroy();
  }
}

/** The line that holds the last byte of a file, counted from 1. */
export async function lastLineOf(path: string): Promise<number> {
  let line = 1;
  for await (const chunk of fileChunks(path)) {
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) line += 1;
  }
  return line;
}
