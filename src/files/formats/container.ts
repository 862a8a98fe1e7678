import { open } from 'node:fs/promises';
import { requireRegularFile, unreadable } from '../regular-file.js';
import { Archive } from './archive.js';

/** What a file's bytes are packed in; `compound` is that of old Excel and of encryption. */
export type Container = 'plain' | 'gzip' | 'zip' | 'workbook' | 'compound';

const HEAD_BYTES = 8;
const GZIP = '1f8b';
/** A file in it first, or an archive without any. */
const ZIP = ['504b0304', '504b0506'];
const COMPOUND = 'd0cf11e0a1b11ae1';
/** Every workbook's archive has it, and nothing else that people send. */
const WORKBOOK_PART = '[content_types].xml';

/** What a file is packed in, told by its content alone. Throws as `fileChunks` and Archive do. */
export async function containerOf(path: string): Promise<Container> {
  const hex = (await headOf(path)).toString('hex');
  if (hex.startsWith(GZIP)) return 'gzip';
  if (hex.startsWith(COMPOUND)) return 'compound';
  if (!ZIP.some((bytes) => hex.startsWith(bytes))) return 'plain';
  const archive = await Archive.open(path);
  archive.close();
  const isWorkbook = archive.entries.some(({ name }) => name.toLowerCase() === WORKBOOK_PART);
  return isWorkbook ? 'workbook' : 'zip';
}

/** Whether bytes begin as a packed file does. */
export function looksPacked(head: Uint8Array): boolean {
  const hex = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('hex');
  return hex.startsWith(GZIP) || ZIP.some((bytes) => hex.startsWith(bytes));
}

async function headOf(path: string): Promise<Buffer> {
  await requireRegularFile(path);
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}
