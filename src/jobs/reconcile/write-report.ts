import { extname } from 'node:path';
import { maskTexts } from '../../files/mask.js';
import { KNOWN_BY } from '../../files/masked-report.js';
import { writeWhole } from '../../files/new-file.js';
import type { Table } from '../../files/table.js';
import {
  AGE_BANDS,
  BREAK_COLUMNS,
  column,
  type ReconcileReport,
  STATEMENT_COLUMNS,
} from './report.js';
import { reportPage } from './report-page.js';

/** Whether the file's name asks for a page of its own, which is no table. */
export function isPage(file: string): boolean {
  return ['.html', '.htm'].includes(extname(file).toLowerCase());
}

/** Writes the report as a page; what cannot be written is refused as every file is. */
export async function writePage(report: ReconcileReport, file: string): Promise<void> {
  await writeWhole(file, [reportPage(maskTexts(report, KNOWN_BY))]);
}

/** The breaks first, which are all that a CSV file holds, then what sums them up. */
export function reportTables({ breaks, statements, ages }: ReconcileReport): Table[] {
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
