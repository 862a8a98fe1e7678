import { maskText, maskTexts } from './mask.js';
import type { Report } from './report.js';
import type { Table, TableRow } from './table.js';

/**
 * By what rows of a book are known: a loan number of sixteen digits may look like a card, and has
 * to be found again.
 */
export const KNOWN_BY: ReadonlySet<string> = new Set([
  ...['loanNo', 'loan', 'ref', 'of', 'orderNo', 'order', 'voucherNo', 'voucher', 'reference'],
  ...['party', 'account', 'code', 'product', 'oldNumber'],
]);

/** A report whose texts hold no number of a person, whoever wrote them. */
export function maskedReport(report: Report): Report {
  const { head, headline, notes, tables } = report;
  return {
    ...report,
    head: maskTexts(head, KNOWN_BY),
    ...(headline === undefined ? {} : { headline: maskText(headline) }),
    ...(notes === undefined ? {} : { notes: notes.map(maskText) }),
    tables: tables.map(maskedTable),
  };
}

function maskedTable(table: Table): Table {
  const texts = table.columns.filter(({ key, kind }) => kind === 'text' && !KNOWN_BY.has(key));
  if (texts.length === 0) return table;
  const keys = texts.map(({ key }) => key);
  // Rows may be read twice where those of the table may.
  return { ...table, rows: { [Symbol.asyncIterator]: () => maskedRows(table.rows, keys) } };
}

async function* maskedRows(rows: Table['rows'], keys: readonly string[]): AsyncGenerator<TableRow> {
  for await (const row of rows) {
    let shown: Record<string, TableRow[string]> | undefined;
    for (const key of keys) {
      const value = row[key];
      if (typeof value !== 'string') continue;
      const text = maskText(value);
      if (text === value) continue;
      shown ??= { ...row };
      shown[key] = text;
    }
    yield shown ?? row;
  }
}
