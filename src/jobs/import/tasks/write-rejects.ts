import type pg from 'pg';
import { copyOut } from '../../../db/copy/copy-out.js';
import { TupleReader } from '../../../db/copy/copy-tuple.js';
import { readSql } from '../../../db/sql-file.js';
import type { RowProblem } from '../source/source-columns.js';
import type { ImportFile } from '../stage-file.js';
import type { KeptReject } from './task-rejects.js';

const FIELDS = 2;

/**
 * Writes the rejected rows into the reject file, in the order of the file and, behind them, what no
 * row of it had. Returns what was wrong with the row on `lastLine`, under a column of ours.
 */
export async function writeRejects(
  client: pg.Client,
  { rejects, columns }: ImportFile,
  lastLine: number,
): Promise<RowProblem | undefined> {
  let last: RowProblem | undefined;
  const reader = new TupleReader(FIELDS);
  for await (const chunk of copyOut(client, readSql(import.meta.url, 'rejects'))) {
    reader.push(chunk);
    while (reader.next()) {
      const { bytes, at, view } = reader;
      const rowLine = view.getInt32(at + 4);
      const length = view.getInt32(at + 8);
      const kept: KeptReject = JSON.parse(bytes.toString('utf8', at + 12, at + 12 + length));
      const { reject, row } = kept;
      await rejects.add(reject, row, rowLine);
      if (rowLine !== lastLine) continue;
      const { rule, value } = reject;
      last = { field: columns.fieldOf(reject.field), rule, value };
    }
  }
  reader.finish();
  return last;
}
