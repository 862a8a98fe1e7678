import { encodeGb18030 } from '../../gb18030.js';
import type { LayoutDocument } from '../layout-document.js';

/** What stands where the two halves of a character lie in two fields. */
export const HALF = '\ufffd';

const ASCII = /^[\0-\x7f]*$/;
/**
 * Characters that GB 18030 has in two bytes and, since another edition, in four: text does not tell
 * how many a file has for them.
 */
const OF_TWO_WIDTHS = /[\ufe10-\ufe19\u9fb4-\u9fbb]/u;

/** Text by its places: a character stands at its first one, and nothing at its others. */
export type Places = string | readonly string[];

/** The places of a line of fixed width: its characters, or the bytes of its charset. */
export class LineWidths {
  readonly #isBytes: boolean;
  readonly #isGb18030: boolean;
  readonly #wide = new Map<string, number>();

  constructor({ widths, charset }: Pick<LayoutDocument, 'widths' | 'charset'>) {
    this.#isBytes = widths === 'bytes';
    this.#isGb18030 = charset === 'gb18030';
  }

  /** Undefined: a character of it may have one width or another. */
  placesOf(text: string): Places | undefined {
    if (!this.#isBytes || ASCII.test(text)) return text;
    if (this.#isGb18030 && OF_TWO_WIDTHS.test(text)) return undefined;
    const places: string[] = [];
    for (const character of text) {
      places.push(character);
      for (let left = this.#bytesOf(character) - 1; left > 0; left -= 1) places.push('');
    }
    return places;
  }

  #bytesOf(character: string): number {
    if (character <= '\x7f') return 1;
    const known = this.#wide.get(character);
    if (known !== undefined) return known;
    const bytes = this.#isGb18030 ? encodeGb18030(character).length : Buffer.byteLength(character);
    this.#wide.set(character, bytes);
    return bytes;
  }
}

/** What lies at some places; half a character is HALF. */
export function textBetween(places: Places, from: number, to: number): string {
  if (typeof places === 'string') return places.slice(from, to);
  const piece = places.slice(from, to);
  if (piece[0] === '') piece[0] = HALF;
  if (places[to] === '') piece[piece.findLastIndex((text) => text !== '')] = HALF;
  return piece.join('');
}
