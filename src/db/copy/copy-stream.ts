import { once } from 'node:events';
import type pg from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import { copyOut } from './copy-out.js';
import { COPY_HEADER, COPY_TRAILER, type OnTuple, TupleReader } from './copy-tuple.js';
import type { TupleList } from './tuple-list.js';

/**
 * Bytes that may wait on either side of a COPY, so that both backends work while we fold. A fourth
 * of it is one read of a socket; with four times as much, memory grew with the size of a task.
 */
const WINDOW_BYTES = 1 << 18;

/** Reads a whole binary COPY of `fields` columns, tuple by tuple. For what fits into memory. */
export async function copyRows(
  client: pg.Client,
  select: string,
  fields: number,
  onTuple: OnTuple,
): Promise<void> {
  const reader = new TupleReader(fields);
  for await (const chunk of copyOut(client, select)) {
    reader.push(chunk);
    while (reader.next()) onTuple(reader.view, reader.at, reader.bytes, reader.end);
  }
  reader.finish();
}

/** Reads a whole binary COPY of `fields` columns, the first one an int8 in order, into a list. */
export function keepRows(
  client: pg.Client,
  select: string,
  fields: number,
  tuples: TupleList,
): Promise<void> {
  return copyRows(client, select, fields, (_view, at, bytes, end) => tuples.push(bytes, at, end));
}

/**
 * A binary COPY ... FROM STDIN that is written to buffer by buffer. `write` waits while the server
 * is behind and fails when the server refuses a row or dies (waiting for `drain` alone would hang
 * for ever when the backend is gone). After a failure the connection is of no use any more.
 */
export class CopySink {
  readonly #stream: CopyStreamQuery;
  readonly #dead = new AbortController();
  readonly #client: pg.Client;
  readonly #onEnd = (): void => this.#dead.abort(new Error('the database connection ended'));
  #failure: Error | undefined;

  constructor(client: pg.Client, table: string, columns: readonly string[]) {
    this.#client = client;
    const target = `${table} (${columns.join(', ')})`;
    this.#stream = client.query(
      copyFrom(`COPY ${target} FROM STDIN (FORMAT binary)`, { highWaterMark: WINDOW_BYTES }),
    );
    this.#stream.on('error', (error: Error) => {
      this.#failure ??= error;
      this.#dead.abort(error);
    });
    client.once('end', this.#onEnd);
    this.#stream.write(COPY_HEADER);
  }

  /** `onTaken` is called when the bytes have left this process and may be used again. */
  async write(bytes: Buffer, onTaken?: () => void): Promise<void> {
    this.#check();
    const done = (error: Error | null | undefined): void => {
      if (!error) onTaken?.();
    };
    if (this.#stream.write(bytes, done)) return;
    await this.#until('drain');
  }

  /** Ends the COPY; returns when the server has taken every row. */
  async finish(): Promise<void> {
    this.#check();
    this.#stream.end(COPY_TRAILER);
    await this.#until('finish');
    this.#client.off('end', this.#onEnd);
  }

  async #until(event: 'drain' | 'finish'): Promise<void> {
    try {
      await once(this.#stream, event, { signal: this.#dead.signal });
    } catch (error) {
      throw this.#failure ?? this.#dead.signal.reason ?? error;
    }
  }

  #check(): void {
    if (this.#dead.signal.aborted) throw this.#failure ?? this.#dead.signal.reason;
  }
}
