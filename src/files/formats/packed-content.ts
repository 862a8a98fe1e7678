import { type FileContent, inspectFile } from '../file-content.js';
import { containerOf } from './container.js';
import { openChunks } from './open-chunks.js';

const NEWLINE = 0x0a;

/** What is known of a file that may be packed; its bytes and digest are those of the packed one. */
export interface PackedContent extends FileContent {
  readonly isPacked: boolean;
}

/**
 * As `inspectFile`, but the line end is that of what is packed in a gzip or ZIP file. Throws as
 * `inspectFile` and `openChunks` do.
 */
export async function inspectPacked(
  path: string,
  signal?: AbortSignal,
  kinds: 'text' | 'any' = 'text',
): Promise<PackedContent> {
  const container = await containerOf(path);
  if (container !== 'gzip' && container !== 'zip') {
    return { ...(await inspectFile(path, signal, kinds)), isPacked: false };
  }
  const content = await inspectFile(path, signal, 'any');
  let last = 0;
  for await (const chunk of openChunks(path, { signal })) last = chunk.at(-1) ?? last;
  return { ...content, endsWithNewline: last === NEWLINE, isPacked: true };
}
