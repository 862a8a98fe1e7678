/** A character that XML cannot hold or would change, as the standard writes it in a cell. */
const ESCAPED = /_x([0-9A-Fa-f]{4})_/g;

/**
 * The text of a shared or inline string as its elements come by: runs of rich text joined, without
 * the readings of characters (`rPh`).
 */
export class CellText {
  #text = '';
  #readings = 0;

  begin(): void {
    this.#text = '';
    this.#readings = 0;
  }

  open(name: string): void {
    if (name === 'rPh') this.#readings += 1;
  }

  close(name: string, content: string): void {
    if (name === 'rPh') this.#readings -= 1;
    else if (name === 't' && this.#readings === 0) this.#text += content;
  }

  take(): string {
    const text = unescapedCell(this.#text);
    this.begin();
    return text;
  }
}

/** `_x000D_` is a carriage return, `_x005F_` the underscore of a text that looks like one. */
export function unescapedCell(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(ESCAPED, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
