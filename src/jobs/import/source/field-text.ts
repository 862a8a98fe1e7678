/** The longest number, reference or organisation that is taken. */
export const TEXT_LENGTH_MAX = 64;

/**
 * Whether an identifier can be kept: not too long, no control characters, no blanks around it, and
 * no character that was not UTF-8 in the file.
 */
export function isCleanText(text: string): boolean {
  if (text.length > TEXT_LENGTH_MAX || text.trim() !== text) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xfffd) return false;
  }
  return true;
}

const COUNT = /^[0-9]{1,5}$/;

/** A small whole number such as a count of periods; undefined when it is not one. */
export function parseCount(text: string): number | undefined {
  return COUNT.test(text) ? Number(text) : undefined;
}
