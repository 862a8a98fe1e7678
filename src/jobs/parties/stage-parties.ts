import type pg from 'pg';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { byteaArray, nullField } from '../../db/copy/copy-array.js';
import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { RowProblem } from '../import/source/source-columns.js';
import type { PartyRecord } from './party-record.js';
import type { PartyRow } from './party-rows.js';
import type { PartySealer } from './party-sealer.js';

const COLUMNS = [
  'line',
  'bucket',
  'party_no',
  'version',
  'party_key',
  'record',
  'content',
  'lookups',
];
const WRITER_ROOM = 1 << 20;

/** A row whose record is right. */
export interface GoodRow {
  readonly row: PartyRow;
  readonly record: PartyRecord;
}

interface KnownParty {
  readonly party: string;
  readonly version: number;
  readonly content: Buffer;
  readonly sealed: Buffer;
}

/** Makes the temporary table `stage_party`; it is gone when the transaction ends. */
export async function makeStage(client: pg.Client): Promise<void> {
  await client.query(readSql(import.meta.url, 'parties-stage'));
}

/**
 * Seals rows and stages them by one COPY: a new party with its key, a changed one as its next
 * version under the key that it has, one that says the same without anything. What the book knows
 * of all of them is asked once.
 */
export async function stageParties(
  client: pg.Client,
  sealer: PartySealer,
  rows: readonly GoodRow[],
): Promise<void> {
  const known = await knownParties(client, rows);
  await sealer.meet([...known.values()].map(({ sealed }) => sealed));
  const writer = new TupleWriter(WRITER_ROOM);
  for (const { row, record } of rows) {
    const party = row.fields[0]!;
    const content = sealer.content(party, record);
    const before = known.get(party);
    writer.tuple(COLUMNS.length);
    writer.int4(row.line);
    writer.int2(bucketOf(party));
    writer.text(party);
    if (before?.content.equals(content) === true) {
      // Staged all the same: a second row of the party is one too many.
      writer.int4(0);
      for (let field = 0; field < 4; field += 1) nullField(writer);
      continue;
    }
    writer.int4((before?.version ?? 0) + 1);
    const made = before === undefined ? sealer.newKey(party) : undefined;
    if (made === undefined) nullField(writer);
    else writer.bytea(made.sealed);
    const key = made?.key ?? sealer.openKey(party, before!.sealed);
    writer.bytea(sealer.seal(party, key, record));
    writer.bytea(content);
    byteaArray(writer, sealer.lookups(record));
  }
  const sink = new CopySink(client, 'stage_party', COLUMNS);
  await sink.write(writer.take());
  await sink.finish();
}

async function knownParties(
  client: pg.Client,
  rows: readonly GoodRow[],
): Promise<Map<string, KnownParty>> {
  const parties = rows.map(({ row }) => row.fields[0]!);
  const found = await client.query<KnownParty>({
    name: 'known-parties',
    text: readSql(import.meta.url, 'parties-known'),
    values: [parties.map(bucketOf), parties],
  });
  return new Map(found.rows.map((known) => [known.party, known]));
}

const LATE = [
  { sql: 'parties-repeated', rule: 'party_repeated' },
  { sql: 'parties-erased', rule: 'party_erased' },
] as const;

/** What is wrong with rows beside others or beside the book, by line: they leave the stage. */
export async function lateRejects(client: pg.Client): Promise<Map<number, RowProblem>> {
  const late = new Map<number, RowProblem>();
  for (const { sql, rule } of LATE) {
    const { rows } = await client.query<{ line: number; party: string }>(
      readSql(import.meta.url, sql),
    );
    for (const { line, party } of rows) late.set(line, { field: 'party', rule, value: party });
  }
  return late;
}

/**
 * Call it behind the insert of the staged keys: a master key is retired under a lock of their
 * table. Throws LoanbookError `key_retired` (75): who runs it again reads the keys anew.
 */
export async function requireLivingKeys(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ key: number }>(readSql(import.meta.url, 'keys-retired'));
  if (rows[0] === undefined) return;
  throw new LoanbookError('key_retired', 'A master key was retired while the file was read.', {
    exitCode: EXIT.locked,
    evidence: { key: rows[0].key, rule: 'sealed under a key that the book needs' },
    next: 'Nothing went in: import the file again.',
  });
}
