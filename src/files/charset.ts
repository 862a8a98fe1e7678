import { isUtf8 } from 'node:buffer';
import { EXIT, LoanbookError } from '../errors.js';
import { openChunks } from './formats/open-chunks.js';

const HEAD_BYTES = 1 << 16;
const CHARSETS = ['utf-8', 'gb18030', 'big5'] as const;
/** Titles in ASCII are the same in all of them. */
const ASCII = /^[\0-\x7f]*$/;

/**
 * Throws LoanbookError `wrong_charset` where titles that `header` lacks are there in another
 * character set than the one that the file is read in.
 */
export async function requireCharset(
  file: string,
  header: string,
  titles: readonly string[],
  charset: string,
): Promise<void> {
  const missing = titles.filter((title) => !ASCII.test(title) && !header.includes(title));
  if (missing.length === 0) return;
  const head = await headOf(file);
  const others = CHARSETS.filter((name) => name !== charset);
  const found = others.find((name) => {
    const text = new TextDecoder(name).decode(head);
    return missing.every((title) => text.includes(title));
  });
  if (found === undefined) return;
  throw new LoanbookError('wrong_charset', `The titles are there, but in ${found}.`, {
    exitCode: EXIT.failed,
    evidence: { file, charset, foundCharset: found, titles: missing.join(', ') },
    next: `Save the file as ${charset}, or say of a channel \`file.charset\`. Nothing was taken.`,
  });
}

/**
 * Whether a text file is in UTF-8, GB18030 or UTF-16, by its byte order mark and the bytes of its
 * beginning: what is no UTF-8 is GB18030.
 */
export async function charsetOf(
  file: string,
): Promise<'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'> {
  const head = await headOf(file);
  const mark = head.subarray(0, 2).toString('hex');
  if (mark === 'fffe') return 'utf-16le';
  if (mark === 'feff') return 'utf-16be';
  // A character may be cut at the end of what is looked at.
  const whole = head.length < HEAD_BYTES ? head : head.subarray(0, head.lastIndexOf(0x0a) + 1);
  return isUtf8(whole) ? 'utf-8' : 'gb18030';
}

async function headOf(file: string): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const chunk of openChunks(file)) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= HEAD_BYTES) break;
  }
  return head.subarray(0, HEAD_BYTES);
}
