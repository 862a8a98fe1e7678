import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import iconv from 'iconv-lite';
import { reportPieces } from '../../../src/files/table-file.js';

export const COLUMNS = `columns:
  - {title: 借据号, from: loan_no}
  - {title: 金额, from: principal, type: amount}
  - {title: 利率, from: rate, type: rate, unit: percent}
  - {title: 放款日, from: disbursed_on, type: date}
  - {title: 机构, from: org}
  - {constant: CASH, from: product}
`;
const TITLES = '借据号,金额,利率,放款日,机构';
/** The second row has no amount: 1O.00 with a letter in it, which is to be 10.00. */
const ROWS = ['贷-1,1234.50,18,2026-03-28,上海', '贷-2,1O.00,18,2026-03-28,"北京, 东"'];
export const WRONG = '1O.00';
const [GOOD = '', BAD = ''] = ROWS;

export const text = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
export const PLAIN = text(TITLES, ...ROWS);
const NUMBERED = `columns:
  - {at: 2, from: loan_no}
  - {at: 3, from: principal, type: amount}
  - {at: 4, from: rate}
  - {at: 5, from: disbursed_on}
  - {constant: CASH, from: product}
`;
const TOTAL = 'total_of: principal\n';
export const FIXED = `format: fixed
columns:
  - {start: 1, width: 4, from: loan_no}
  - {start: 5, width: 8, from: principal, type: amount}
  - {start: 13, width: 4, from: rate}
  - {start: 17, width: 10, from: disbursed_on}
  - {constant: CASH, from: product}
`;

async function workbook(): Promise<Buffer> {
  const [titles = [], ...rows] = [TITLES, ...ROWS].map((line) => line.split(/,(?! )/));
  const columns = titles.map((title) => ({ key: title, title, kind: 'text' as const }));
  const cells = rows.map((row) =>
    Object.fromEntries(row.map((cell, at) => [titles[at]!, cell.replaceAll('"', '')])),
  );
  const table = { name: 'loans', columns, rows: cells };
  const pieces: Uint8Array[] = [];
  for await (const piece of reportPieces({ head: {}, tables: [table] }, 'xlsx')) {
    pieces.push(typeof piece === 'string' ? strToU8(piece) : piece);
  }
  return Buffer.concat(pieces);
}

export interface Case {
  readonly name: string;
  readonly layout: string;
  readonly content: () => Uint8Array | Promise<Uint8Array>;
  /** Of the reject file, where it is another one than UTF-8. */
  readonly charset?: string;
  /** The bytes of the bad row, where it is to be copied. */
  readonly row?: Uint8Array;
  /** What is wrong in it; 1O.00 if nothing is said. */
  readonly bad?: string;
}

function ofText(
  name: string,
  layout: string,
  content: string,
  row: string,
  { charset = 'utf-8', bad = WRONG } = {},
): Case {
  return {
    ...{ name, layout, charset, bad, row: iconv.encode(`${row}\n`, charset) },
    content: () => iconv.encode(content, charset, { addBOM: charset.startsWith('utf-16') }),
  };
}

export const CASES: readonly Case[] = [
  ofText('plain', COLUMNS, PLAIN, BAD),
  ofText(
    'a head line with count and total',
    `head: "H,{count},{total}"\n${TOTAL}${COLUMNS}`,
    // What cannot be read counts nothing.
    text('H,2,1234.50', TITLES, ...ROWS),
    BAD,
  ),
  ofText(
    'a trailer with count and total',
    `trailer: {starts: 合计, count: 2, total: 3}\n${TOTAL}${COLUMNS}`,
    text(TITLES, ...ROWS, '合计,2,1234.50'),
    BAD,
  ),
  ofText(
    'a trailer that nothing tells from a row',
    `trailer: "{count},{total}"\n${TOTAL}${COLUMNS}`,
    text(TITLES, ...ROWS, '2,1234.50'),
    BAD,
  ),
  ofText(
    'skipped lines before and behind, and comments',
    `skip: {before: 2, behind: 1}\ncomment: ["#"]\n${COLUMNS}`,
    text('Loans of a day', '', '# new ones', TITLES, BAD, GOOD, 'made at 09:30'),
    BAD,
  ),
  ofText(
    'rows that a blank line ends',
    `blank_lines: end\n${COLUMNS}`,
    text(TITLES, ...ROWS, '', 'in all 2'),
    BAD,
  ),
  ...['utf-16le', 'utf-16be', 'gb18030'].map((charset) =>
    ofText(charset, `charset: ${charset}\n${COLUMNS}`, PLAIN, BAD, { charset }),
  ),
  {
    name: 'gzip',
    layout: COLUMNS,
    content: () => gzipSync(PLAIN),
    row: Buffer.from(`${BAD}\n`),
  },
  {
    name: 'zip',
    layout: `charset: gb18030\n${COLUMNS}`,
    charset: 'gb18030',
    content: () => zipSync({ 'loans.csv': iconv.encode(PLAIN, 'gb18030') }),
    row: iconv.encode(`${BAD}\n`, 'gb18030'),
  },
  { name: 'xlsx', layout: `format: xlsx\nsheet: loans\n${COLUMNS}`, content: workbook },
  {
    name: 'ndjson',
    layout: `format: ndjson\n${COLUMNS}`,
    content: () =>
      Buffer.from(
        text(
          '{"借据号":"贷-1","金额":1234.50,"利率":18,"放款日":"2026-03-28","机构":null}',
          '{"借据号":"贷-2","金额":"1O.00","利率":18,"放款日":"2026-03-28"}',
        ),
      ),
  },
  ofText(
    'fixed width',
    `${FIXED}trailer: "T{count:3}"\n`,
    text('贷-1 01234.500.182026-03-28', '贷-2 00"1O.000.182026-03-28', 'T002'),
    '贷-2 00"1O.000.182026-03-28',
    { bad: '00"1O.00' },
  ),
  ofText(
    'fixed width in bytes',
    `widths: bytes\ncharset: gb18030\n${FIXED}`,
    // 贷 has two bytes: the number fills its four.
    text('贷-101234.500.182026-03-28', '贷-200"1O.000.182026-03-28'),
    '贷-200"1O.000.182026-03-28',
    { charset: 'gb18030', bad: '00"1O.00' },
  ),
  ofText(
    'records of several kinds',
    `titles: false\nrecords: {at: 1, row: [D], ignore: [H, T]}\n${NUMBERED}`,
    text('H,x', 'D,贷-1,1234.50,0.18,2026-03-28', 'D,贷-2,1O.00,0.18,2026-03-28', 'T,2'),
    'D,贷-2,1O.00,0.18,2026-03-28',
  ),
  ofText(
    'a delimiter of several characters',
    `delimiter: "|+|"\n${COLUMNS}`,
    text(
      TITLES.replaceAll(',', '|+|'),
      '贷-1|+|1234.50|+|18|+|2026-03-28|+|"上海',
      '贷-2|+|1O.00|+|18|+|2026-03-28|+|北京',
    ),
    '贷-2|+|1O.00|+|18|+|2026-03-28|+|北京',
  ),
  ofText(
    'lines inside quotes, and a byte order mark',
    COLUMNS,
    `\ufeff${TITLES},备注\r\n贷-2,"1O.00\n",18,2026-03-28,,"a\r\n""b"""\r\n${GOOD},\r\n`,
    '贷-2,"1O.00\n",18,2026-03-28,,"a\r\n""b"""\r',
    { bad: '"1O.00\n"' },
  ),
];
