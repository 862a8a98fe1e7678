import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { parseAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { camtBatches } from '../../files/formats/camt/camt-batches.js';
import { type PaymentStatus, pain002Statuses } from '../../files/formats/pain/pain002-reader.js';
import { STATEMENT_TITLES, type StatementRecord } from '../../files/formats/statement-record.js';
import { maskText } from '../../files/mask.js';
import type { ResultState } from '../../funding/terms/deduction.js';
import { badPaymentLine, type NumberedLine, type ResultSource } from './result-file.js';

export interface IsoFile {
  readonly file: string;
  /** Of the channel: how its orders begin. */
  readonly code: string;
  readonly currency: string;
  readonly minorDigits: number;
}

/** What a status says of an order: FUNDING, Deduction. Whatever else there is leaves it open. */
function stateOf(status: string): ResultState {
  if (status === 'RJCT') return 'failed';
  return status === 'ACSC' ? 'success' : 'unknown';
}

/** Well-formed XML has its end: no control file stands beside it. */
const control = async () => null;

/**
 * A payment status report. A status of a whole file is one of each of its orders. Its lines throw
 * LoanbookError `unknown_batch`, `bad_payment_line` (1) and as `pain002Statuses` does.
 */
export function pain002Result(client: pg.Client, source: IsoFile): ResultSource {
  async function* lines(): AsyncGenerator<readonly NumberedLine[]> {
    for await (const statuses of pain002Statuses(source.file)) {
      const single = statuses.filter(({ orderNo }) => orderNo !== '');
      yield single.map((status) => statusLine(source, status));
      for (const whole of statuses.filter(({ orderNo }) => orderNo === '')) {
        const orders = await ordersOf(client, source, whole);
        yield orders.map((orderNo) => statusLine(source, { ...whole, orderNo }));
      }
    }
  }
  return { file: source.file, isReturns: false, control, lines, stateOf };
}

function statusLine(source: IsoFile, status: PaymentStatus): NumberedLine {
  const { line, orderNo, status: word, reason, amount, currency, day } = status;
  const fen = amount === '' ? null : amountOf(source, line, { amount, currency });
  const code = reason === '' ? null : reason;
  return { ...{ line, orderNo, word, amount: fen, code }, channelDay: dayOf(day) };
}

/** The orders of a file that went out. */
async function ordersOf(
  client: pg.Client,
  { file, code }: IsoFile,
  { line, message }: PaymentStatus,
): Promise<string[]> {
  const { rows } = await client.query<{ orderNo: string }>(
    `SELECT order_no AS "orderNo" FROM payment_order WHERE batch_id = (
       SELECT batch_id FROM payment_batch WHERE channel = $1 AND name = $2) ORDER BY line`,
    [code, `${message}.xml`],
  );
  if (rows.length > 0) return rows.map(({ orderNo }) => orderNo);
  throw new LoanbookError('unknown_batch', 'The report is of a file that never went out.', {
    exitCode: EXIT.failed,
    evidence: { file, line, message: maskText(message) },
    next: 'Nothing was taken. `loanbook payment status` shows the files that there are.',
  });
}

/**
 * The returns of a notification: money out that takes back what came, or is of an order of the
 * channel. What else moved on the account is none of them. Its lines throw LoanbookError
 * `bad_payment_line` (1) and as `camtBatches` does.
 */
export function camtReturns(source: IsoFile): ResultSource {
  async function* lines(): AsyncGenerator<readonly NumberedLine[]> {
    let isTitles = true;
    for await (const batch of camtBatches(source.file)) {
      const page: NumberedLine[] = [];
      for (const [at, fields] of batch.records.entries()) {
        if (!isTitles) page.push(...returnOf(source, batch.lines[at]!, recordOf(fields)));
        isTitles = false;
      }
      yield page;
    }
  }
  // Nobody asks what its words say.
  return { file: source.file, isReturns: true, control, lines, stateOf: () => undefined };
}

function recordOf(fields: readonly string[]): StatementRecord {
  const named = STATEMENT_TITLES.map((title, at) => [title, fields[at]!] as const);
  return Object.fromEntries(named) as StatementRecord;
}

/** One line, or none where the record is no return. */
function returnOf(source: IsoFile, line: number, record: StatementRecord): NumberedLine[] {
  const { reference, return_code: code, doubt, currency, amount } = record;
  if (record.status !== 'BOOK' || !amount.startsWith('-')) return [];
  const isOwn = reference.startsWith(`${source.code}-`);
  if (!isOwn && code === '' && record.reversal === '') return [];
  if (doubt !== '') throw badPaymentLine(source.file, line, 'TxDtls', doubt, '');
  const out = amountOf(source, line, { amount: amount.slice(1), currency });
  const orderNo = reference || record.bank_reference;
  const day = dayOf(record.value_date || record.entry_date);
  const why = code === '' ? null : code;
  return [{ ...{ line, orderNo, word: '', amount: out, code: why }, channelDay: day }];
}

function amountOf(
  { file, currency: ours, minorDigits }: IsoFile,
  line: number,
  { amount, currency }: { readonly amount: string; readonly currency: string },
): Fen {
  if (currency !== ours) throw badPaymentLine(file, line, 'Ccy', ours, maskText(currency));
  const fen = parseAmount(trimmed(amount, minorDigits), minorDigits);
  if (fen === undefined || fen < 0) {
    throw badPaymentLine(file, line, 'Amt', 'amount', maskText(amount));
  }
  return fen;
}

/** ISO 20022 lets an amount end in zeros beyond the currency's decimals. */
function trimmed(amount: string, minorDigits: number): string {
  const point = amount.indexOf('.');
  const end = point < 0 ? amount.length : point + 1 + minorDigits;
  return /^0*$/.test(amount.slice(end)) ? amount.slice(0, end).replace(/\.$/, '') : amount;
}

function dayOf(text: string): EpochDay | null {
  return text === '' ? null : parseDay(text)!;
}
