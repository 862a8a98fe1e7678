import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGb18030 } from '../../../../src/files/gb18030.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import type { ImportOptions } from '../../../../src/jobs/import/import-file.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../../../src/jobs/import/import-repayments.js';
import { type ImportBook, importBook } from '../../../support/import-book.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
beforeEach(async () => {
  await book.reset();
  for (const name of ['r.csv.ctl', 'l.csv.ctl']) rmSync(join(book.folder, name), { force: true });
});
afterAll(() => book?.remove());

const HEAD = 'ref,loan_no,value_date,amount';
/** 100.50 and 916.80 make 1017.30. */
const ROWS = `${HEAD}\nR1,A1,2026-03-28,100.50\nR2,A1,2026-03-28,916.80`;
const LOAN_HEAD = 'loan_no,product,rate,disbursed_on,principal';

async function oneLoan(): Promise<void> {
  const row = 'A1,CASH,0.18,2026-03-28,5000.00';
  await importLoans(book.client, { file: book.file('one.csv', LOAN_HEAD, row) });
}

async function take(text: string, options: Partial<ImportOptions> = {}) {
  await oneLoan();
  const file = book.raw('r.csv', text);
  return importRepayments(book.client, { file, ...options });
}

describe('a last line without a line end', () => {
  it.each<[string, typeof importEvents, string]>([
    ['loans', importLoans, `${LOAN_HEAD}\nA9,CASH,0.18,2026-03-28,500`],
    ['repayments', importRepayments, ROWS],
    ['events', importEvents, 'ref,loan_no,type,value_date,amount\nE1,A1,fee,2026-03-28,5.0'],
    ['a header alone', importRepayments, HEAD],
  ])('is that of a file that was cut: %s', async (_kind, importer, text) => {
    await oneLoan();
    const file = book.raw('cut.csv', text);
    await expect(importer(book.client, { file, maxRejects: 9 })).rejects.toMatchObject({
      code: 'file_truncated',
      exitCode: 1,
      evidence: { file, line: text.split('\n').length },
    });
    expect(existsSync(`${file}.rejects.csv`)).toBe(false);
    expect(await book.rows('SELECT FROM imported_file')).toHaveLength(1);
  });

  it('of schedules', async () => {
    const file = book.file('l.csv', LOAN_HEAD, 'B1,CASH,0.18,2026-03-28,1000.00');
    const rows = 'loan_no,due_on,principal,interest\nB1,2026-04-20,1000.00,1.5';
    const schedules = book.raw('s.csv', rows);
    const whole = { file, schedules };
    await expect(importLoans(book.client, whole)).rejects.toMatchObject({
      code: 'file_truncated',
      evidence: { file: schedules, line: 2 },
    });
    const schedulesSays = { rows: 1, total: '1000.00' };
    const taken = await importLoans(book.client, { ...whole, schedulesSays });
    expect(taken).toMatchObject({ rowsTaken: 1, schedules: { taken: 1 } });
  });

  it.each<[string, Partial<ImportOptions>, string[]]>([
    ['the command lets it be', { says: { unterminated: true } }, ['unterminated']],
    ['rows and total prove it', { says: { rows: 2, total: '1017.30' } }, ['options']],
  ])('is taken where %s', async (_what, options, provedBy) => {
    expect(await take(ROWS, options)).toMatchObject({ rowsTaken: 2, provedBy });
  });

  it.each([[{ rows: 2 }], [{ total: '1017.30' }]])('is not proved by %o alone', async (says) => {
    await expect(take(ROWS, { says })).rejects.toMatchObject({ code: 'file_truncated' });
  });

  it('is taken where the mapping says so, or a trailer proves it', async () => {
    const columns = HEAD.split(',').map((name) => `  ${name}: {from: ${name}}\n`);
    const plain = `kind: repayments\ncolumns:\n${columns.join('')}`;
    const mapping = book.raw('m.yaml', `${plain}unterminated: allowed\n`);
    expect(await take(ROWS, { mapping })).toMatchObject({ provedBy: ['unterminated'] });
    await book.reset();
    const totals = book.raw('t.yaml', `${plain}trailer: {starts: T, count: 2, amount: 4}\n`);
    const right = `${ROWS}\nT,2,,1017.30`;
    expect(await take(right, { mapping: totals })).toMatchObject({
      rowsTaken: 2,
      provedBy: ['trailer'],
    });
    await book.reset();
    const cut = take(`${ROWS}\nT,2,,1017`, { mapping: totals });
    await expect(cut).rejects.toMatchObject({
      code: 'file_total_differs',
      evidence: { rule: 'total', expected: '1017.00', actual: '1017.30', difference: '0.30' },
    });
    await book.reset();
    await expect(take(`${ROWS}\n`, { mapping: totals })).rejects.toMatchObject({
      code: 'bad_trailer',
      evidence: { rule: 'trailer_missing' },
    });
    await book.reset();
    const somebody = take(`${ROWS}\nT,2 of 13800138000,,1017.30\n`, { mapping: totals });
    await expect(somebody).rejects.toMatchObject({
      code: 'bad_trailer',
      evidence: { value: '2 of 138******00' },
    });
  });
});

describe('what the sender says', () => {
  it.each([
    [{ rows: 3 }, { rule: 'rows', expected: 3, actual: 2, difference: -1 }],
    [
      { rows: 2, total: '1924.60' },
      { rule: 'total', expected: '1924.60', actual: '1017.30', difference: '-907.30' },
    ],
  ])('refuses what differs: %o', async (says, evidence) => {
    await expect(take(`${ROWS}\n`, { says })).rejects.toMatchObject({
      code: 'file_total_differs',
      exitCode: 1,
      evidence: { saidBy: 'options', ...evidence },
    });
    expect(await book.rows('SELECT FROM event WHERE ref LIKE $$R%$$')).toEqual([]);
  });

  it('names its content by a digest, which proves it and refuses another one', async () => {
    const sha256 = createHash('sha256').update(ROWS).digest('hex');
    const changed = `${ROWS}0`;
    await expect(take(changed, { says: { sha256 } })).rejects.toMatchObject({
      code: 'file_hash_differs',
      exitCode: 1,
      evidence: { rule: 'sha256', expected: sha256 },
    });
    expect(await book.rows("SELECT FROM imported_file WHERE kind = 'repayments'")).toEqual([]);
    const file = book.raw('r.csv', ROWS);
    const whole = await importRepayments(book.client, { file, says: { sha256 } });
    expect(whole).toMatchObject({ provedBy: ['sha256'], rowsTaken: 2 });
  });

  it('counts rejected rows too', async () => {
    const text = `${ROWS}\nR3,NONE,2026-03-28,10.00\n`;
    const says = { rows: 3, total: '1027.30' };
    expect(await take(text, { says, maxRejects: 1 })).toMatchObject({
      rowsTaken: 2,
      rowsRejected: 1,
      amount: 101_730,
      provedBy: ['line_end', 'options'],
    });
  });

  it('stands in a control file beside the file', async () => {
    const sha256 = createHash('sha256').update(`${ROWS}\n`).digest('hex');
    book.raw('r.csv.ctl', `r.csv,2,1017.30,${sha256}\n`);
    expect(await take(`${ROWS}\n`)).toMatchObject({
      provedBy: ['line_end', 'control_file', 'sha256'],
    });
    await book.reset();
    await expect(take(ROWS)).rejects.toMatchObject({ code: 'control_hash_differs' });
    await book.reset();
    book.raw('r.csv.ctl', 'r.csv,2,1017.31\n');
    await expect(take(`${ROWS}\n`)).rejects.toMatchObject({
      code: 'file_total_differs',
      evidence: { file: `${join(book.folder, 'r.csv')}.ctl`, difference: '-0.01' },
    });
  });

  it.each<[string, string, string, object]>([
    ['cut off', 'r.csv,2,1017.30', 'file_truncated', { line: 1 }],
    ['with less than no rows', 'r.csv,-2\n', 'control_file_malformed', { line: 1 }],
    [
      'with somebody in it',
      'r.csv,2 of 13800138000\n',
      'control_file_malformed',
      { value: 'r.csv,2 of 138******00' },
    ],
    ['of others', 'name,rows\nx.csv,1\ny.csv,2\n', 'control_file_of_another', { actual: 'x.csv' }],
    [
      'of several, the last of them ours',
      'name,rows,total\nx.csv,1,1.00\nr.csv,2,1017.31\n',
      'file_total_differs',
      { line: 3, rule: 'total' },
    ],
  ])('in a control file %s', async (_what, control, code, evidence) => {
    book.raw('r.csv.ctl', control);
    await expect(take(`${ROWS}\n`)).rejects.toMatchObject({ code, exitCode: 1, evidence });
    expect(await book.rows('SELECT FROM imported_file')).toHaveLength(1);
  });

  it('in a control file of several files is that of its line', async () => {
    book.raw('r.csv.ctl', 'x.csv,1,1.00\r\nr.csv,2,1017.30\r\n');
    expect(await take(ROWS)).toMatchObject({ provedBy: ['control_file'] });
  });
});

describe('what is no text file', () => {
  it.each([
    ['a workbook', Buffer.from('PK\x03\x04....[Content_Types].xml', 'latin1'), /xlsx/],
    ['an archive', gzipSync(`${ROWS}\n`), /gzip/],
    ['a page', Buffer.from('<html><table>\n'), /HTML/],
    ['UTF-16', Buffer.from('\ufeffref,loan_no\n', 'utf16le'), /UTF-16/],
  ])('says what it is: %s', async (_what, bytes, kind) => {
    await oneLoan();
    const file = book.raw('r.csv', '');
    writeFileSync(file, bytes);
    await expect(importRepayments(book.client, { file })).rejects.toMatchObject({
      code: 'not_text',
      evidence: { kind: expect.stringMatching(kind) },
    });
  });

  it('is refused: a FIFO, a device, a directory', async () => {
    const fifo = join(book.folder, 'fifo.csv');
    execFileSync('mkfifo', [fifo]);
    for (const [file, kind] of [
      [fifo, 'a pipe (FIFO)'],
      ['/dev/null', 'a device'],
      [book.folder, 'a directory'],
    ] as const) {
      await expect(importRepayments(book.client, { file })).rejects.toMatchObject({
        code: 'not_a_file',
        exitCode: 2,
        evidence: { file, kind },
      });
    }
  });

  it('titles in GB18030 are said to be there', async () => {
    const text = 'kind: repayments\ncolumns: {ref: {from: 流水号}, loan_no: {from: 借据号}, ';
    const rest = 'value_date: {from: 日期}, amount: {from: 金额}}\n';
    const mapping = book.raw('cn.yaml', text + rest);
    const file = book.raw('cn.csv', '');
    writeFileSync(file, encodeGb18030('流水号,借据号,日期,金额\nR1,A1,2026-03-28,1.00\n'));
    await expect(importRepayments(book.client, { file, mapping })).rejects.toMatchObject({
      code: 'wrong_charset',
      evidence: { foundCharset: 'gb18030' },
    });
  });

  it('a NUL character is the fault of its field', async () => {
    const outcome = await take(`${ROWS}\nR3,A1,2026-03-28,1\0.00\n`, { maxRejects: 1 });
    expect(outcome).toMatchObject({ rowsTaken: 2, rowsRejected: 1 });
    expect(book.read(outcome.rejectFile!)[1]).toContain('4,amount,nul_character');
  });
});

describe('a number that looks like another', () => {
  const row = (loanNo: string) => `${loanNo},CASH,0.18,2026-03-28,1000.00`;

  it.each([
    ['width', 'LN001', '\uff2c\uff2e\uff10\uff10\uff11'],
    ['case', 'LN001', 'ln001'],
    ['case, the other way', 'ln001', 'LN001'],
    ['a zero-width space', 'LN001', 'LN\u200b001'],
    ['a soft hyphen', 'LN\u00ad001', 'LN001'],
    ['a byte order mark inside', 'LN001', 'LN\ufeff001'],
    ['a no-break space', 'LN 001', 'LN\u00a0001'],
    ['two kinds of both', 'ln\u200d001', 'Ln\u2060001'],
  ])('by %s is refused, in the book and in the file', async (_what, first, second) => {
    const shown = [...first].every((char) => char >= ' ' && char <= '~')
      ? first
      : first.replace(/[\u00ad\u200d]/, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);
    const both = book.file('both.csv', LOAN_HEAD, row(first), row(second));
    const inFile = await importLoans(book.client, { file: both, maxRejects: 1 });
    expect(inFile).toMatchObject({ rowsTaken: 1, rowsRejected: 1 });
    const rejects = book.read(inFile.rejectFile!);
    const value = shown === 'LN 001' ? 'LN\\u{20}001' : shown;
    expect(rejects[1]).toMatch(/^3,loan_no,loan_no_looks_like,/);
    expect(rejects[1]).toContain(`loan_no_looks_like,${value},`);
    const later = book.file('later.csv', LOAN_HEAD, row('ZZ1'), row(second));
    const inBook = await importLoans(book.client, { file: later, maxRejects: 1 });
    expect(inBook).toMatchObject({ rowsTaken: 1, rowsRejected: 1 });
    expect(book.read(inBook.rejectFile!)[1]).toContain(`loan_no_looks_like,${value},`);
  });

  it('is found for loans that are older than the table of looks', async () => {
    const file = book.file('old.csv', LOAN_HEAD, row('ln\u200b7'), row('X1'));
    await importLoans(book.client, { file });
    await book.asOwner('UPDATE loan_look SET look = NULL');
    const again = book.file('new.csv', LOAN_HEAD, row('LN7'));
    const outcome = await importLoans(book.client, { file: again, maxRejects: 1 });
    expect(outcome).toMatchObject({ rowsRejected: 1 });
  });

  it('one that differs in what is seen goes in', async () => {
    const numbers = ['LN001', 'LN-001', 'LN0O1', 'ln002', 'L\u00e90'];
    const file = book.file('differ.csv', LOAN_HEAD, ...numbers.map(row));
    expect(await importLoans(book.client, { file })).toMatchObject({ rowsTaken: 5 });
  });
});
