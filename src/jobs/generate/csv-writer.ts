import { type FileHandle, open } from 'node:fs/promises';

/** Characters kept before they are written: large enough that the system call does not count. */
const BUFFERED_MAX = 1 << 18;

/**
 * Writes a file line by line in constant memory. The caller adds lines and calls `flush` between
 * batches; its fields hold no comma, quote or line break, so nothing is quoted.
 */
export class CsvWriter {
  readonly name: string;
  rows = 0;
  readonly #file: FileHandle;
  #buffered: string;

  private constructor(name: string, file: FileHandle, header: string) {
    this.name = name;
    this.#file = file;
    this.#buffered = `${header}\n`;
  }

  /** Makes the file, which must not exist, with its header. */
  static async create(path: string, name: string, header: string): Promise<CsvWriter> {
    return new CsvWriter(name, await open(path, 'wx'), header);
  }

  add(line: string): void {
    this.rows += 1;
    this.#buffered += `${line}\n`;
  }

  /** Writes what is buffered, once it is worth a write. */
  async flush(): Promise<void> {
    if (this.#buffered.length >= BUFFERED_MAX) await this.#write();
  }

  async finish(): Promise<void> {
    await this.#write();
    await this.close();
  }

  /** Closes the file, whatever is buffered; closing it again does nothing. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(): Promise<void> {
    const text = this.#buffered;
    this.#buffered = '';
    await this.#file.writeFile(text);
  }
}
