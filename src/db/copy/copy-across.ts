import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyOut } from './copy-out.js';

/** Copies the rows of a table from one database into the table of the same name of another one. */
export async function copyAcross(
  source: pg.Client,
  target: pg.Client,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const names = columns.join(', ');
  const into = target.query(copyFrom(`COPY ${table} (${names}) FROM STDIN (FORMAT binary)`));
  // Waiting for a server that is gone would never end.
  const gone = new AbortController();
  const onEnd = () => gone.abort(new Error('the database connection ended'));
  target.once('end', onEnd);
  const rows = Readable.from(ownChunks(copyOut(source, `SELECT ${names} FROM ${table}`)));
  await pipeline(rows, into, { signal: gone.signal });
  target.off('end', onEnd);
}

/** A chunk is the reader's until the next one alone. */
async function* ownChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}
