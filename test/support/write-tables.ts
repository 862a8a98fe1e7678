import { writeWhole } from '../../src/files/new-file.js';
import type { Table } from '../../src/files/table.js';
import { type CellChoice, formatOfFile, reportPieces } from '../../src/files/table-file.js';

/** Writes tables of no report to a file in the format that its name asks for. */
export async function writeTables(
  file: string,
  tables: readonly Table[],
  choice: CellChoice = {},
): Promise<void> {
  await writeWhole(file, reportPieces({ head: {}, tables }, formatOfFile(file), choice));
}
