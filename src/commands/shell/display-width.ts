/** First and last code point of the blocks whose characters take two cells of a terminal. */
const WIDE_BLOCKS: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul initial consonants
  [0x2e80, 0x303e], // radicals, CJK punctuation
  [0x3041, 0x33ff], // kana, enclosed and compatibility forms
  [0x3400, 0x4dbf], // Han, extension A
  [0x4e00, 0x9fff], // Han
  [0xa000, 0xa4cf], // Yi
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff], // Han, compatibility
  [0xfe30, 0xfe4f], // vertical forms
  [0xff00, 0xff60], // full-width forms
  [0xffe0, 0xffe6], // full-width signs, such as the yen sign
  [0x1f300, 0x1faff], // pictographs
  [0x20000, 0x3fffd], // Han, extensions B and on
];
const NO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** How many cells `text` takes on a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const char of text) {
    if (!NO_WIDTH.test(char)) cells += isWide(char.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return cells;
}

function isWide(codePoint: number): boolean {
  return WIDE_BLOCKS.some(([first, last]) => codePoint >= first && codePoint <= last);
}
