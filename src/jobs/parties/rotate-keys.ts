import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { refusing } from '../approvals/acting.js';
import { writeAudit } from '../approvals/audit.js';
import { openDate } from '../book/open-day.js';
import { barrier } from '../runs/barrier.js';
import { checkValue, newest, requireKeys } from './book-keys.js';
import { addKey, type KeySource, readKeys, sourceName } from './key-source.js';
import type { MasterKeys } from './key-text.js';
import { keyRow } from './party-sealer.js';
import { open, type SealingKey, seal, sealedBy } from './seal.js';
import type { Suite } from './suite.js';

export interface RotateOptions {
  readonly source: KeySource;
  /** Of a key that is made; left out: that of the newest one. */
  readonly suite?: Suite;
  readonly by: string;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Rotation {
  readonly keys: string;
  readonly version: number;
  readonly suite: Suite;
  /** `resumed`: parties had been left under an earlier one, and no other was made. */
  readonly key: 'made' | 'taken' | 'resumed';
  /** Parties whose key is under it now that was not before; of a dry run, that would be. */
  readonly parties: number;
  /** Parties under an earlier key all the same: they came in meanwhile. */
  readonly left: number;
  readonly dryRun: boolean;
  readonly outcome: 'rotated';
}

/** Only one process makes or takes the next key. */
const KEYS_LOCK = 5_262_666_011;
const SHOWN_ROWS = 20;

/**
 * Puts the keys of all parties under the next master key, bucket by bucket in their order, each in
 * a transaction of its own. What is under an earlier one is what is left, so that it resumes
 * wherever it was stopped; records stay as they are, and readers know both keys. The next key is
 * the one that is at hand and that the book does not know yet, else a new one in the file. Throws
 * LoanbookError `next_key_missing` (2), `not_authentic` (3) when all others are done, and what
 * `requireKeys` throws.
 */
export async function rotateKeys(client: pg.Client, options: RotateOptions): Promise<Rotation> {
  const { source, by, dryRun = false } = options;
  await openDate(client);
  const next = dryRun ? await wouldBe(client, options) : await takeNext(client, options);
  const { key, version, suite, buckets } = next;
  const total = buckets.reduce((sum, { parties }) => sum + parties, 0);
  const frame = { keys: sourceName(source), version, suite, key, dryRun } as const;
  if (dryRun) return { ...frame, parties: total, left: 0, outcome: 'rotated' };
  const keys = await requireKeys(client, source);
  const { done, broken } = await resealAll(client, { keys, buckets, total }, options);
  await inTransaction(client, () =>
    writeAudit(client, { action: 'keys rotate', subject: version, after: { parties: done }, by }),
  );
  if (broken.length > 0) throw someBroken(version, broken);
  const late = await bucketsUnder(client, version);
  const left = late.reduce((sum, { parties }) => sum + parties, 0);
  return { ...frame, parties: done, left, outcome: 'rotated' };
}

interface Bucket {
  readonly bucket: number;
  readonly parties: number;
}

interface NextKey {
  readonly version: number;
  readonly suite: Suite;
  readonly key: Rotation['key'];
  /** Where parties are under an earlier one. */
  readonly buckets: readonly Bucket[];
}

/** Parties that are under a key of the book before this one, by bucket. */
async function bucketsUnder(client: pg.Client, version: number): Promise<Bucket[]> {
  const sql = readSql(import.meta.url, 'keys-left');
  return (await client.query<Bucket>(sql, [version])).rows;
}

async function wouldBe(client: pg.Client, { source, suite }: RotateOptions): Promise<NextKey> {
  const known = newest(await requireKeys(client, source));
  const left = await bucketsUnder(client, known.version);
  if (left.length > 0) return { ...known, key: 'resumed', buckets: left };
  const given = nextOf(await readKeys(source), known.version);
  const made = { version: known.version + 1, suite: suite ?? known.suite };
  if (given === undefined && !('file' in source)) throw nextMissing(source, made.version);
  const { version } = given ?? made;
  const of = given?.suite ?? made.suite;
  const buckets = await bucketsUnder(client, version);
  return { version, suite: of, key: given === undefined ? 'made' : 'taken', buckets };
}

/** The key is in its file before the book knows it, and known before anything is under it. */
async function takeNext(client: pg.Client, options: RotateOptions): Promise<NextKey> {
  const { source, by } = options;
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [KEYS_LOCK]);
    const planned = await wouldBe(client, options);
    if (planned.key === 'resumed') return planned;
    if (planned.key === 'made' && 'file' in source) await addKey(source.file, planned);
    await barrier('keys.made');
    const key = nextOf(await readKeys(source), planned.version - 1);
    if (key === undefined) throw nextMissing(source, planned.version);
    const { version, suite } = key;
    await refusing(() =>
      client.query('SELECT keep_next_key($1, $2, $3, $4)', [version, suite, checkValue(key), by]),
    );
    await writeAudit(client, { action: 'keys rotate', subject: version, after: { suite }, by });
    return { ...planned, version, suite };
  });
}

/** The first key behind a version. */
function nextOf(keys: MasterKeys | undefined, version: number): SealingKey | undefined {
  return keys?.sealing.find((key) => key.version > version);
}

function nextMissing(source: KeySource, version: number): LoanbookError {
  return new LoanbookError('next_key_missing', 'There is no other key to rotate to.', {
    exitCode: EXIT.usage,
    evidence: { keys: sourceName(source), rule: `a key of version ${version}` },
    next: `Have the command print a line more: ${version}, suite, 64 hexadecimal digits.`,
  });
}

interface StoredKey {
  readonly party: string;
  readonly sealed: Buffer;
}

interface Work {
  readonly keys: MasterKeys;
  readonly buckets: readonly Bucket[];
  readonly total: number;
}

interface Broken {
  readonly party: string;
  readonly rule: string;
  readonly value: string;
}

/** A bucket is opened and sealed here while the server writes the one before it. */
async function resealAll(
  client: pg.Client,
  { keys, buckets, total }: Work,
  { by, signal, onProgress }: RotateOptions,
): Promise<{ done: number; broken: Broken[] }> {
  const sealer = new Resealer(keys);
  let done = 0;
  let writing: Promise<number> = Promise.resolve(0);
  const written = async () => {
    done += await writing;
    onProgress?.(done, total);
  };
  let rows = await storedKeys(client, buckets[0], sealer);
  for (const [at, { bucket }] of buckets.entries()) {
    const later = sealer.reseal(rows);
    await written();
    signal?.throwIfAborted();
    rows = await storedKeys(client, buckets[at + 1], sealer);
    await barrier('keys.bucket');
    writing = writeKeys(client, bucket, later, by);
    // What fails is told at the next bucket.
    writing.catch(() => undefined);
  }
  await written();
  return { done, broken: sealer.broken };
}

async function storedKeys(
  client: pg.Client,
  of: Bucket | undefined,
  { version }: Resealer,
): Promise<StoredKey[]> {
  if (of === undefined) return [];
  const { rows } = await client.query<StoredKey>({
    name: 'bucket-keys',
    text: readSql(import.meta.url, 'bucket-keys'),
    values: [of.bucket, version],
  });
  return rows;
}

interface Resealed extends StoredKey {
  readonly later: Buffer;
}

async function writeKeys(
  client: pg.Client,
  bucket: number,
  rows: readonly Resealed[],
  by: string,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { rows: counts } = await refusing(() =>
    client.query<{ changed: number }>({
      name: 'reseal-keys',
      text: 'SELECT reseal_keys($1::smallint, $2, $3, $4, $5) AS changed',
      values: [
        bucket,
        rows.map(({ party }) => party),
        rows.map(({ sealed }) => sealed),
        rows.map(({ later }) => later),
        by,
      ],
    }),
  );
  return counts[0]!.changed;
}

/** Opens data keys under the master keys that there are, and seals them under the newest. */
class Resealer {
  readonly broken: Broken[] = [];
  readonly #newest: SealingKey;
  readonly #keys: ReadonlyMap<number, SealingKey>;

  constructor({ sealing }: MasterKeys) {
    this.#newest = sealing.at(-1)!;
    this.#keys = new Map(sealing.map((key) => [key.version, key]));
  }

  get version(): number {
    return this.#newest.version;
  }

  /** What does not open is left as it is, and told. */
  reseal(rows: readonly StoredKey[]): Resealed[] {
    const done: Resealed[] = [];
    for (const { party, sealed } of rows) {
      const row = keyRow(party);
      try {
        const key = this.#keys.get(sealedBy(sealed, row).version)!;
        done.push({ party, sealed, later: seal(this.#newest, row, open(key, row, sealed)) });
      } catch (error) {
        if (!(error instanceof LoanbookError)) throw error;
        const { rule, value } = error.evidence;
        this.broken.push({ party, rule: String(rule), value: String(value) });
      }
    }
    return done;
  }
}

function someBroken(version: number, broken: readonly Broken[]): LoanbookError {
  return new LoanbookError('not_authentic', 'Keys of parties do not open; all others are done.', {
    exitCode: EXIT.difference,
    evidence: { key: version, parties: broken.length },
    rows: broken.slice(0, SHOWN_ROWS).map((row) => ({ ...row })),
    next:
      'Somebody cut, changed or moved them: `loanbook check chain` shows where. Take the rows ' +
      'from a backup, then rotate again.',
  });
}
