import type pg from 'pg';
import { copyRows } from '../../db/copy/copy-stream.js';
import { readSql } from '../../db/sql-file.js';
import { shownNumber } from './loan-look.js';
import type { ImportFile, TableKind } from './stage-file.js';

/**
 * Rejects the staged rows that stand against the book or each other, and takes them out of `stage`.
 * Only the lines are kept in memory: their rows are read from the file once more.
 */
export async function rejectStaged(
  client: pg.Client,
  kind: TableKind,
  file: ImportFile,
): Promise<void> {
  await client.query('ANALYZE stage');
  for (const [at, name] of kind.rejectSql.entries()) {
    await client.query(readSql(import.meta.url, name));
    if (at === 0) await kind.judge?.(client);
  }
  const lines: number[] = [];
  const problems: number[] = [];
  const select = 'SELECT line, problem FROM rejected ORDER BY line';
  await copyRows(client, select, 2, (view, at) => {
    lines.push(view.getInt32(at + 4));
    problems.push(view.getInt32(at + 12));
  });
  if (lines.length === 0) return;
  // Few: what a row clashes with, where the row itself does not say it.
  const { rows } = await client.query<{ line: number; value: string }>(
    'SELECT line, value FROM rejected WHERE value IS NOT NULL',
  );
  const values = new Map(rows.map(({ line, value }) => [line, value]));
  await client.query('DELETE FROM stage USING rejected WHERE rejected.line = stage.line');
  await addRejects(kind, file, { lines, problems, values });
}

interface Found {
  readonly lines: readonly number[];
  readonly problems: readonly number[];
  /** By line, where it is not that of the row's own field. */
  readonly values: ReadonlyMap<number, string>;
}

async function addRejects(
  kind: TableKind,
  file: ImportFile,
  { lines, problems, values }: Found,
): Promise<void> {
  const { columns, rejects } = file;
  const fields: string[] = [];
  let next = 0;
  for await (const batch of file.rows(file.signal)) {
    for (const [at, row] of batch.records.entries()) {
      const line = lines[next];
      if (line === undefined) return;
      if (batch.lines[at] !== line) continue;
      const [field = '', rule = ''] = kind.problems[problems[next]! - 1] ?? [];
      columns.read(row, fields);
      const own = fields[kind.columns.findIndex((column) => column.name === field)] ?? '';
      const other = values.get(line);
      const value = other === undefined ? own : shownNumber(other);
      await rejects.add({ line, field: columns.nameOf(field), rule, value }, row, line);
      next += 1;
    }
  }
}
