#!/bin/sh
# SheetJS (xlsx 0.18.5) says of every workbook that it writes that parts with the ending `bin` are a
# binary workbook with macros, though the .xlsx has no such part and no macro.
#
# Valid input: one sheet of one cell, written with writeFile as .xlsx. `[Content_Types].xml` then
# has <Default Extension="bin" ContentType="...sheet.binary.macroEnabled.main"/> (allowed: a default
# need not be used). Who looks for `macroEnabled` in that part to keep macros out refuses the file;
# what counts is the <Override> of the workbook part. exceljs 4.4.0 declares nothing of the kind.
# Seen on Node 20.20. Exits 1 as soon as one of that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module", "private": true }' > package.json
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 fflate@0.8.2
cat > probe.mjs <<'PROBE'
import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { strFromU8, unzipSync } from 'fflate';
import XLSX from 'xlsx';

const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([['x']]), 's');
XLSX.writeFile(book, 'xlsx.xlsx');
const other = new ExcelJS.Workbook();
other.addWorksheet('s').addRow(['x']);
await other.xlsx.writeFile('exceljs.xlsx');

let isSame = true;
for (const [name, expected] of [['xlsx', 1], ['exceljs', 0]]) {
  const parts = unzipSync(readFileSync(`${name}.xlsx`));
  const types = strFromU8(parts['[Content_Types].xml']);
  const defaults = (types.match(/<Default [^>]*macroEnabled[^>]*>/g) ?? []).length;
  const overrides = (types.match(/<Override [^>]*macroEnabled[^>]*>/g) ?? []).length;
  const binaries = Object.keys(parts).filter((part) => part.endsWith('.bin')).length;
  console.log(`${name}: macroEnabled in ${defaults} defaults, ${overrides} overrides; ${binaries} .bin parts`);
  if (defaults !== expected || overrides !== 0 || binaries !== 0) isSame = false;
}
if (!isSame) console.log('CHANGED: expected 1 default of xlsx, none of exceljs, no .bin part');
process.exit(isSame ? 0 : 1);
PROBE
node probe.mjs
