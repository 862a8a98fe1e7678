import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Table } from '../../files/table.js';
import { writeTables } from '../../files/table-file.js';
import {
  AGE_BANDS,
  BREAK_COLUMNS,
  column,
  type ReconcileReport,
  STATEMENT_COLUMNS,
} from './report.js';
import { reportPage } from './report-page.js';

/**
 * Writes the report: a page of its own for `.html`, else tables by the file's ending (the breaks
 * first, which are all that a CSV file holds). Throws LoanbookError `unknown_format` (2).
 */
export async function writeReport(report: ReconcileReport, file: string): Promise<void> {
  if (!['.html', '.htm'].includes(extname(file).toLowerCase())) {
    await writeTables(file, tablesOf(report));
    return;
  }
  const half = `${file}.part`;
  try {
    await writeFile(half, reportPage(report));
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

function tablesOf({ breaks, statements, ages }: ReconcileReport): Table[] {
  const bands = AGE_BANDS.map(({ title }, at) => column(`band${at}`, title, 'count'));
  return [
    { name: '对账差异', columns: BREAK_COLUMNS, rows: breaks.map((found) => ({ ...found })) },
    {
      name: '账龄',
      columns: [column('title', '差异类型', 'text'), ...bands],
      rows: ages.map(({ title, counts }) => ({
        title,
        ...Object.fromEntries(counts.map((count, at) => [`band${at}`, count])),
      })),
    },
    { name: '对账单', columns: STATEMENT_COLUMNS, rows: statements.map((row) => ({ ...row })) },
  ];
}
