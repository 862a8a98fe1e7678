import { strToU8, Zip, ZipDeflate } from 'fflate';
import { EXIT, LoanbookError } from '../errors.js';
import { isFormulaLike } from './formula-like.js';
import type { CellKind, Table, TableColumn, TableRow } from './table.js';
import type { CellChoice } from './table-file.js';

/** Days from Excel's day 0 (1899-12-30) to 1970-01-01. */
const EXCEL_EPOCH = 25_569;
/** What a worksheet holds, its heading included. */
export const XLSX_ROWS_MAX = 1_048_576;
const MS_A_DAY = 86_400_000;

/** Cell styles, as `styles.xml` lists them. */
const STYLE = { plain: 0, cents: 1, whole: 2, date: 3, heading: 4, quoted: 5, mills: 6 } as const;
/** Of an amount, by its decimals. */
const AMOUNT_STYLES: readonly (number | undefined)[] = [
  STYLE.whole,
  undefined,
  STYLE.cents,
  STYLE.mills,
];
const NUMBER = /^-?[0-9]+(?:\.([0-9]+))?$/;
/** A spreadsheet computes with 64-bit floats, which give back so many digits and no more. */
const DIGITS_MAX = 15;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
/** Before it a spreadsheet counts a 29 February 1900 that never was. */
const FIRST_DAY = '1900-03-01';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const RELATIONS_TYPE = 'application/vnd.openxmlformats-package.relationships+xml';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * Streams tables as a workbook (ECMA-376, transitional), a sheet each, in pieces. An amount's
 * decimal text is the cell's number as it stands: no amount passes through floating point here. One
 * of more than 15 digits would lose its last ones in whatever opens the file, so it is a text cell.
 * Text is an inline string, never a formula; what looks like one is marked as quoted, so that it
 * stays text when it is edited. Throws LoanbookError `sheet_too_long` (2).
 *
 * No library: exceljs, SheetJS and write-excel-file take a number as a float of 64 bits, and all
 * but the first (with nine dependencies of its own) keep the cells in memory.
 */
export async function* xlsx(
  tables: readonly Table[],
  choice: CellChoice = {},
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, data) => {
    if (error) throw error;
    ready.push(data);
  });
  const put = (name: string, text: string): void => {
    const entry = new ZipDeflate(name, { level: 6 });
    // The same tables give the same bytes: no clock in the archive.
    entry.mtime = new Date(1980, 0, 1);
    zip.add(entry);
    entry.push(strToU8(text), true);
  };
  for (const [name, text] of Object.entries(partsOf(tables))) put(name, text);
  yield* ready.splice(0);
  for (const [index, table] of tables.entries()) {
    const entry = new ZipDeflate(`xl/worksheets/sheet${index + 1}.xml`, { level: 6 });
    entry.mtime = new Date(1980, 0, 1);
    zip.add(entry);
    for await (const text of sheet(table, choice)) {
      entry.push(strToU8(text));
      yield* ready.splice(0);
    }
    entry.push(new Uint8Array(0), true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}

/** A worksheet's XML in pieces of some hundred rows. */
async function* sheet(
  { name, columns, rows }: Table,
  { raw = false }: CellChoice,
): AsyncGenerator<string> {
  const letters = columns.map((_, at) => lettersOf(at));
  const widths = columns.map(
    ({ width }, at) =>
      `<col min="${at + 1}" max="${at + 1}" width="${width ?? 16}" customWidth="1"/>`,
  );
  yield `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' +
    `</sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`;
  let count = 1;
  let text = row(
    count,
    columns.map(({ title }, at) => textCell(`${letters[at]}1`, title, STYLE.heading)),
  );
  for await (const item of rows) {
    count += 1;
    if (count > XLSX_ROWS_MAX) throw tooLong(name);
    text += row(
      count,
      columns.map((column, at) => cell(`${letters[at]}${count}`, column, item, raw)),
    );
    if (text.length < 1 << 16) continue;
    yield text;
    text = '';
  }
  yield `${text}</sheetData></worksheet>`;
}

/** The letters of a column counted from 0: A to Z, AA to ZZ. Many readers want them. */
function lettersOf(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : `${lettersOf(Math.floor(column / 26) - 1)}${last}`;
}

function row(number: number, cells: readonly string[]): string {
  return `<row r="${number}">${cells.join('')}</row>`;
}

function cell(at: string, { key, kind }: TableColumn, item: TableRow, raw: boolean): string {
  const value = item[key];
  if (value === null || value === undefined || value === '') return '';
  const text = String(value);
  const number = numberOf(kind, text);
  if (number !== undefined) return `<c r="${at}" s="${number.style}"><v>${number.value}</v></c>`;
  const isQuoted = kind === 'text' && !raw && isFormulaLike(text);
  return textCell(at, text, isQuoted ? STYLE.quoted : STYLE.plain);
}

/** The number that a spreadsheet keeps as it is, with how it shows it; else the cell is text. */
function numberOf(kind: CellKind, text: string): { value: string; style: number } | undefined {
  if (kind === 'text' || kind === 'time' || kind === 'hash') return undefined;
  if (kind === 'date') {
    const day = DAY.test(text) && text >= FIRST_DAY ? excelDay(text) : Number.NaN;
    return Number.isInteger(day) ? { value: String(day), style: STYLE.date } : undefined;
  }
  const [number, decimals = ''] = NUMBER.exec(text) ?? [];
  if (number === undefined || digitsOf(number) > DIGITS_MAX) return undefined;
  const isPlain = kind === 'rate' || (kind === 'figure' && decimals === '');
  return {
    value: number,
    style: (isPlain ? undefined : AMOUNT_STYLES[decimals.length]) ?? STYLE.plain,
  };
}

function digitsOf(number: string): number {
  // Most are shorter with all that is none.
  if (number.length <= DIGITS_MAX) return number.length;
  return number.replace(/[-.]/g, '').replace(/^0+/, '').length;
}

/** What a spreadsheet would take for a character written by its number. */
const LOOKS_ESCAPED = /_(?=x[0-9A-Fa-f]{4}_)/g;

function textCell(at: string, value: string, style: number): string {
  const literal = value.includes('_x') ? value.replace(LOOKS_ESCAPED, '_x005F_') : value;
  const text = `<t xml:space="preserve">${escapeXml(literal)}</t>`;
  return `<c r="${at}" s="${style}" t="inlineStr"><is>${text}</is></c>`;
}

/** Excel's number of a day given as YYYY-MM-DD. */
function excelDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / MS_A_DAY + EXCEL_EPOCH;
}

function escapeXml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to say them
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}

const SHEET_NAME_MAX = 31;

/** What a sheet may be called: 31 characters, none of []:*?/\. A longer title stands aside. */
function sheetName({ name, title = name }: Table): string {
  const chosen = title.length > SHEET_NAME_MAX ? name : title;
  return escapeXml(chosen.replaceAll(/[[\]:*?/\\]/g, ' ').slice(0, SHEET_NAME_MAX));
}

function tooLong(table: string): LoanbookError {
  return new LoanbookError('sheet_too_long', 'A worksheet does not hold so many rows.', {
    exitCode: EXIT.usage,
    evidence: { table, rowsMax: XLSX_ROWS_MAX - 1 },
    next: 'Write CSV or JSON, or ask for less.',
  });
}

function partsOf(tables: readonly Table[]): Record<string, string> {
  const sheets = tables.map((table, at) => ({ at: at + 1, name: sheetName(table) }));
  const overrides = sheets.map(
    ({ at }) =>
      `<Override PartName="/xl/worksheets/sheet${at}.xml" ` +
      `ContentType="${SPREADSHEET}.worksheet+xml"/>`,
  );
  const listed = sheets.map(
    ({ at, name }) => `<sheet name="${name}" sheetId="${at}" r:id="rId${at}"/>`,
  );
  const related = sheets.map(
    ({ at }) =>
      `<Relationship Id="rId${at}" Type="${RELATIONS}/worksheet" ` +
      `Target="worksheets/sheet${at}.xml"/>`,
  );
  const styleId = `rId${sheets.length + 1}`;
  return {
    '[Content_Types].xml':
      `${DECLARATION}<Types xmlns="${PACKAGE}/content-types">` +
      `<Default Extension="rels" ContentType="${RELATIONS_TYPE}"/>` +
      `<Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/>` +
      `<Override PartName="/xl/styles.xml" ContentType="${SPREADSHEET}.styles+xml"/>` +
      `${overrides.join('')}</Types>`,
    '_rels/.rels':
      `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">` +
      `<Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/>` +
      '</Relationships>',
    'xl/workbook.xml':
      `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">` +
      `<sheets>${listed.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${related.join('')}` +
      `<Relationship Id="${styleId}" Type="${RELATIONS}/styles" Target="styles.xml"/>` +
      '</Relationships>',
    'xl/styles.xml': STYLES,
  };
}

const STYLES = `${DECLARATION}<styleSheet xmlns="${MAIN}">
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>
<numFmt numFmtId="165" formatCode="#,##0.000"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="7"><xf xfId="0"/><xf xfId="0" numFmtId="4" applyNumberFormat="1"/>
<xf xfId="0" numFmtId="3" applyNumberFormat="1"/>
<xf xfId="0" numFmtId="164" applyNumberFormat="1"/>
<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" quotePrefix="1"/>
<xf xfId="0" numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`;
