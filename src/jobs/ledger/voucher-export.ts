import { stringify } from 'csv-stringify/sync';
import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { encodeGb18030 } from '../../files/gb18030.js';
import { writeWhole } from '../../files/new-file.js';
import { readTextFile } from '../../files/text-file.js';
import { type SealedRange, sealedRange } from '../day/sealed-range.js';
import { DATE_TOKEN } from '../import/documents/mapping-document.js';
import {
  DELIMITERS,
  parseVoucherLayout,
  type VoucherColumn,
  type VoucherField,
  type VoucherLayout,
} from './documents/voucher-layout.js';
import { movementOf } from './entry.js';
import { requireTurnover } from './export-turnover.js';
import { type JournalLine, journalLines, memoOf } from './journal.js';

export interface VoucherExport {
  readonly layout: string;
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly out: string;
  readonly signal?: AbortSignal;
}

export interface ExportedVouchers {
  readonly file: string;
  readonly layout: string;
  readonly from: string;
  readonly to: string;
  readonly vouchers: number;
  readonly lines: number;
  readonly debit: string;
  readonly credit: string;
}

/** Lines that become text at a time. */
const BATCH = 1_000;

/**
 * Writes the voucher lines of sealed days in a declared layout, for the finance system. The file
 * appears whole or not at all, and only where its debits and credits are the ledger's turnover.
 * Throws what `sealedRange` and `parseVoucherLayout` do, `value_not_mapped` (2),
 * `export_differs` (3).
 */
export async function exportVouchers(
  client: pg.Client,
  options: VoucherExport,
): Promise<ExportedVouchers> {
  const layout = parseVoucherLayout(await readTextFile(options.layout), options.layout);
  const range = await sealedRange(client, options);
  const sums = { vouchers: 0, lines: 0, debit: 0n, credit: 0n };
  await writeWhole(options.out, fileOf(client, layout, range, sums, options.signal));
  return {
    file: options.out,
    layout: layout.name,
    from: formatDay(range.from),
    to: formatDay(range.to),
    vouchers: sums.vouchers,
    lines: sums.lines,
    debit: formatAmount(sums.debit, range.minorDigits),
    credit: formatAmount(sums.credit, range.minorDigits),
  };
}

interface Sums {
  vouchers: number;
  lines: number;
  debit: bigint;
  credit: bigint;
}

async function* fileOf(
  client: pg.Client,
  layout: VoucherLayout,
  range: SealedRange,
  sums: Sums,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const { columns, encoding } = layout;
  const bytesOf = (rows: string[][]): Buffer => {
    const text = stringify(rows, {
      delimiter: DELIMITERS[layout.delimiter],
      record_delimiter: layout.line_end === 'crlf' ? '\r\n' : '\n',
    });
    return encoding === 'gb18030' ? encodeGb18030(text) : Buffer.from(text);
  };
  if (encoding === 'utf-8-bom') yield Buffer.from('\ufeff');
  let batch: string[][] = layout.header ? [columns.map(({ title }) => title)] : [];
  let [day, voucher] = ['', 0];
  for await (const line of journalLines(client, range, { signal })) {
    if (line.voucher !== voucher || line.businessDate !== day) sums.vouchers += 1;
    [day, voucher] = [line.businessDate, line.voucher];
    sums.lines += 1;
    if (line.amount > 0) sums.debit += BigInt(line.amount);
    else sums.credit -= BigInt(line.amount);
    batch.push(columns.map((column) => cellOf(column, line, layout, range)));
    if (batch.length < BATCH) continue;
    yield bytesOf(batch);
    batch = [];
  }
  yield bytesOf(batch);
  await requireTurnover(client, range, sums);
}

function cellOf(
  column: VoucherColumn,
  line: JournalLine,
  layout: VoucherLayout,
  range: SealedRange,
): string {
  const { field, constant = '', date, values, empty = '' } = column;
  if (field === undefined) return constant;
  const text = fieldOf(field, line, layout, range);
  if (text === null) return empty;
  if (date !== undefined) return dateAs(text, date);
  if (values === undefined) return text;
  const mapped = values[text];
  if (mapped !== undefined) return mapped;
  throw new LoanbookError('value_not_mapped', 'The layout maps no such value.', {
    exitCode: EXIT.usage,
    evidence: {
      column: column.title,
      field,
      value: text,
      businessDate: line.businessDate,
      voucher: line.voucher,
    },
    next: 'Add the value to `values` of the column.',
  });
}

function fieldOf(
  field: VoucherField,
  line: JournalLine,
  { amount_unit: unit }: VoucherLayout,
  { entity, currency, minorDigits }: SealedRange,
): string | null {
  const { amount } = line;
  const written = (fen: Fen) => (unit === 'fen' ? String(fen) : formatAmount(fen, minorDigits));
  switch (field) {
    case 'entity':
      return entity;
    case 'currency':
      return currency;
    case 'business_date':
      return line.businessDate;
    case 'voucher':
      return String(line.voucher);
    case 'line':
      return String(line.line);
    case 'account':
      return line.account;
    case 'account_name':
      return line.accountName;
    case 'account_name_zh':
      return line.accountNameZh;
    case 'memo':
      return memoOf(line);
    case 'movement':
      return movementOf(line.kind);
    case 'ref':
      return line.ref;
    case 'loan_no':
      return line.loanNo;
    case 'product':
      return line.product;
    case 'org':
      return line.org;
    case 'funding_plan':
      return line.fundingPlan;
    case 'side':
      return amount > 0 ? 'debit' : 'credit';
    case 'debit':
      return amount > 0 ? written(amount) : null;
    case 'credit':
      return amount < 0 ? written(0 - amount) : null;
    case 'amount':
      return written(amount);
    case 'absolute':
      return written(Math.abs(amount));
  }
}

/** A day given as YYYY-MM-DD in another format of the same tokens. */
function dateAs(day: string, format: string): string {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  return format.replace(DATE_TOKEN, (token) => {
    if (token === 'YYYY') return year;
    const part = token.startsWith('M') ? month : dayOfMonth;
    return token.length === 2 ? part : String(Number(part));
  });
}
