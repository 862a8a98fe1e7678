import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';

export interface Sheet {
  readonly name: string;
  /** Cells as text by row and column, titles first; a number as it stands, a date YYYY-MM-DD. */
  readonly rows: readonly (readonly string[])[];
}

const DATE_STYLE = '3';
/** Excel counts from 1899-12-30, days in the program from 1970-01-01. */
const EXCEL_DAY_0 = parseDay('1899-12-30')!;

/** Reads back a workbook of ours: inline strings and numbers, each cell with its reference. */
export function readWorkbook(file: string): Sheet[] {
  const parts = unzipSync(readFileSync(file));
  const text = (name: string) => strFromU8(parts[name]!);
  const names = [...text('xl/workbook.xml').matchAll(/<sheet name="([^"]*)"/g)];
  return names.map(([, name = ''], at) => ({
    name: unescaped(name),
    rows: sheetRows(text(`xl/worksheets/sheet${at + 1}.xml`)),
  }));
}

function sheetRows(xml: string): string[][] {
  return [...xml.matchAll(/<row r="\d+">(.*?)<\/row>/gs)].map(([, cells = '']) => {
    const row: string[] = [];
    for (const [, letters = '', style, inner = ''] of cells.matchAll(
      /<c r="([A-Z]+)\d+" s="(\d+)"[^>]*>(.*?)<\/c>/gs,
    )) {
      const value = unescaped(inner.replaceAll(/<[^>]*>/g, ''));
      const at = [...letters].reduce((sum, each) => sum * 26 + each.charCodeAt(0) - 64, 0) - 1;
      while (row.length < at) row.push('');
      row.push(style === DATE_STYLE ? formatDay(Number(value) + EXCEL_DAY_0) : value);
    }
    return row;
  });
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** With nothing but the standard library of another language, by the standard's own words. */
const PYTHON = `
import datetime, json, re, sys, zipfile
from xml.etree import ElementTree
M = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
R = '{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id'
book = zipfile.ZipFile(sys.argv[1])
assert book.testzip() is None
part = lambda name: ElementTree.fromstring(book.read(name))
for name in book.namelist(): part(name)
targets = {r.get('Id'): r.get('Target') for r in part('xl/_rels/workbook.xml.rels')}
styles = part('xl/styles.xml')
formats = {f.get('numFmtId'): f.get('formatCode') for f in styles.iter(M + 'numFmt')}
styles = [formats.get(x.get('numFmtId'), '') for x in styles.find(M + 'cellXfs')]
def cell(c):
    if c.get('t') == 'inlineStr': return ''.join(t.text or '' for t in c.iter(M + 't'))
    assert c.get('t') is None, c.get('t')
    value = c.find(M + 'v').text
    float(value)
    if 'yyyy' not in styles[int(c.get('s'))]: return value
    return str(datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value)))
def column(ref):
    at = 0
    for letter in re.match('[A-Z]+', ref).group(): at = at * 26 + ord(letter) - 64
    return at - 1
sheets = []
for sheet in part('xl/workbook.xml').iter(M + 'sheet'):
    rows = []
    for row in part('xl/' + targets[sheet.get(R)]).iter(M + 'row'):
        assert int(row.get('r')) == len(rows) + 1
        cells = {column(c.get('r')): cell(c) for c in row}
        rows.append([cells.get(at, '') for at in range(max(cells, default=-1) + 1)])
    sheets.append({'name': sheet.get('name'), 'rows': rows})
print(json.dumps(sheets))
`;

export const hasPython = spawnSync('python3', ['--version']).status === 0;

/** The same workbook, read by a program that is not ours. */
export function readByPython(file: string): Sheet[] {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PYTHON, file], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Sheet[];
}
