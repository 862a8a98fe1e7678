import { markOf } from '../formats/decoded-text.js';
import { openChunks } from '../formats/open-chunks.js';
import { refusedFile } from '../formats/refused-file.js';

const HEAD_BYTES = 1 << 20;
const TAIL_BYTES = 1 << 16;
const NEWLINE = 0x0a;
/** UTF-16 of Western text has a zero in every second byte. */
const ZEROS_OF_UTF_16 = 0.2;

/** The first and the last lines of a text file, unpacked. */
export interface TextSample {
  readonly charset: string;
  readonly lineEnd: 'lf' | 'crlf';
  /** Whole lines from the first one on. */
  readonly head: string;
  /** Whole lines up to the last one; empty where the head has them all. */
  readonly tail: string;
  /** The line that the tail begins with. */
  readonly tailLine: number;
  readonly isTerminated: boolean;
  readonly bytes: number;
}

/**
 * Reads a file once and keeps its first MiB and its last 64 KiB. Throws LoanbookError `file_empty`,
 * `unknown_charset`, and those of `openChunks`.
 */
export async function textSample(path: string, signal?: AbortSignal): Promise<TextSample> {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let tail = Buffer.alloc(0);
  let bytes = 0;
  let newlines = 0;
  for await (const chunk of openChunks(path, { signal })) {
    if (keptBytes < HEAD_BYTES) {
      const piece = chunk.subarray(0, HEAD_BYTES - keptBytes);
      kept.push(Buffer.from(piece));
      keptBytes += piece.length;
    }
    tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    bytes += chunk.length;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
      newlines += 1;
    }
  }
  if (bytes === 0) throw refusedFile('file_empty', 'The file is empty.', { file: path });
  const head = Buffer.concat(kept);
  const isWhole = bytes <= HEAD_BYTES;
  const charset = charsetOf(path, head, tail, isWhole);
  const decoder = new TextDecoder(charset);
  const headText = decoder.decode(isWhole ? head : wholeLines(head));
  const rest = isWhole ? Buffer.alloc(0) : tail.subarray(tail.indexOf(NEWLINE) + 1);
  const tailText = decoder.decode(rest);
  const tailLines = tailText.split('\n').length - 1;
  return {
    charset,
    lineEnd: headText.includes('\r\n') ? 'crlf' : 'lf',
    head: headText,
    tail: tailText,
    tailLine: newlines - tailLines + 1,
    isTerminated: tail.at(-1) === NEWLINE || (charset.startsWith('utf-16') && tail.at(-1) === 0),
    bytes,
  };
}

function wholeLines(head: Buffer): Buffer {
  const end = head.lastIndexOf(NEWLINE);
  return end < 0 ? head : head.subarray(0, end + 1);
}

/** By its mark, else the first charset that the first and the last lines are text of. */
function charsetOf(file: string, head: Buffer, tail: Buffer, isWhole: boolean): string {
  const marked = markOf(head);
  if (marked !== undefined) return marked;
  const zeros = head.subarray(0, 4_096).filter((byte) => byte === 0).length;
  if (zeros > Math.min(head.length, 4_096) * ZEROS_OF_UTF_16) {
    return head.indexOf(0) % 2 === 1 ? 'utf-16le' : 'utf-16be';
  }
  const pieces = isWhole ? [head] : [wholeLines(head), tail.subarray(tail.indexOf(NEWLINE) + 1)];
  const found = ['utf-8', 'gb18030'].find((charset) =>
    pieces.every((piece) => isTextOf(piece, charset)),
  );
  if (found !== undefined) return found;
  const rule = 'text in UTF-8, GB 18030 or UTF-16';
  const next = 'Save it as UTF-8.';
  throw refusedFile('unknown_charset', 'The file is no text of ours.', { file, rule }, next);
}

function isTextOf(bytes: Buffer, charset: string): boolean {
  try {
    new TextDecoder(charset, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
