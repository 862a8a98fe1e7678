import { EXIT, LoanbookError } from '../errors.js';
import { fileChunks } from './file-content.js';

/** Whole lines of one stretch of a file, without their ends; `firstLine` counts from 1. */
export interface LineBatch {
  readonly lines: readonly string[];
  readonly firstLine: number;
  /** The file ended here, and its last line has no newline. */
  readonly isCutOff: boolean;
}

/**
 * The lines of a text file, in constant memory: LF or CRLF, an optional byte order mark. Throws
 * LoanbookError `wrong_charset` where bytes are none of the charset, `file_missing`,
 * `file_unreadable`.
 */
export async function* lineBatches(
  path: string,
  charset: string,
  signal?: AbortSignal,
): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder(charset, { fatal: true });
  let rest = '';
  let firstLine = 1;
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new LoanbookError('wrong_charset', 'The file has bytes that are no text of it.', {
        exitCode: EXIT.failed,
        evidence: { file: path, charset, nearLine: firstLine },
        next: 'Correct `file.charset` of the channel, or ask for the file again.',
      });
    }
  };
  for await (const chunk of fileChunks(path, signal)) {
    const lines = (rest + decode(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (let i = 0; i < lines.length; i += 1) {
      if (lines[i]!.endsWith('\r')) lines[i] = lines[i]!.slice(0, -1);
    }
    if (lines.length === 0) continue;
    yield { lines, firstLine, isCutOff: false };
    firstLine += lines.length;
  }
  rest += decode();
  if (rest !== '') yield { lines: [rest], firstLine, isCutOff: true };
}
