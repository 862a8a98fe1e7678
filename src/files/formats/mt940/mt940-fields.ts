import { decodedLines } from '../decoded-text.js';
import type { TextOptions } from '../read-options.js';
import { refusedFile } from '../refused-file.js';

/** One field of a message: its tag without colons, where it begins, and its lines. */
export interface Mt940Field {
  readonly tag: string;
  readonly line: number;
  readonly lines: readonly string[];
}

const TAG = /^:([0-9]{2}[A-Z]?|NS):/;
/** The envelope of the network, in one line with the first field or not. */
const ENVELOPE = /^\p{Cc}?\{1:.*?\{4:|^\p{Cc}?\{[1-3]:.*\}$/u;
/** Behind the message: its end, with or without the envelope's. */
const END = /^-(?:\}.*)?$|^\p{Cc}$/u;
const LINES_MAX = 1_000;

/** A field, or the end of a message. */
export type Mt940Piece = Mt940Field | { readonly tag: 'end'; readonly line: number };

/**
 * The fields of a file of messages, as they come. Throws LoanbookError `mt940_malformed` for text
 * that is in no field, and those of `decodedLines`.
 */
export async function* mt940Fields(
  path: string,
  options: TextOptions,
): AsyncGenerator<Mt940Piece[]> {
  let open: { tag: string; line: number; lines: string[] } | undefined;
  for await (const batch of decodedLines(path, options)) {
    const pieces: Mt940Piece[] = [];
    const close = () => {
      if (open !== undefined) pieces.push(open);
      open = undefined;
    };
    for (const { text: whole, line } of batch) {
      const text = whole.replace(ENVELOPE, '');
      const [mark, tag] = TAG.exec(text) ?? [];
      if (mark !== undefined && tag !== undefined) {
        close();
        open = { tag, line, lines: [text.slice(mark.length)] };
      } else if (END.test(text.trimEnd())) {
        close();
        pieces.push({ tag: 'end', line });
      } else if (open !== undefined) {
        if (open.lines.length >= LINES_MAX) throw outside(path, line, text);
        open.lines.push(text);
      } else if (text.trim() !== '') throw outside(path, line, text);
    }
    if (pieces.length > 0) yield pieces;
  }
  if (open !== undefined) yield [open];
}

function outside(file: string, line: number, value: string): Error {
  const rule = 'every line belongs to a field such as :61:';
  const message = 'The file is no MT940 statement.';
  return refusedFile('mt940_malformed', message, { file, line, rule, value });
}
