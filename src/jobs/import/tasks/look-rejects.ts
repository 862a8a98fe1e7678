import type pg from 'pg';
import { CopySink } from '../../../db/copy/copy-stream.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { readSql } from '../../../db/sql-file.js';
import { shownNumber } from '../loan-look.js';
import type { ImportFile } from '../stage-file.js';
import { putReject, REJECT_COLUMNS } from './task-rejects.js';

const ROOM = 1 << 16;

/**
 * Rejects staged loans whose numbers only look like another one, of the book or of an earlier line,
 * and takes them out of the staging tables; `hasBirths`: balances and events are there too. Only
 * the lines are kept in memory: their rows are read from the file once more. Asks nothing where no
 * number here or in the book is but what it looks.
 */
export async function rejectLooks(
  client: pg.Client,
  file: ImportFile,
  hasBirths = false,
): Promise<void> {
  const { rows: asked } = await client.query<{ is_needed: boolean }>(
    readSql(import.meta.url, 'looks-needed'),
  );
  if (asked[0]?.is_needed !== true) return;
  await client.query('ANALYZE import_row').catch(() => undefined);
  const { rows } = await client.query<{ line: number; value: string }>(
    readSql(import.meta.url, 'loans-looks'),
  );
  if (rows.length === 0) return;
  const values = new Map(rows.map(({ line, value }) => [line, value]));
  const rejects = new TupleWriter(ROOM);
  for await (const batch of file.rows(file.signal)) {
    for (const [at, row] of batch.records.entries()) {
      const line = batch.lines[at]!;
      const value = values.get(line);
      if (value === undefined) continue;
      const field = file.columns.nameOf('loan_no');
      const reject = { line, field, rule: 'loan_no_looks_like', value: shownNumber(value) };
      putReject(rejects, line, 0, { reject, row });
    }
  }
  const sink = new CopySink(client, 'import_reject', REJECT_COLUMNS);
  await sink.write(rejects.take());
  await sink.finish();
  const lines = [...values.keys()];
  if (hasBirths) await client.query(readSql(import.meta.url, 'drop-births'), [lines]);
  await client.query(readSql(import.meta.url, 'drop-rejected'), [lines]);
}
