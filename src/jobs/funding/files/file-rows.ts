import { createHash } from 'node:crypto';
import type pg from 'pg';
import { Total } from '../../../accounting/money/total.js';
import { sqlStateOf } from '../../../db/connect.js';
import { copyOut } from '../../../db/copy/copy-out.js';
import { readInt8, TupleReader } from '../../../db/copy/copy-tuple.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import type { FileSource } from './file-source.js';
import { lineSql, notWritten } from './line-sql.js';

/** What the rows of a file come to. */
export interface WrittenRows {
  readonly count: number;
  /** Of total_of, in minor units; undefined where the layout has none. */
  readonly total: bigint | undefined;
  readonly sha256: string;
}

/** The database formats a row and counts its length; here it is put behind the one before. */
const FIELDS = 2;
const ROOM = 1 << 18;
const NONE = -1;
const REFUSED = 'LB060';

/**
 * The lines of the rows of a source, piece by piece, in the order of the book; what they come to is
 * known at the end. Throws LoanbookError `value_not_written` (2).
 */
export async function* fileRows(
  client: pg.Client,
  layout: LayoutDocument,
  source: FileSource,
  minorDigits: number,
): AsyncGenerator<Buffer, WrittenRows> {
  const hash = createHash('sha256');
  const sum = new Total();
  const reader = new TupleReader(FIELDS);
  const select = rowsSql(layout, source, minorDigits);
  let count = 0;
  let piece = Buffer.allocUnsafe(ROOM);
  let filled = 0;
  const taken = () => {
    const bytes = piece.subarray(0, filled);
    hash.update(bytes);
    [piece, filled] = [Buffer.allocUnsafe(ROOM), 0];
    return bytes;
  };
  try {
    for await (const chunk of copyOut(client, select)) {
      reader.push(chunk);
      while (reader.next()) {
        const { view, bytes, at } = reader;
        const length = view.getInt32(at);
        const behind = at + 4 + length;
        count += 1;
        if (view.getInt32(behind) !== NONE) sum.add(readInt8(view, behind + 4));
        if (filled + length > piece.length) {
          yield taken();
          if (length > piece.length) piece = Buffer.allocUnsafe(length);
        }
        bytes.copy(piece, filled, at + 4, behind);
        filled += length;
      }
    }
    reader.finish();
  } catch (error) {
    throw sqlStateOf(error) === REFUSED ? refusedValue(layout, error) : error;
  }
  if (filled > 0) yield taken();
  const total = layout.total_of === undefined ? undefined : sum.value;
  return { count, total, sha256: hash.digest('hex') };
}

/** How many rows a source has and what they sum to, for a head that says it before them. */
export async function countRows(
  client: pg.Client,
  layout: LayoutDocument,
  source: FileSource,
): Promise<{ readonly count: number; readonly total: bigint | undefined }> {
  const { rows } = await client.query<{ count: number; total: bigint | null }>(
    `SELECT count(*) AS count, sum(${totalSql(layout, source)})::numeric AS total
     FROM (${source.select}) AS s ${whereSql(source)}`,
  );
  const { count, total } = rows[0]!;
  return { count, total: layout.total_of === undefined ? undefined : BigInt(total ?? 0) };
}

/** Rows are put in order before they are formatted: what is sorted is narrow then. */
function rowsSql(layout: LayoutDocument, source: FileSource, minorDigits: number): string {
  const charset = layout.charset === 'gb18030' ? 'GB18030' : 'UTF8';
  const line = lineSql(layout, source.fields, minorDigits);
  return `SELECT convert_to(${line}, '${charset}'), ${totalSql(layout, source)}
    FROM (SELECT * FROM (${source.select}) AS s ${whereSql(source)}
      ORDER BY bucket, loan_id, ${source.order}) AS s`;
}

function whereSql({ where }: FileSource): string {
  return where === undefined ? '' : `WHERE ${where}`;
}

function totalSql({ total_of: totalOf }: LayoutDocument, { fields }: FileSource): string {
  return totalOf === undefined ? 'NULL::bigint' : `(${fields[totalOf]?.sql ?? 'NULL'})::bigint`;
}

/** The loan of it is named: an operator has to find it. */
function refusedValue(layout: LayoutDocument, error: unknown): Error {
  const detail: unknown = Reflect.get(Object(error), 'detail');
  const said = JSON.parse(typeof detail === 'string' ? detail : '{}') as Record<string, string>;
  const { field = '', rule = '', value = '', loanNo } = said;
  return notWritten(layout, field, rule, value, loanNo);
}
