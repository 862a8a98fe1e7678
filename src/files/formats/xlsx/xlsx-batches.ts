import type { CsvBatch } from '../../csv-reader.js';
import type { ReadOptions } from '../read-options.js';
import { refusedFile } from '../refused-file.js';
import { dateForms } from './cell-styles.js';
import { SharedStrings } from './shared-strings.js';
import { type CellProblem, SheetReader } from './sheet-rows.js';
import { openWorkbook, sheetOf, type Workbook } from './workbook.js';

export interface XlsxOptions extends ReadOptions {
  /** By name, or by number among the sheets that are shown; the first of these when left out. */
  readonly sheet?: string | undefined;
  /**
   * Is told of a cell that has lost something, and may refuse the file for it; without it the file
   * is refused.
   */
  readonly onProblem?: ((problem: CellProblem, refuse: () => never) => void) | undefined;
}

/**
 * The records of a worksheet; `lines` are its rows. Text, numbers as shortest decimal text, dates
 * as `YYYY-MM-DD` with ` HH:mm:ss` where their format shows it, TRUE and FALSE, the result that is
 * stored with a formula; of merged cells the first. Constant memory, but for the texts that cells
 * share. Throws LoanbookError `cell_refused` with the cell and its rule, `sheet_missing`, and those
 * of `openWorkbook`, Archive and XmlReader.
 *
 * No library: exceljs loses shared texts that stand behind the sheets and takes ISO dates for
 * numbers, read-excel-file and exceljs fail without cell references, SheetJS ignores the 1904
 * system and keeps the workbook in memory; each takes a number as a float.
 */
export async function* xlsxBatches(
  path: string,
  options: XlsxOptions = {},
): AsyncGenerator<CsvBatch> {
  const { sheet: wanted, onProblem, ...read } = options;
  const meter = read.meter ?? { bytes: 0 };
  const workbook = await openWorkbook(path, { ...read, meter });
  try {
    const sheet = sheetOf(workbook, wanted);
    const reader = await sheetReader(workbook, (problem) => {
      const refuse = () => refuseCell(path, sheet.name, problem);
      return onProblem === undefined ? refuse() : onProblem(problem, refuse);
    });
    for await (const rows of workbook.parts.read(sheet.part, reader, () => reader.take())) {
      const hasNul = rows.records.some((record) => record.some((field) => field.includes('\0')));
      yield { ...rows, bytesRead: meter.bytes, hasNul };
    }
  } finally {
    workbook.parts.archive.close();
  }
}

async function sheetReader(
  { parts, stringsPart, stylesPart, is1904 }: Workbook,
  onProblem: (problem: CellProblem) => void,
): Promise<SheetReader> {
  const strings = await SharedStrings.read(parts, stringsPart);
  const forms = await dateForms(parts, stylesPart);
  const textAt = (index: number) => strings.at(index);
  return new SheetReader({ textAt, dateForms: forms, is1904, onProblem });
}

function refuseCell(file: string, sheet: string, { cell, line, rule, value }: CellProblem): never {
  const next = 'Correct the cell, or make it text, and save the workbook again.';
  const evidence = { file, sheet, cell, line, rule, value };
  throw refusedFile('cell_refused', 'A cell cannot be read.', evidence, next);
}

/** A sheet's name and whether it is hidden, of each sheet of a workbook. Throws as above. */
export async function sheetNames(path: string): Promise<{ name: string; isHidden: boolean }[]> {
  const { parts, sheets } = await openWorkbook(path, {});
  parts.archive.close();
  return sheets.map(({ name, isHidden }) => ({ name, isHidden }));
}
