import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { parseAmount } from '../../accounting/money/amount-text.js';
import { Total } from '../../accounting/money/total.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { csvBatches } from '../../files/csv-reader.js';
import { maskCell, maskText, shownTitles } from '../../files/mask.js';
import type { Reject } from '../../files/rejects/reject-columns.js';
import type { FileProof, ProvedBy } from '../import/source/file-proof.js';

export const VOUCHER_COLUMNS = [
  'voucher_no',
  'date',
  'account',
  'debit',
  'credit',
  'memo',
] as const;

/** What the lines of a file are judged by. */
export interface VoucherScene {
  readonly openDay: EpochDay;
  readonly firstDay: EpochDay;
  readonly minorDigits: number;
  /** By code: the id, and the sub-ledger that the account equals. */
  readonly accounts: ReadonlyMap<
    string,
    { readonly id: number; readonly subledger: string | null }
  >;
  readonly closedPeriods: ReadonlySet<string>;
  /** Numbers of vouchers that wait or are approved. */
  readonly taken: ReadonlySet<string>;
}

export interface ReadVoucher {
  readonly voucherNo: string;
  readonly date: string;
  readonly memo: string;
  readonly firstLine: number;
  readonly lines: { readonly accountId: number; readonly amount: Fen }[];
}

/**
 * Reads a file of manual vouchers; lines of one number are one voucher. Everything that is wrong
 * with it is told by line, rule and value. The total is that of the debits. Throws LoanbookError
 * `columns_differ` (exit 2), and as `FileProof.end` does.
 */
export async function readVouchers(
  file: string,
  scene: VoucherScene,
  proof: FileProof,
  signal?: AbortSignal,
): Promise<{
  vouchers: ReadVoucher[];
  problems: Reject[];
  rows: number;
  debits: bigint;
  provedBy: ProvedBy;
}> {
  const vouchers = new Map<string, ReadVoucher>();
  const problems: Reject[] = [];
  let header: readonly string[] | undefined;
  let rows = 0;
  let debits = 0n;
  let line = 1;
  for await (const batch of csvBatches(file, signal)) {
    for (const [at, record] of batch.records.entries()) {
      if (header === undefined) {
        header = record;
        requireColumns(file, header);
        continue;
      }
      rows += 1;
      line = batch.lines[at] ?? 0;
      const fields = Object.fromEntries(header.map((name, k) => [name, (record[k] ?? '').trim()]));
      const problem =
        record.length === header.length
          ? takeLine(fields, line, scene, vouchers)
          : { field: '', rule: 'wrong_number_of_fields', value: String(record.length) };
      debits += BigInt(parseAmount(fields.debit ?? '', scene.minorDigits) ?? 0);
      if (problem !== undefined)
        problems.push({ line, ...problem, value: maskCell(problem.value) });
    }
  }
  if (header === undefined) requireColumns(file, []);
  const provedBy = proof.end({ rows, total: debits }, line);
  if (problems.length === 0) problems.push(...unbalanced(vouchers));
  return { vouchers: [...vouchers.values()], problems, rows, debits, provedBy };
}

function requireColumns(file: string, header: readonly string[]): void {
  if ([...header].sort().join() === [...VOUCHER_COLUMNS].sort().join()) return;
  throw new LoanbookError('columns_differ', 'The file has other columns than a voucher file.', {
    exitCode: EXIT.usage,
    evidence: { file, columns: shownTitles(header).join(','), expected: VOUCHER_COLUMNS.join(',') },
    next: 'Give it these columns, in any order.',
  });
}

type Problem = Omit<Reject, 'line'>;

function takeLine(
  fields: Readonly<Record<string, string>>,
  line: number,
  scene: VoucherScene,
  vouchers: Map<string, ReadVoucher>,
): Problem | undefined {
  const { voucher_no: no = '', date = '', account = '', memo = '' } = fields;
  for (const [field, value] of Object.entries(fields)) {
    // Neither NUL nor what was no UTF-8 can be kept.
    if (/[\0\ufffd]/.test(value)) return { field, rule: 'malformed_text', value };
  }
  if (no === '') return { field: 'voucher_no', rule: 'voucher_no_missing', value: no };
  if (scene.taken.has(no)) return { field: 'voucher_no', rule: 'voucher_exists', value: no };
  const dateRule = dateRuleOf(date, scene);
  if (dateRule !== undefined) return { field: 'date', rule: dateRule, value: date };
  const known = scene.accounts.get(account);
  if (known === undefined) return { field: 'account', rule: 'unknown_account', value: account };
  if (known.subledger !== null) {
    return { field: 'account', rule: 'account_has_subledger', value: account };
  }
  const amount = amountOf(fields, scene.minorDigits);
  if (typeof amount !== 'number') return amount;
  const voucher = vouchers.get(no);
  if (voucher === undefined) {
    if (memo === '') return { field: 'memo', rule: 'memo_missing', value: memo };
    const lines = [{ accountId: known.id, amount }];
    // It is read by everybody, and goes into exports.
    const kept = { voucherNo: no, date, memo: maskText(memo) };
    vouchers.set(no, { ...kept, firstLine: line, lines });
    return undefined;
  }
  if (voucher.date !== date) return { field: 'date', rule: 'dates_differ', value: date };
  voucher.lines.push({ accountId: known.id, amount });
  return undefined;
}

function dateRuleOf(date: string, scene: VoucherScene): string | undefined {
  const day = parseDay(date);
  if (day === undefined) return 'malformed_date';
  if (day > scene.openDay) return 'date_after_open_day';
  if (day < scene.firstDay) return 'date_before_book';
  return scene.closedPeriods.has(date.slice(0, 7)) ? 'closed_period' : undefined;
}

/** Debit positive; exactly one of both sides carries an amount. */
function amountOf(fields: Readonly<Record<string, string>>, digits: number): number | Problem {
  const sides: number[] = [];
  for (const field of ['debit', 'credit']) {
    const text = fields[field] ?? '';
    const amount = text === '' ? 0 : parseAmount(text, digits);
    if (amount === undefined || amount < 0) return { field, rule: 'malformed_amount', value: text };
    sides.push(amount);
  }
  const [debit = 0, credit = 0] = sides;
  if (debit > 0 !== credit > 0) return debit - credit;
  return { field: 'debit', rule: 'not_one_side', value: `${debit}/${credit}` };
}

function unbalanced(vouchers: ReadonlyMap<string, ReadVoucher>): Reject[] {
  const found: Reject[] = [];
  for (const { voucherNo, firstLine, lines } of vouchers.values()) {
    const sum = new Total();
    for (const { amount } of lines) sum.add(amount);
    if (sum.isZero) continue;
    const value = `${voucherNo}: debits less credits ${sum.value}`;
    found.push({ line: firstLine, field: 'debit', rule: 'voucher_not_balanced', value });
  }
  return found;
}
