import { refusedFile } from '../refused-file.js';
import { CellText } from './cell-text.js';
import type { WorkbookParts } from './workbook-parts.js';

const FIRST_BYTES = 1 << 16;
const BYTES_MAX = 512 * 2 ** 20;

/** The texts that cells point to, one behind the other as bytes: a million take some 20 MB. */
export class SharedStrings {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  #ends: Uint32Array = new Uint32Array(FIRST_BYTES);
  #count = 0;

  /** Throws LoanbookError `workbook_too_large` where they are more than 512 MiB. */
  static async read(parts: WorkbookParts, part: string | undefined): Promise<SharedStrings> {
    const strings = new SharedStrings();
    if (part === undefined) return strings;
    const text = new CellText();
    await parts.readWhole(part, {
      open: (name) => {
        if (name === 'si') text.begin();
        else text.open(name);
      },
      close: (name, content) => {
        if (name === 'si') strings.#add(text.take(), parts.archive.path);
        else text.close(name, content);
      },
    });
    return strings;
  }

  /** Undefined where there is no such text. */
  at(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined;
    const from = index === 0 ? 0 : this.#ends[index - 1]!;
    return this.#bytes.toString('utf8', from, this.#ends[index]!);
  }

  #add(text: string, file: string): void {
    const size = Buffer.byteLength(text);
    if (this.#length + size > BYTES_MAX) {
      const rule = `at most ${BYTES_MAX} bytes of shared text`;
      const next = 'Save the sheet as CSV.';
      throw refusedFile('workbook_too_large', 'The workbook is too large.', { file, rule }, next);
    }
    while (this.#length + size > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length * 2);
    }
    if (this.#count === this.#ends.length) {
      const ends = new Uint32Array(this.#ends.length * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#bytes.write(text, this.#length, 'utf8');
    this.#length += size;
    this.#ends[this.#count] = this.#length;
    this.#count += 1;
  }
}
