import type pg from 'pg';
import { bucketOf } from '../../accounting/bucket.js';
import { formatDay } from '../../accounting/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/units.js';
import { inTransaction } from '../../db/connect.js';
import { nullField } from '../../db/copy-array.js';
import { CopySink } from '../../db/copy-stream.js';
import { readSql } from '../../db/sql-file.js';
import { TupleWriter } from '../../db/tuple-writer.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { csvBatches } from '../../files/csv-reader.js';
import { dayTable } from '../eod/day-table.js';
import { isClass, MEASURES, type Measure, NAMES, readValue, valueText } from './core-measures.js';

const STAGE_COLUMNS = ['line', 'bucket', 'loan_no', ...NAMES];
const ROOM = 1 << 20;

/** One loan and measure on which the two cores differ; amounts are decimal text. */
export interface CoreBreak {
  /** `class`: the same loan in another class, or accruing in one core alone. */
  readonly kind: 'missing_here' | 'missing_there' | 'differs' | 'class';
  readonly loanNo: string;
  /** Empty: the loan as a whole. */
  readonly measure: string;
  readonly here: string;
  readonly there: string;
}

export interface CoreComparison {
  readonly businessDate: string;
  readonly loansHere: number;
  readonly loansThere: number;
  readonly compared: readonly string[];
  readonly breaks: number;
  readonly byKind: readonly {
    readonly kind: string;
    readonly measure: string;
    readonly loans: number;
    /** Sum of here less there; a whole number for days past due, empty for a class. */
    readonly difference: string;
  }[];
  /** The first of them in loan order, so many as were asked for. */
  readonly first: readonly CoreBreak[];
}

interface Scene {
  readonly minorDigits: number;
  readonly day: string;
}

/**
 * Compares the positions of a sealed day with another core's balance file, loan by loan and measure
 * by measure, in sets. A loan that owes nothing may be missing on either side. Throws LoanbookError
 * `wrong_header`, `malformed_row`, `loan_repeated`, `empty_file`, `day_not_sealed` (2); nothing is
 * kept of the file.
 */
export async function reconcileCore(
  client: pg.Client,
  file: string,
  options: {
    readonly date: EpochDay;
    /** Differences up to so many minor units are none. */
    readonly tolerance: Fen;
    readonly most: number;
    /** Takes every break, in loan order. */
    readonly write?: (breaks: AsyncIterable<CoreBreak>) => Promise<void>;
  },
): Promise<CoreComparison> {
  return inTransaction(client, async () => {
    const scene = await sceneOf(client, options.date);
    const compared = await stage(client, file, scene);
    const sql = readSql('reconcile-core')
      .replaceAll(':position', dayTable('position', options.date))
      .replaceAll(
        ':measures',
        compared
          .map((name) => `('${name}', ${isClass(name)}, ${MEASURES[name]}, c.${name})`)
          .join(', '),
      );
    await client.query(sql, [options.tolerance]);
    const counts = await client.query<{ here: number; there: number; repeated: string | null }>(
      `SELECT (SELECT count(*) FROM ${dayTable('position', options.date)}) AS here,
         (SELECT count(*) FROM core) AS there`,
    );
    const { rows: kinds } = await client.query<{
      kind: string;
      measure: string;
      loans: number;
      difference: Fen;
    }>(
      `SELECT kind, measure, count(*) AS loans, sum(here - there)::bigint AS difference
       FROM core_break GROUP BY kind, measure ORDER BY kind, measure`,
    );
    const first = await breaksFrom(client, scene, '', options.most);
    await options.write?.(allBreaks(client, scene));
    return {
      businessDate: scene.day,
      loansHere: counts.rows[0]!.here,
      loansThere: counts.rows[0]!.there,
      compared,
      breaks: kinds.reduce((sum, { loans }) => sum + loans, 0),
      byKind: kinds.map(({ difference, ...kind }) => ({
        ...kind,
        difference: isClass(kind.measure) ? '' : valueText(kind.measure, difference, scene),
      })),
      first,
    };
  });
}

const BATCH = 10_000;

async function* allBreaks(client: pg.Client, scene: Scene): AsyncGenerator<CoreBreak> {
  let after = '';
  for (;;) {
    const batch = await breaksFrom(client, scene, after, BATCH);
    if (batch.length === 0) return;
    yield* batch;
    const last = batch.at(-1)!;
    after = `${last.loanNo}\n${last.measure}`;
  }
}

async function breaksFrom(
  client: pg.Client,
  scene: Scene,
  after: string,
  most: number,
): Promise<CoreBreak[]> {
  const [loanNo = '', measure = ''] = after.split('\n');
  const { rows } = await client.query<Omit<CoreBreak, 'here' | 'there'> & Record<string, Fen>>(
    `SELECT kind, loan_no AS "loanNo", measure, here, there FROM core_break
     WHERE (loan_no, measure) > ($1, $2) ORDER BY loan_no, measure LIMIT $3`,
    [loanNo, measure, most],
  );
  return rows.map((row) => ({
    kind: row.kind,
    loanNo: row.loanNo,
    measure: row.measure,
    here: row.kind === 'missing_here' ? '' : valueText(row.measure, row.here!, scene),
    there: row.kind === 'missing_there' ? '' : valueText(row.measure, row.there!, scene),
  }));
}

async function sceneOf(client: pg.Client, date: EpochDay): Promise<Scene> {
  const day = formatDay(date);
  const { rows } = await client.query<{ minor_digits: number }>(
    'SELECT b.minor_digits FROM book b, sealed_day s WHERE s.business_date = $1',
    [day],
  );
  if (rows[0] !== undefined) return { minorDigits: rows[0].minor_digits, day };
  throw new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
    exitCode: EXIT.usage,
    evidence: { businessDate: day },
    next: '`loanbook eod run` closes and seals a day.',
  });
}

/** Reads the file into the temporary table `core`; returns the measures that it brings. */
async function stage(client: pg.Client, file: string, scene: Scene): Promise<Measure[]> {
  await client.query(readSql('reconcile-core-stage'));
  const sink = new CopySink(client, 'core', STAGE_COLUMNS);
  const writer = new TupleWriter(ROOM);
  let header: readonly string[] | undefined;
  let failure: unknown;
  try {
    for await (const { records, lines } of csvBatches(file)) {
      for (const [at, record] of records.entries()) {
        if (header === undefined) header = checkedHeader(record, file);
        else putRow(writer, header, record, lines[at]!, file, scene);
      }
      if (writer.length > ROOM / 2) await sink.write(writer.take());
    }
    if (writer.length > 0) await sink.write(writer.take());
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
  return NAMES.filter((name) => found.includes(name));
}

function checkedHeader(record: readonly string[], file: string): readonly string[] {
  const names = record.map((name) => name.trim());
  const known = NAMES.filter((name) => names.includes(name));
  if (names.includes('loan_no') && known.length > 0) return names;
  throw badFile('wrong_header', 'A balance file has loan_no and at least one measure.', {
    file,
    header: names.join(','),
    measures: NAMES.join(', '),
  });
}

function putRow(
  writer: TupleWriter,
  header: readonly string[],
  record: readonly string[],
  line: number,
  file: string,
  { minorDigits }: Scene,
): void {
  const refuse = (field: string, value: string): LoanbookError =>
    badFile('malformed_row', 'A row of the file cannot be read.', { file, line, field, value });
  if (record.length !== header.length) throw refuse('fields', String(record.length));
  const loanNo = record[header.indexOf('loan_no')] ?? '';
  if (loanNo === '') throw refuse('loan_no', loanNo);
  writer.tuple(STAGE_COLUMNS.length);
  writer.int4(line);
  writer.int2(bucketOf(loanNo));
  writer.text(loanNo);
  for (const name of NAMES) {
    const at = header.indexOf(name);
    if (at < 0) {
      nullField(writer);
      continue;
    }
    const value = readValue(name, record[at]!, minorDigits);
    if (value === undefined) throw refuse(name, record[at]!);
    writer.int8(value);
  }
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
