import { encodeGb18030 } from './gb18030.js';

/** Text as the bytes of a charset. */
export function encodeText(text: string, charset: string): Buffer {
  if (charset === 'gb18030') return encodeGb18030(text);
  if (charset === 'utf-16le') return Buffer.from(text, 'utf16le');
  return charset === 'utf-16be' ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text);
}
