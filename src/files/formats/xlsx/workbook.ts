import type { LoanbookError } from '../../../errors.js';
import { fileChunks } from '../../file-content.js';
import { Archive } from '../archive.js';
import { containerOf } from '../container.js';
import type { ReadOptions } from '../read-options.js';
import { refusedFile } from '../refused-file.js';
import { WorkbookParts } from './workbook-parts.js';

/** A sheet of cells; charts on a sheet of their own are none. */
export interface SheetInfo {
  readonly name: string;
  readonly part: string;
  readonly isHidden: boolean;
}

/** An open workbook: what is in it, before a sheet is read. */
export interface Workbook {
  readonly parts: WorkbookParts;
  readonly sheets: readonly SheetInfo[];
  /** Dates count from 1 January 1904. */
  readonly is1904: boolean;
  readonly stringsPart: string | undefined;
  readonly stylesPart: string | undefined;
}

/** What an encrypted workbook keeps its content in, as the directory of its container spells it. */
const ENCRYPTED_MARK = Buffer.from('EncryptedPackage', 'utf16le');
const MACROS = /vbaproject|macrosheets\//;

/**
 * Opens a workbook (.xlsx, transitional or strict). The caller closes its archive. Throws
 * LoanbookError `workbook_encrypted`, `workbook_old` (.xls), `workbook_binary` (.xlsb),
 * `workbook_macros`, `workbook_malformed`, `not_a_workbook`, and those of Archive.
 */
export async function openWorkbook(path: string, options: ReadOptions): Promise<Workbook> {
  const container = await containerOf(path);
  if (container === 'compound') throw await oldOrEncrypted(path);
  if (container !== 'workbook') {
    const evidence = { file: path, actual: container };
    throw refused('not_a_workbook', 'The file is no Excel workbook (.xlsx).', evidence);
  }
  const archive = await Archive.open(path);
  try {
    return await readWorkbook(new WorkbookParts(archive, options));
  } catch (error) {
    archive.close();
    throw error;
  }
}

async function readWorkbook(parts: WorkbookParts): Promise<Workbook> {
  const file = parts.archive.path;
  if (parts.names().some((name) => MACROS.test(name))) throw withMacros(file);
  await requireNoMacros(parts);
  const main = (await parts.related('')).find(({ kind }) => kind === 'officeDocument');
  if (main === undefined) throw parts.broken('the package has a workbook', '_rels/.rels');
  if (main.target.endsWith('.bin')) {
    throw refused('workbook_binary', 'The workbook is a binary one (.xlsb).', { file });
  }
  const related = await parts.related(main.target);
  const sheetParts = related.filter(({ kind }) => kind === 'worksheet');
  const sheets: SheetInfo[] = [];
  let is1904 = false;
  await parts.readWhole(main.target, {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = isTrue(attributes.date1904);
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => /(?:^|:)id$/.test(key))?.[1] ?? '';
      const part = sheetParts.find((each) => each.id === id)?.target;
      const isHidden = (attributes.state ?? 'visible') !== 'visible';
      if (part !== undefined) sheets.push({ name: attributes.name ?? '', part, isHidden });
    },
    close: () => undefined,
  });
  const partOf = (wanted: string) => related.find(({ kind }) => kind === wanted)?.target;
  const [stringsPart, stylesPart] = [partOf('sharedStrings'), partOf('styles')];
  return { parts, sheets, is1904, stringsPart, stylesPart };
}

/**
 * A workbook that only says that it has macros is one to a spreadsheet too. What it says of all
 * parts with some ending says nothing: SheetJS says of `bin` in each that it writes that it has.
 */
async function requireNoMacros(parts: WorkbookParts): Promise<void> {
  let has = false;
  await parts.readWhole('[Content_Types].xml', {
    open: (name, { ContentType = '' }) => {
      has ||= name === 'Override' && /macroEnabled|vbaProject/i.test(ContentType);
    },
    close: () => undefined,
  });
  if (has) throw withMacros(parts.archive.path);
}

/**
 * The sheet that a layout names: by its name, or by its number among those that are shown; the
 * first of these when left out. Throws LoanbookError `sheet_missing` with the names of all.
 */
export function sheetOf({ parts, sheets }: Workbook, wanted?: string): SheetInfo {
  const shown = sheets.filter(({ isHidden }) => !isHidden);
  const byName = sheets.find(({ name }) => name.trim() === wanted?.trim());
  const number = wanted === undefined ? 1 : Number(/^[1-9][0-9]{0,4}$/.exec(wanted)?.[0]);
  const found = byName ?? shown[number - 1];
  if (found !== undefined) return found;
  const names = sheets.map(({ name, isHidden }) => (isHidden ? `${name} (hidden)` : name));
  const evidence = { file: parts.archive.path, value: wanted, sheets: names.join(', ') };
  const next = 'Name one of them as `sheet`; a number counts those that are shown.';
  throw refusedFile('sheet_missing', 'The workbook has no such sheet.', evidence, next);
}

export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

async function oldOrEncrypted(file: string): Promise<LoanbookError> {
  let tail = Buffer.alloc(0);
  for await (const chunk of fileChunks(file)) {
    const bytes = Buffer.concat([tail, chunk]);
    if (bytes.includes(ENCRYPTED_MARK)) {
      const next = 'Open it with its password and save it without one.';
      return refusedFile('workbook_encrypted', 'The workbook is encrypted.', { file }, next);
    }
    tail = Buffer.from(bytes.subarray(-ENCRYPTED_MARK.length));
  }
  return refused('workbook_old', 'The workbook is of the old kind (.xls).', { file });
}

function withMacros(file: string): LoanbookError {
  return refused('workbook_macros', 'The workbook holds macros.', { file });
}

function refused(
  code: string,
  message: string,
  evidence: { readonly file: string; readonly actual?: string },
): LoanbookError {
  return refusedFile(code, message, evidence, 'Save the sheet as .xlsx without macros, or as CSV.');
}
