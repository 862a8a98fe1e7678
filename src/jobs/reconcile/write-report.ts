import { extname } from 'node:path';
import { writeWhole } from '../../files/new-file.js';
import type { Table } from '../../files/table.js';
import { type CellChoice, writeTables } from '../../files/table-file.js';
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
export async function writeReport(
  report: ReconcileReport,
  file: string,
  choice: CellChoice = {},
): Promise<void> {
  if (isPage(file)) await writeWhole(file, [reportPage(report)]);
  else await writeTables(file, tablesOf(report), choice);
}

/** Whether the file's name asks for a page of its own, which is no table. */
export function isPage(file: string): boolean {
  return ['.html', '.htm'].includes(extname(file).toLowerCase());
}

/** The breaks first, then what sums them up. */
export function tablesOf({ breaks, statements, ages }: ReconcileReport): Table[] {
  const bands = AGE_BANDS.map(({ title }, at) => column(`band${at}`, title, 'count'));
  return [
    {
      name: '对账差异',
      title: '对账差异',
      columns: BREAK_COLUMNS,
      rows: breaks.map((found) => ({ ...found })),
    },
    {
      name: '账龄',
      title: '账龄',
      columns: [column('title', '差异类型', 'text'), ...bands],
      rows: ages.map(({ title, counts }) => ({
        title,
        ...Object.fromEntries(counts.map((count, at) => [`band${at}`, count])),
      })),
    },
    {
      name: '对账单',
      title: '对账单',
      columns: STATEMENT_COLUMNS,
      rows: statements.map((row) => ({ ...row })),
    },
  ];
}
