#!/bin/sh
# XLSX without cell references: exceljs 4.4.0 and read-excel-file 9.3.17 cannot read it.
#
# Input: a workbook of one sheet whose <row> and <c> have no `r`. It is valid: ECMA-376 part 1,
# 18.3.1.4 (c) and 18.3.1.73 (row), has the attribute as optional.
# Seen on Node 20.20: exceljs fails with "Invalid row number in model", read-excel-file with
# "Cannot read properties of undefined (reading 'length')"; SheetJS (xlsx 0.18.5) reads 1.5 in B2.
# With `r` on rows and cells all three read it. Exits 1 as soon as one of that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module", "private": true }' > package.json
npm install --silent --no-audit --no-fund \
  exceljs@4.4.0 read-excel-file@9.3.17 xlsx@0.18.5 fflate@0.8.2
cat > probe.mjs <<'PROBE'
import { writeFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';

const NS = 'http://schemas.openxmlformats.org';
const REL = `${NS}/officeDocument/2006/relationships`;
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const xml = (text) => strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${text}`);

function workbook(file, withReferences) {
  const r = (at) => (withReferences ? ` r="${at}"` : '');
  const text = (at, value) => `<c${r(at)} t="inlineStr"><is><t>${value}</t></is></c>`;
  const rows =
    `<row${r(1)}>${text('A1', 'name')}${text('B1', 'amount')}</row>` +
    `<row${r(2)}>${text('A2', 'x')}<c${r('B2')}><v>1.5</v></c></row>`;
  const parts = {
    '[Content_Types].xml': `<Types xmlns="${NS}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${NS}/package/2006/relationships"><Relationship Id="rId1" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${NS}/spreadsheetml/2006/main" xmlns:r="${REL}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${NS}/package/2006/relationships"><Relationship Id="rId1" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${REL}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${NS}/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf xfId="0"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${NS}/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`,
  };
  const zipped = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, xml(part)]));
  writeFileSync(file, zipSync(zipped));
}

const readers = {
  async exceljs(file) {
    const { default: ExcelJS } = await import('exceljs');
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(file);
    return book.worksheets[0].getCell('B2').value;
  },
  async 'read-excel-file'(file) {
    const { default: read } = await import('read-excel-file/node');
    return (await read(file))[0].data[1][1];
  },
  async xlsx(file) {
    const { default: XLSX } = await import('xlsx');
    return XLSX.readFile(file).Sheets.s.B2.v;
  },
};
const expected = {
  without: { exceljs: 'fails', 'read-excel-file': 'fails', xlsx: 1.5 },
  with: { exceljs: 1.5, 'read-excel-file': 1.5, xlsx: 1.5 },
};
workbook('without.xlsx', false);
workbook('with.xlsx', true);
let isSame = true;
for (const [which, outcomes] of Object.entries(expected)) {
  for (const [name, outcome] of Object.entries(outcomes)) {
    let seen;
    let said = '';
    try {
      seen = await readers[name](`${which}.xlsx`);
    } catch (error) {
      seen = 'fails';
      said = `: ${error.name}: ${error.message}`;
    }
    console.log(`${which} references, ${name}: ${seen}${said}`);
    if (seen !== outcome) isSame = false;
  }
}
if (!isSame) console.log('CHANGED: expected', JSON.stringify(expected));
process.exit(isSame ? 0 : 1);
PROBE
node probe.mjs
