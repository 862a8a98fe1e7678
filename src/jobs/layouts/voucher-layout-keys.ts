import {
  DELIMITERS,
  parseVoucherLayout,
  type VoucherColumn,
} from '../ledger/documents/voucher-layout.js';

const AMOUNTS: ReadonlySet<string> = new Set(['debit', 'credit', 'amount', 'absolute']);

/** The keys of a layout for a layout of vouchers. Throws LoanbookError `invalid_document`. */
export function layoutOfVouchers(text: string, source: string): Record<string, unknown> {
  const { name, delimiter, encoding, line_end, header, amount_unit, columns } = parseVoucherLayout(
    text,
    source,
  );
  return {
    layout: name,
    kind: 'vouchers',
    delimiter: DELIMITERS[delimiter],
    charset: encoding,
    line_end,
    titles: header,
    amount_unit: amount_unit === 'fen' ? 'minor' : 'major',
    columns: columns.map((column, at) => {
      const isAgain = columns.findIndex(({ field }) => field === column.field) < at;
      return columnOf(column, isAgain);
    }),
  };
}

/** A field that a column before has already is written again by an expression. */
function columnOf(
  { title, field, constant, date, values, empty }: VoucherColumn,
  isAgain: boolean,
): Record<string, unknown> {
  if (field === undefined) return { title, constant };
  return {
    title,
    ...(isAgain ? { expr: field } : { from: field }),
    ...(AMOUNTS.has(field) && { type: 'amount' }),
    ...(date !== undefined && { type: 'date', format: date }),
    ...(values !== undefined && { values }),
    ...(empty !== undefined && { empty }),
  };
}
