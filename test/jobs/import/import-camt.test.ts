import { afterAll, beforeAll, expect, it } from 'vitest';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../../src/jobs/import/import-repayments.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  const loans = book.file(
    ...['loans.csv', 'loan_no,product,principal,rate,disbursed_on'],
    ...['A1,CASH,10000.00,0.18,2026-01-15', 'A2,CASH,10000.00,0.18,2026-01-15'],
  );
  await importLoans(book.client, { file: loans });
});
afterAll(() => book.remove());

const LAYOUT = `kind: repayments
format: camt
columns:
  - {title: reference, from: ref}
  - {title: text, from: loan_no}
  - {title: value_date, from: value_date}
  - {title: amount, from: amount, type: amount}
`;
const entry = (ref: string, loan: string, amount: string) =>
  `<Ntry><NtryRef>${ref}</NtryRef><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>` +
  '<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-28</Dt></BookgDt><ValDt><Dt>2026-03-28</Dt></ValDt>' +
  `<AddtlNtryInf>${loan}</AddtlNtryInf></Ntry>`;
const statement = (...entries: readonly string[]) =>
  '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>' +
  `<Id>S</Id>${entries.join('')}</Stmt></BkToCstmrStmt></Document>\n`;

it('entries of one line of a statement are rows of their own', async () => {
  const layout = book.raw('camt.yaml', LAYOUT);
  const file = book.raw(
    'camt.xml',
    statement(
      ...[entry('R1', 'A1', '5.00'), entry('R2', 'NONE', '6.00')],
      ...[entry('R3', 'A1', '7.00'), entry('R4', 'NONE', '8.00'), entry('R5', 'A2', '9.00')],
    ),
  );
  const {
    rowsTaken,
    rejects = [],
    rejectFile,
  } = await importRepayments(book.client, {
    ...{ file, layout, maxRejects: 2 },
  });
  expect(rowsTaken).toBe(3);
  const events = 'SELECT event_id, ref FROM event WHERE type = 3 ORDER BY event_id';
  const found = await book.rows(events);
  expect(found.map(({ ref }) => ref)).toEqual(['R1', 'R3', 'R5']);
  expect(new Set(found.map(({ event_id: id }) => id)).size).toBe(3);
  expect(rejects.map(({ line }) => line)).toEqual([3, 5]);
  const [, ...rows] = book.read(rejectFile!);
  expect(rows.map((row) => row.match(/R\d/g))).toEqual([['R2'], ['R4']]);
  // Corrected they are the others.
  const again = book.raw('again.csv', book.read(rejectFile!).join('\n').replaceAll('NONE', 'A2'));
  const unended = { file: again, layout, says: { unterminated: true } };
  expect(await importRepayments(book.client, unended)).toMatchObject({ rowsTaken: 2 });
  expect(await book.rows(`SELECT ref FROM event WHERE type = 3 AND import_id = 3`)).toHaveLength(2);
});
