import { readDate, readInt8 } from './copy-tuple.js';

/** Reads the fields of one tuple of a binary COPY in their order; none of them may be NULL. */
export class TupleFields {
  readonly #view: DataView;
  readonly #bytes: Buffer;
  /** Where the length of the next field stands. */
  #at: number;

  constructor(view: DataView, at: number, bytes: Buffer) {
    this.#view = view;
    this.#bytes = bytes;
    this.#at = at;
  }

  int4(): number {
    return this.#view.getInt32(this.#field());
  }

  text(): string {
    const at = this.#field();
    return this.#bytes.toString('utf8', at, this.#at);
  }

  /** A date[] in days since 1970-01-01. */
  dates(): number[] {
    return this.#array(readDate, 4);
  }

  int8s(): number[] {
    return this.#array(readInt8, 8);
  }

  /** Moves behind the next field and returns where its bytes begin. */
  #field(): number {
    const at = this.#at + 4;
    this.#at = at + this.#view.getInt32(at - 4);
    return at;
  }

  /** Five words of header, which an empty array has fewer of, then each element by its length. */
  #array(read: (view: DataView, at: number) => number, width: number): number[] {
    const items: number[] = [];
    for (let at = this.#field() + 20; at < this.#at; at += 4 + width) {
      items.push(read(this.#view, at + 4));
    }
    return items;
  }
}
