/** Code points below this are the basic plane: its four-byte sequences skip what two bytes hold. */
const SUPPLEMENTARY = 0x10000;
/** Place of U+10000 among the four-byte sequences (GB 18030-2005: 90 30 81 30). */
const SUPPLEMENTARY_AT = 189_000;
const FOUR_BYTES_OF_BASIC_PLANE = 39_420;

let twoBytes: Map<string, number> | undefined;
let fourBytes: Map<string, number> | undefined;

/**
 * Text as GB 18030, which holds all of Unicode and, for the characters of GBK, is GBK: what many
 * finance systems in China read. The tables are those of the platform's own decoder, turned round;
 * where it reads two codes as one character the first is written (U+3000 is A1A1: other readers
 * take A3A0 for private use). A few code points for private use that it has no bytes for are
 * written as `?`.
 */
export function encodeGb18030(text: string): Buffer {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point >= SUPPLEMENTARY) pushFour(bytes, point - SUPPLEMENTARY + SUPPLEMENTARY_AT);
    else pushBasic(bytes, char);
  }
  return Buffer.from(bytes);
}

function pushBasic(bytes: number[], char: string): void {
  twoBytes ??= readTwoBytes();
  const two = twoBytes.get(char);
  if (two !== undefined) {
    bytes.push(two >> 8, two & 0xff);
    return;
  }
  fourBytes ??= readFourBytes();
  const place = fourBytes.get(char);
  if (place === undefined) bytes.push(0x3f);
  else pushFour(bytes, place);
}

function pushFour(bytes: number[], place: number): void {
  const high = Math.floor(place / 1260);
  bytes.push(
    0x81 + Math.floor(high / 10),
    0x30 + (high % 10),
    0x81 + (Math.floor(place / 10) % 126),
    0x30 + (place % 10),
  );
}

function readTwoBytes(): Map<string, number> {
  const decoder = new TextDecoder('gb18030');
  const table = new Map<string, number>();
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) {
      if (second === 0x7f) continue;
      const char = decoder.decode(Uint8Array.of(first, second));
      if (char.length !== 1 || char === '\ufffd' || table.has(char)) continue;
      table.set(char, first * 256 + second);
    }
  }
  return table;
}

function readFourBytes(): Map<string, number> {
  const decoder = new TextDecoder('gb18030');
  const table = new Map<string, number>();
  const bytes: number[] = [];
  for (let place = 0; place < FOUR_BYTES_OF_BASIC_PLANE; place += 1) {
    bytes.length = 0;
    pushFour(bytes, place);
    const char = decoder.decode(Uint8Array.from(bytes));
    if (char.length === 1 && !table.has(char)) table.set(char, place);
  }
  return table;
}
