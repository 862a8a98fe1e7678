import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROW_END } from './packed-row.js';

/** Bytes of a group that are held back until they are worth a piece of the file. */
const HELD_BYTES = 1 << 15;
/** A character of a string takes at most so many bytes. */
const CHAR_BYTES_MAX = 3;

const NOTHING = Buffer.alloc(0);
const ROW_END_BYTE = ROW_END.charCodeAt(0);

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

  write(bytes: Buffer): Block {
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

/**
 * Packed rows by group, in the order in which they come; constant memory. They are held as bytes:
 * as strings they would live long enough to be moved among the old ones.
 */
export class SpillGroups {
  readonly #file: SpillFile;
  readonly #held: Buffer[];
  readonly #lengths: number[];
  readonly #blocks: Block[][];
  readonly #rows: number[];

  constructor(file: SpillFile, groups: number) {
    this.#file = file;
    this.#held = Array.from({ length: groups }, () => NOTHING);
    this.#lengths = new Array<number>(groups).fill(0);
    this.#blocks = Array.from({ length: groups }, () => []);
    this.#rows = new Array<number>(groups).fill(0);
  }

  add(group: number, packed: string): void {
    this.#rows[group]! += 1;
    const most = CHAR_BYTES_MAX * packed.length + ROW_END.length;
    if (this.#lengths[group]! + most > this.#held[group]!.length) this.#makeRoom(group, most);
    const held = this.#held[group]!;
    const at = this.#lengths[group]!;
    const end = at + held.write(packed, at);
    held[end] = ROW_END_BYTE;
    this.#lengths[group] = end + 1;
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

  #makeRoom(group: number, bytes: number): void {
    this.#flush(group);
    if (bytes <= this.#held[group]!.length) return;
    this.#held[group] = Buffer.allocUnsafeSlow(Math.max(HELD_BYTES, bytes));
  }

  #flush(group: number): void {
    const length = this.#lengths[group]!;
    if (length === 0) return;
    this.#blocks[group]!.push(this.#file.write(this.#held[group]!.subarray(0, length)));
    this.#lengths[group] = 0;
  }
}
