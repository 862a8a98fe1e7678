/**
 * What a line does not show, or shows as something else: controls, line breaks, what turns the
 * direction of writing or is invisible; and the backslash, so that no two names are shown alike.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\\]/u;
const ESCAPE = /\\x([0-9A-F]{2})/g;

/**
 * A file name as a line shows it, from its bytes: what is hidden, and bytes that are no UTF-8, are
 * written `\xHH`. `rawName` turns it back.
 */
export function shownName(raw: Buffer): string {
  const text = raw.toString('utf8');
  if (!HIDDEN.test(text) && !text.includes('\ufffd')) return text;
  let shown = '';
  let at = 0;
  for (const char of wellFormed(raw)) {
    const isText = char !== undefined && !HIDDEN.test(char);
    const bytes = char === undefined ? 1 : Buffer.byteLength(char);
    shown += isText ? char : escaped(raw.subarray(at, at + bytes));
    at += bytes;
  }
  return shown;
}

/** The bytes of a name that is shown. */
export function rawName(shown: string): Buffer {
  const parts = shown.split(ESCAPE);
  return Buffer.concat(parts.map((part, at) => Buffer.from(part, at % 2 === 0 ? 'utf8' : 'hex')));
}

/** The characters of some bytes; undefined for a byte that is none. */
function* wellFormed(raw: Buffer): Generator<string | undefined> {
  for (let at = 0; at < raw.length; ) {
    const char = charAt(raw, at);
    yield char;
    at += char === undefined ? 1 : Buffer.byteLength(char);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function charAt(raw: Buffer, at: number): string | undefined {
  const first = raw[at]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  try {
    return UTF8.decode(raw.subarray(at, at + length));
  } catch {
    return undefined;
  }
}

function escaped(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
