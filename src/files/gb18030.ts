import iconv from 'iconv-lite';

/**
 * Text as GB 18030, which holds all of Unicode and, for the characters of GBK, is GBK: what many
 * finance systems in China read. Eight ideographs (龴 to 龻) and the vertical punctuation have
 * another code in each edition of the standard: they are written by that of 2005, as PostgreSQL
 * writes them, and the platform's decoder reads them back.
 */
export function encodeGb18030(text: string): Buffer {
  return iconv.encode(text, 'gb18030');
}
