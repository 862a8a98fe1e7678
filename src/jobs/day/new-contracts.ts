import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { EpochDay } from '../../accounting/money/units.js';
import { CopySink } from '../../db/copy/copy-stream.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';

const DIGEST_BYTES = 32;
/** Digests that are hashed at a time. */
const PIECE = 64;

/** The contracts that came into the book today, whose digests later closes hold them against. */
export class NewContracts {
  count = 0;
  readonly #rows: TupleWriter;
  readonly #date: EpochDay;
  readonly #hash = createHash('sha256');
  readonly #piece = Buffer.alloc(PIECE * DIGEST_BYTES);

  /** `rows`: an empty writer. */
  constructor(rows: TupleWriter, date: EpochDay) {
    this.#rows = rows;
    this.#date = date;
  }

  /** In loan order; `digest` as `contractDigest` gives it, without one there is nothing to keep. */
  add(bucket: number, loanId: number, digest: string | undefined): void {
    if (digest === undefined) return;
    const from = (this.count % PIECE) * DIGEST_BYTES;
    this.#piece.write(digest, from, 'latin1');
    this.count += 1;
    const rows = this.#rows;
    rows.tuple(4);
    rows.int2(bucket);
    rows.int8(loanId);
    rows.date(this.#date);
    rows.bytea(this.#piece.subarray(from, from + DIGEST_BYTES));
    if (this.count % PIECE === 0) this.#hash.update(this.#piece);
  }

  /** SHA-256 of all digests in order; nothing is added behind it. */
  hash(): Buffer {
    const rest = (this.count % PIECE) * DIGEST_BYTES;
    return this.#hash.update(this.#piece.subarray(0, rest)).digest();
  }

  /** Keeps the digests. */
  async write(client: pg.Client): Promise<void> {
    if (this.count === 0) return;
    const sink = new CopySink(client, 'loan_digest', ['bucket', 'loan_id', 'born_on', 'digest']);
    const rows = this.#rows.take();
    await sink.write(rows);
    await sink.finish();
    this.#rows.recycle(rows);
  }
}
