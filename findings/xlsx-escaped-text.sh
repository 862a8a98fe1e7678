#!/bin/sh
# XLSX text that looks like a character by its number, `_x0041_`: exceljs 4.4.0 and SheetJS
# (xlsx 0.18.5) write it so that every reader takes it for `A`; exceljs does not read it in inline
# strings.
#
# Valid input: in a workbook `_xHHHH_` stands for a character, and `_x005F_` for the underscore of a
# text that only looks so (ECMA-376 part 1, 22.9.2.19, ST_Xstring). So `_x005F_x0041_` is the text
# `_x0041_`, in a shared string and in an inline one.
# Seen on Node 20.20: the cell `_x0041_`, written by exceljs or by SheetJS, is read as `A`. Of the
# two strings above exceljs reads the shared one as it should and the inline one as it stands;
# SheetJS and read-excel-file 9.3.17 read both. Exits 1 as soon as one of that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module", "private": true }' > package.json
npm install --silent --no-audit --no-fund \
  exceljs@4.4.0 read-excel-file@9.3.17 xlsx@0.18.5 fflate@0.8.2
cat > probe.mjs <<'PROBE'
import { writeFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { strToU8, zipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';
import XLSX from 'xlsx';

const NS = 'http://schemas.openxmlformats.org';
const REL = `${NS}/officeDocument/2006/relationships`;
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const ESCAPED = '<t>_x005F_x0041_</t>';
const parts = {
  '[Content_Types].xml': `<Types xmlns="${NS}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${TYPE}.sharedStrings+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${NS}/package/2006/relationships"><Relationship Id="rId1" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${NS}/spreadsheetml/2006/main" xmlns:r="${REL}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${NS}/package/2006/relationships"><Relationship Id="rId1" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  'xl/worksheets/sheet1.xml': `<worksheet xmlns="${NS}/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is>${ESCAPED}</is></c></row></sheetData></worksheet>`,
  'xl/sharedStrings.xml': `<sst xmlns="${NS}/spreadsheetml/2006/main"><si>${ESCAPED}</si></sst>`,
};
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const zipped = Object.entries(parts).map(([name, xml]) => [name, strToU8(DECLARATION + xml)]);
writeFileSync('made.xlsx', zipSync(Object.fromEntries(zipped)));

const readers = {
  async exceljs(file) {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(file);
    return ['A1', 'B1'].map((cell) => book.worksheets[0].getCell(cell).value);
  },
  async 'read-excel-file'(file) {
    return (await readExcelFile(file))[0].data[0];
  },
  async xlsx(file) {
    const sheet = XLSX.readFile(file).Sheets.s;
    return ['A1', 'B1'].map((cell) => sheet[cell]?.v);
  },
};
const written = new ExcelJS.Workbook();
written.addWorksheet('s').addRow(['_x0041_']);
await written.xlsx.writeFile('exceljs.xlsx');
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([['_x0041_']]), 's');
XLSX.writeFile(book, 'xlsx.xlsx');

const seen = {};
for (const [name, read] of Object.entries(readers)) seen[name] = await read('made.xlsx');
seen['written by exceljs'] = (await readers.xlsx('exceljs.xlsx'))[0];
seen['written by xlsx'] = (await readers.xlsx('xlsx.xlsx'))[0];
const expected = {
  exceljs: ['_x0041_', '_x005F_x0041_'],
  'read-excel-file': ['_x0041_', '_x0041_'],
  xlsx: ['_x0041_', '_x0041_'],
  'written by exceljs': 'A',
  'written by xlsx': 'A',
};
for (const [name, value] of Object.entries(seen)) console.log(`${name}: ${JSON.stringify(value)}`);
const isSame = JSON.stringify(seen) === JSON.stringify(expected);
if (!isSame) console.log('CHANGED: expected', JSON.stringify(expected));
process.exit(isSame ? 0 : 1);
PROBE
node probe.mjs
