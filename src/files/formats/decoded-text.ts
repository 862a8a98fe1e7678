import { openChunks } from './open-chunks.js';
import type { TextOptions } from './read-options.js';
import { refusedFile } from './refused-file.js';

/** A line of a statement has a hundred characters, a record of a machine some thousand. */
const LINE_CHARS_MAX = 1 << 20;
const UTF_16LE = 'fffe';
const UTF_16BE = 'feff';

type Decoder = InstanceType<typeof TextDecoder>;

/** One line of a text file, without its end, counted from 1. */
export interface TextLine {
  readonly text: string;
  readonly line: number;
}

/**
 * The text of a file in pieces, unpacked, without a byte order mark. `charsetOf` may tell the
 * charset from the first bytes where none is given. Throws LoanbookError `wrong_charset`,
 * `unknown_charset`, and those of `openChunks`.
 */
export async function* decodedText(
  path: string,
  { charset, signal, meter }: TextOptions,
  charsetOf: (head: Buffer) => string = () => 'utf-8',
): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  let label = '';
  let line = 1;
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk === undefined ? decoder!.decode() : decoder!.decode(chunk, { stream: true });
    } catch {
      const next = `Save it as ${label}, or name its charset.`;
      const evidence = { file: path, charset: label, nearLine: line };
      throw refusedFile(
        'wrong_charset',
        'The file has bytes that are no text of it.',
        evidence,
        next,
      );
    }
  };
  for await (const chunk of openChunks(path, { signal, meter })) {
    if (decoder === undefined) {
      label = markOf(chunk) ?? charset ?? charsetOf(chunk);
      decoder = decoderOf(path, label);
    }
    const text = decode(chunk);
    yield text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line += 1;
  }
  if (decoder !== undefined) yield decode();
}

/** The lines of a text file, in constant memory; LF or CRLF. Throws as `decodedText` does. */
export async function* decodedLines(
  path: string,
  options: TextOptions,
): AsyncGenerator<TextLine[]> {
  let rest = '';
  let line = 1;
  for await (const text of decodedText(path, options)) {
    const pieces = (rest + text).split('\n');
    rest = pieces.pop() ?? '';
    requireShort(path, rest, line + pieces.length);
    const lines = pieces.map((piece, at) => ({ text: withoutReturn(piece), line: line + at }));
    line += pieces.length;
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [{ text: withoutReturn(rest), line }];
}

function withoutReturn(piece: string): string {
  return piece.endsWith('\r') ? piece.slice(0, -1) : piece;
}

function requireShort(file: string, rest: string, line: number): void {
  if (rest.length <= LINE_CHARS_MAX) return;
  const rule = `at most ${LINE_CHARS_MAX} characters a line`;
  throw refusedFile('line_too_long', 'A line does not end.', { file, line, rule });
}

/** The charset that a byte order mark names. */
export function markOf(head: Uint8Array): string | undefined {
  const hex = Buffer.from(head.subarray(0, 3)).toString('hex');
  if (hex.startsWith(UTF_16LE)) return 'utf-16le';
  if (hex.startsWith(UTF_16BE)) return 'utf-16be';
  return hex === 'efbbbf' ? 'utf-8' : undefined;
}

function decoderOf(file: string, label: string): Decoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    const next = 'Name one such as utf-8, gb18030 or utf-16le.';
    throw refusedFile('unknown_charset', 'There is no such charset.', { file, value: label }, next);
  }
}
