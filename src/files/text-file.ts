import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { EXIT, LoanbookError } from '../errors.js';
import { requireText } from './file-kind.js';
import { isStandardInput, requireRegularFile, unreadable } from './regular-file.js';

/** What a document may have; the largest that people write has a hundredth. */
export const TEXT_BYTES_MAX = 1 << 20;

/** A file beside a document that holds its SHA-256, as `sha256sum` writes it. */
const DIGEST_SUFFIX = '.sha256';
const DIGEST = /^[0-9a-f]{64}\b/i;

/**
 * The text of a document file: UTF-8, an optional byte order mark, 1 MB at most; what a digest file
 * beside it says must hold. Throws LoanbookError `file_missing`, `file_unreadable`, `not_a_file`,
 * `digest_differs`, and those of `strictText`.
 */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readBytes(path);
  const text = strictText(bytes, path);
  if (!isStandardInput(path)) await requireDigest(path, bytes);
  return text;
}

/**
 * Bytes as text. Throws LoanbookError `document_too_large`, `not_text`, `not_utf8` with line and
 * byte, and `nul_character` with line; exit code 2.
 */
export function strictText(bytes: Buffer, source: string): string {
  if (bytes.length > TEXT_BYTES_MAX) throw tooLarge(source);
  requireText(source, bytes, EXIT.usage);
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    throw refused('nul_character', `${source}: holds a NUL character.`, {
      source,
      line: lineOf(bytes, nul),
      byte: nul + 1,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(bytes, source);
  }
}

async function readBytes(path: string): Promise<Buffer> {
  if (!isStandardInput(path)) await requireRegularFile(path);
  try {
    const handle = await open(path, 'r');
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of handle.createReadStream({ autoClose: false })) {
        chunks.push(chunk as Buffer);
        length += chunks.at(-1)!.length;
        if (length > TEXT_BYTES_MAX) throw tooLarge(path);
      }
      return Buffer.concat(chunks);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof LoanbookError ? error : unreadable(path, error);
  }
}

/** A document that says what it is of itself may be proved whole by a file beside it. */
async function requireDigest(path: string, bytes: Buffer): Promise<void> {
  const beside = path + DIGEST_SUFFIX;
  const said = await readBytes(beside).catch((error: unknown) => {
    if (error instanceof LoanbookError && error.code === 'file_missing') return undefined;
    throw error;
  });
  if (said === undefined) return;
  const expected = DIGEST.exec(said.toString('latin1'))?.[0].toLowerCase();
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (expected === actual) return;
  throw refused('digest_differs', `${path}: is not the document that was sent.`, {
    source: path,
    saidBy: beside,
    rule: expected === undefined ? 'must begin with a SHA-256 in hex' : 'sha256',
    expected,
    actual,
  });
}

/** The place of the first bytes that are no UTF-8. */
function notUtf8(bytes: Buffer, source: string): LoanbookError {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
  let at = 0;
  // Text that holds U+FFFD itself is right; decoding gives the same bytes back.
  for (const line of splitLines(bytes)) {
    const back = Buffer.from(lenient.decode(line));
    if (!back.equals(line)) {
      let same = 0;
      while (back[same] === line[same]) same += 1;
      return placed(bytes, source, at + same, line);
    }
    at += line.length;
  }
  return placed(bytes, source, at, bytes);
}

function placed(bytes: Buffer, source: string, at: number, line: Buffer): LoanbookError {
  const inGb18030 = decoded(line, 'gb18030');
  return refused('not_utf8', `${source}: is not written in UTF-8.`, {
    source,
    line: lineOf(bytes, at),
    byte: at + 1,
    value: `0x${(bytes[at] ?? 0).toString(16)}`,
    charset: inGb18030 === undefined ? undefined : 'GB18030 perhaps',
  });
}

function* splitLines(bytes: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    yield bytes.subarray(from, to);
    from = to;
  }
}

/** The text of some bytes in a character set; undefined where they are none of it. */
function decoded(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function lineOf(bytes: Buffer, at: number): number {
  let line = 1;
  for (let end = bytes.indexOf(0x0a); end >= 0 && end < at; end = bytes.indexOf(0x0a, end + 1)) {
    line += 1;
  }
  return line;
}

/** The error of a document of more than TEXT_BYTES_MAX. */
export function tooLarge(source: string): LoanbookError {
  return refused('document_too_large', `${source}: is larger than a document may be.`, {
    source,
    maxBytes: TEXT_BYTES_MAX,
  });
}

function refused(
  code: string,
  message: string,
  evidence: Record<string, string | number | undefined>,
): LoanbookError {
  const next =
    code === 'not_utf8' ? 'Save it as UTF-8.' : 'Fetch or write the document again, and apply it.';
  return new LoanbookError(code, message, { exitCode: EXIT.usage, evidence, next });
}
