import { extname } from 'node:path';
import { requireRegularTarget, writeWhole } from '../../files/new-file.js';
import type { Table } from '../../files/table.js';
import { type CellChoice, requireTableTarget, writeTables } from '../../files/table-file.js';
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

/** Refuses a name that no report can be written under; as `writeReport` does, and before it. */
export function requireReportFile(file: string): void {
  if (isPage(file)) requireRegularTarget(file);
  else requireTableTarget(file);
}

function isPage(file: string): boolean {
  return ['.html', '.htm'].includes(extname(file).toLowerCase());
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
