import { NewFile } from '../../files/new-file.js';

/** Characters kept before they are handed on: one `write` for many lines. */
const BUFFERED_MAX = 1 << 16;

/**
 * Writes a file line by line in constant memory. The caller adds lines and calls `flush` between
 * batches; its fields hold no comma, quote or line break, so nothing is quoted.
 */
export class CsvWriter {
  readonly name: string;
  rows = 0;
  readonly #file: NewFile;
  #buffered: string;

  private constructor(name: string, file: NewFile, header: string) {
    this.name = name;
    this.#file = file;
    this.#buffered = `${header}\n`;
  }

  /** Begins the file, with its header. */
  static async create(path: string, name: string, header: string): Promise<CsvWriter> {
    return new CsvWriter(name, await NewFile.create(path), header);
  }

  add(line: string): void {
    this.rows += 1;
    this.#buffered += `${line}\n`;
  }

  /** Hands on what is buffered, once there is enough of it. */
  async flush(): Promise<void> {
    if (this.#buffered.length >= BUFFERED_MAX) await this.#write();
  }

  /** The file appears. */
  async finish(): Promise<void> {
    await this.#write();
    await this.#file.publish();
  }

  async discard(): Promise<void> {
    await this.#file.discard();
  }

  async #write(): Promise<void> {
    const text = this.#buffered;
    this.#buffered = '';
    await this.#file.write(text);
  }
}
