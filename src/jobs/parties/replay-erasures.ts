import { existsSync } from 'node:fs';
import type pg from 'pg';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { inTransaction } from '../../db/connect.js';
import { fileChunks } from '../../files/file-content.js';
import { NewFile } from '../../files/new-file.js';
import { refusing } from '../approvals/acting.js';
import { takeJobLock } from '../runs/lock-order.js';
import { Patience, type Waits } from '../runs/waiting.js';
import {
  type Erasure,
  ErasureProof,
  invalidErasures,
  listErasures,
  parseErasures,
} from './erasure-list.js';
import type { KeySource } from './key-source.js';

export interface ReplayOptions {
  readonly file: string;
  readonly keys: KeySource;
  readonly by: string;
  readonly waits?: Waits;
}

export interface ReplayedErasures {
  readonly file: string;
  readonly listed: number;
  /** Destroyed now. */
  readonly erased: number;
  /** Not in the book, which takes their numbers no more. */
  readonly absent: number;
  /** The book had them on its list. */
  readonly unchanged: number;
  readonly outcome: 'replayed' | 'unchanged';
}

/**
 * Applies a list of erasures to a book that was restored, all of it or nothing. Throws
 * LoanbookError `invalid_erasures` (2), also for a row that nobody with the keys of this book
 * wrote, `import_is_running` (75), and what `requireKeys` throws.
 */
export async function replayErasures(
  client: pg.Client,
  { file, keys, by, waits }: ReplayOptions,
): Promise<ReplayedErasures> {
  const rows = await readErasures(file);
  const proof = await ErasureProof.of(client, keys);
  for (const [at, row] of rows.entries()) {
    if (proof.of(row).toString('hex') === row.proof) continue;
    throw invalidErasures(file, 'written with the keys of this book', at + 1);
  }
  return inTransaction(client, async () => {
    await takeJobLock(client, 'import', new Patience(waits));
    const counts = { erased: 0, absent: 0, unchanged: 0 };
    for (const row of rows) counts[await replay(client, row, by)] += 1;
    const outcome = counts.unchanged === rows.length ? 'unchanged' : 'replayed';
    return { file, listed: rows.length, ...counts, outcome };
  });
}

async function replay(
  client: pg.Client,
  { party, erasedOn, reason, maker, checker, proof }: Erasure,
  by: string,
): Promise<'erased' | 'absent' | 'unchanged'> {
  return refusing(async () => {
    const { rows } = await client.query<{ outcome: 'erased' | 'absent' | 'unchanged' }>(
      'SELECT replay_erasure($1::smallint, $2, $3, $4, $5, $6, $7, $8) AS outcome',
      [bucketOf(party), party, erasedOn, reason, maker, checker, Buffer.from(proof, 'hex'), by],
    );
    return rows[0]!.outcome;
  });
}

/** Throws LoanbookError `invalid_erasures` (2) and as `fileChunks`. */
async function readErasures(file: string): Promise<Erasure[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of fileChunks(file)) chunks.push(chunk);
  return parseErasures(Buffer.concat(chunks).toString(), file);
}

/**
 * Keeps the list of the book in a file beside it, where a restore of the database does not reach:
 * what stands there already and the book does not know stays. Throws as a NewFile.
 */
export async function keepErasures(client: pg.Client, file: string): Promise<void> {
  const known = await listErasures(client);
  const parties = new Set(known.map(({ party }) => party));
  const earlier = existsSync(file) ? await readErasures(file) : [];
  const erasures = [...earlier.filter(({ party }) => !parties.has(party)), ...known];
  const made = await NewFile.create(file, 0o600);
  try {
    await made.write(`${JSON.stringify({ erasures }, null, 2)}\n`);
    await made.publish();
  } catch (error) {
    await made.discard();
    throw error;
  }
}
