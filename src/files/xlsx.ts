import { strToU8, Zip, ZipDeflate } from 'fflate';
import { isFormulaLike } from './formula-like.js';
import type { Table, TableColumn, TableRow } from './table.js';
import type { CellChoice } from './table-file.js';

/** Days from Excel's day 0 (1899-12-30) to 1970-01-01. */
const EXCEL_EPOCH = 25_569;
/** What a worksheet holds, its heading included. */
export const XLSX_ROWS_MAX = 1_048_576;
const MS_A_DAY = 86_400_000;

/** Cell styles by kind, as `styles.xml` lists them. */
const STYLE = { text: 0, amount: 1, count: 2, date: 3, heading: 4, quoted: 5 } as const;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const RELATIONS_TYPE = 'application/vnd.openxmlformats-package.relationships+xml';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * Streams tables as a workbook (ECMA-376, transitional), a sheet each, in pieces. An amount's
 * decimal text is the cell's number as it stands: no amount passes through floating point. Throws
 * RangeError where a table has more rows than a sheet holds. Text is an inline string, never a
 * formula; what looks like one is marked as quoted, so that it stays text when it is edited.
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
    if (count > XLSX_ROWS_MAX) throw new RangeError(`${name}: more rows than a worksheet holds`);
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
  if (kind === 'date') {
    return `<c r="${at}" s="${STYLE.date}"><v>${excelDay(String(value))}</v></c>`;
  }
  if (kind !== 'text' && kind !== 'figure')
    return `<c r="${at}" s="${STYLE[kind]}"><v>${value}</v></c>`;
  const text = String(value);
  const isQuoted = kind === 'text' && !raw && isFormulaLike(text);
  return textCell(at, text, isQuoted ? STYLE.quoted : STYLE.text);
}

function textCell(at: string, value: string, style: number): string {
  const text = `<t xml:space="preserve">${escapeXml(value)}</t>`;
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

/** What a sheet may be called: 31 characters, none of []:*?/\. */
function sheetName(name: string): string {
  return escapeXml(name.replaceAll(/[[\]:*?/\\]/g, ' ').slice(0, 31));
}

function partsOf(tables: readonly Table[]): Record<string, string> {
  const sheets = tables.map(({ name, title }, at) => ({
    at: at + 1,
    name: sheetName(title ?? name),
  }));
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
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="6"><xf xfId="0"/><xf xfId="0" numFmtId="4" applyNumberFormat="1"/>
<xf xfId="0" numFmtId="3" applyNumberFormat="1"/>
<xf xfId="0" numFmtId="164" applyNumberFormat="1"/>
<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" quotePrefix="1"/></cellXfs></styleSheet>`;
