import type pg from 'pg';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import type { Fen } from '../../accounting/money/units.js';
import { nullField } from '../../db/copy/copy-array.js';
import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { csvBatches, nulField } from '../../files/csv-reader.js';
import { inspectFile } from '../../files/file-content.js';
import { maskCell, shownTitles } from '../../files/mask.js';
import { FileProof, type ProvedBy, type SenderSays } from '../import/source/file-proof.js';
import { type Measure, NAMES, readValue } from './core-measures.js';

const STAGE_COLUMNS = ['line', 'bucket', 'loan_no', ...NAMES];
const ROOM = 1 << 20;

/** The book and day that a balance file is compared with. */
export interface CoreScene {
  readonly minorDigits: number;
  readonly day: string;
}

/**
 * Reads the file into the temporary table `core`; returns the measures that it brings, and what
 * shows that it is whole. Throws LoanbookError `wrong_header`, `malformed_row`, `loan_repeated`,
 * `empty_file` (2), and those of `FileProof`.
 */
export async function stageCore(
  client: pg.Client,
  file: string,
  scene: CoreScene,
  says?: SenderSays,
): Promise<{ compared: Measure[]; provedBy: ProvedBy }> {
  const content = await inspectFile(file);
  const proof = await FileProof.open(content, scene, says);
  await client.query(readSql(import.meta.url, 'core-stage'));
  const sink = new CopySink(client, 'core', STAGE_COLUMNS);
  const writer = new TupleWriter(ROOM);
  let header: readonly string[] | undefined;
  let failure: unknown;
  let provedBy: ProvedBy = [];
  const counted = { rows: 0, total: 0n };
  try {
    let line = 1;
    for await (const { records, lines, hasNul } of csvBatches(file)) {
      for (const [at, record] of records.entries()) {
        line = lines[at]!;
        if (header === undefined) {
          header = checkedHeader(record, file);
          continue;
        }
        requireNoNul(header, record, line, file, hasNul);
        counted.rows += 1;
        counted.total += BigInt(putRow(writer, header, record, line, file, scene));
      }
      if (writer.length > ROOM / 2) await sink.write(writer.take());
    }
    if (writer.length > 0) await sink.write(writer.take());
    if (header !== undefined) provedBy = proof.end(counted, line);
  } catch (error) {
    failure = error;
  }
  // A COPY left open would keep the connection from ever answering the ROLLBACK.
  await sink.finish();
  if (failure !== undefined) throw failure;
  if (header === undefined) throw badFile('empty_file', 'The file is empty.', { file });
  await client.query('ANALYZE core');
  await requireOnce(client, file);
  const found = header;
  return { compared: NAMES.filter((name) => found.includes(name)), provedBy };
}

function checkedHeader(record: readonly string[], file: string): readonly string[] {
  const names = record.map((name) => name.trim());
  const known: readonly string[] = ['loan_no', ...NAMES];
  const unknown = names.filter((name) => !known.includes(name));
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  const isPlain = unknown.length + repeated.length === 0;
  if (isPlain && names.includes('loan_no') && names.length > 1) return names;
  throw badFile('wrong_header', 'A balance file has loan_no and at least one measure.', {
    file,
    line: 1,
    header: shownTitles(names).join(','),
    ...(unknown.length > 0 ? { unknown: shownTitles(unknown).join(', ') } : {}),
    ...(repeated.length > 0 ? { repeated: shownTitles(repeated).join(', ') } : {}),
    measures: NAMES.join(', '),
  });
}

function requireNoNul(
  header: readonly string[],
  record: readonly string[],
  line: number,
  file: string,
  hasNul: boolean,
): void {
  const at = hasNul ? nulField(record) : -1;
  if (at < 0) return;
  throw badFile('malformed_row', 'A row of the file cannot be read.', {
    file,
    line,
    field: header[at] ?? '',
    rule: 'nul_character',
    value: maskCell(record[at]!),
  });
}

/** Writes a row; returns its principal, 0 where the file has none. */
function putRow(
  writer: TupleWriter,
  header: readonly string[],
  record: readonly string[],
  line: number,
  file: string,
  { minorDigits }: CoreScene,
): Fen {
  const refuse = (field: string, value: string): LoanbookError =>
    badFile('malformed_row', 'A row of the file cannot be read.', { file, line, field, value });
  if (record.length !== header.length) throw refuse('fields', String(record.length));
  const loanNo = record[header.indexOf('loan_no')] ?? '';
  if (loanNo === '' || loanNo.includes('\ufffd')) throw refuse('loan_no', loanNo);
  writer.tuple(STAGE_COLUMNS.length);
  writer.int4(line);
  writer.int2(bucketOf(loanNo));
  writer.text(loanNo);
  let principal = 0;
  for (const name of NAMES) {
    const at = header.indexOf(name);
    if (at < 0) {
      nullField(writer);
      continue;
    }
    const value = readValue(name, record[at]!, minorDigits);
    if (value === undefined) throw refuse(name, record[at]!);
    writer.int8(value);
    if (name === 'principal') principal = value;
  }
  return principal;
}

async function requireOnce(client: pg.Client, file: string): Promise<void> {
  const { rows } = await client.query<{ loan_no: string; line: number; again: number }>(
    `SELECT loan_no, min(line) AS line, max(line) AS again FROM core
     GROUP BY bucket, loan_no HAVING count(*) > 1 ORDER BY 2 LIMIT 1`,
  );
  const twice = rows[0];
  if (twice === undefined) return;
  throw badFile('loan_repeated', 'The file has a loan twice.', {
    file,
    loan: twice.loan_no,
    lines: `${twice.line}, ${twice.again}`,
  });
}

function badFile(
  code: string,
  message: string,
  evidence: Record<string, string | number>,
): LoanbookError {
  return new LoanbookError(code, message, {
    exitCode: EXIT.usage,
    evidence,
    next: 'Put the file right and compare again; nothing was kept.',
  });
}
