import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROW_END } from './packed-row.js';

/** Text of a group that is held back before it is written, so that its pieces are no crumbs. */
const HELD_CHARS = 1 << 15;

/** A piece of the file: where it begins, and its bytes. */
export type Block = readonly [at: number, bytes: number];

/**
 * A file without a name: it is gone when the process is, however that ends, and what customers'
 * rows it holds with it. The threads of the process read it by its number.
 */
export class SpillFile {
  readonly fd: number;
  bytes = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'loanbook-import-'));
    try {
      this.fd = openSync(join(folder, 'rows'), 'wx+', 0o600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  write(text: string): Block {
    const bytes = Buffer.from(text);
    const at = this.bytes;
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.fd, bytes, done, bytes.length - done, at + done);
    }
    this.bytes += bytes.length;
    return [at, bytes.length];
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** The packed rows of some blocks, in order. */
export function* readBlocks(fd: number, blocks: readonly Block[]): Generator<string> {
  for (const [at, length] of blocks) {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      done += readSync(fd, bytes, done, length - done, at + done);
    }
    const rows = bytes.toString().split(ROW_END);
    rows.pop();
    yield* rows;
  }
}

/** Packed rows by group, in the order in which they come; constant memory. */
export class SpillGroups {
  readonly #file: SpillFile;
  readonly #held: string[][];
  readonly #heldChars: number[];
  readonly #blocks: Block[][];
  readonly #rows: number[];

  constructor(file: SpillFile, groups: number) {
    this.#file = file;
    this.#held = Array.from({ length: groups }, () => []);
    this.#heldChars = new Array<number>(groups).fill(0);
    this.#blocks = Array.from({ length: groups }, () => []);
    this.#rows = new Array<number>(groups).fill(0);
  }

  add(group: number, packed: string): void {
    this.#held[group]!.push(packed);
    this.#heldChars[group]! += packed.length;
    this.#rows[group]! += 1;
    if (this.#heldChars[group]! >= HELD_CHARS) this.#flush(group);
  }

  /** Writes what is held back. */
  end(): void {
    for (const group of this.#held.keys()) this.#flush(group);
  }

  rowsOf(group: number): number {
    return this.#rows[group]!;
  }

  blocksOf(group: number): readonly Block[] {
    return this.#blocks[group]!;
  }

  #flush(group: number): void {
    const held = this.#held[group]!;
    if (held.length === 0) return;
    this.#blocks[group]!.push(this.#file.write(held.join(ROW_END) + ROW_END));
    this.#held[group] = [];
    this.#heldChars[group] = 0;
  }
}
