import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { Total } from '../../../accounting/money/total.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { minorUnits } from '../../../files/layout/forms/amount-form.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import {
  type LayoutBatch,
  type LayoutEnd,
  type LayoutRow,
  layoutRows,
} from '../../../files/layout/layout-rows.js';
import { importRuleOf, type LayoutRule } from '../../../files/layout/layout-rule-names.js';
import type { FileProof, ProvedBy } from '../../import/source/file-proof.js';
import type { ChannelDocument } from '../documents/channel-document.js';
import { STATEMENT_FIELDS } from './statement-layout.js';
import { badLine, refusedStatement } from './statement-refusals.js';

/** One line of a statement, amounts in minor units; below zero: the other way round (a refund). */
export interface StatementLine {
  line: number;
  /** Empty: of nobody. */
  orderNo: string;
  amount: Fen;
  fee: Fen;
  isSuccess: boolean;
  valueDate: EpochDay;
  loanNo: string;
}

/** What a statement says of itself, and what its lines sum to. */
export interface StatementTotals {
  /** Of the head or the trailer, if the layout has one with a date. */
  readonly saidDate: EpochDay | undefined;
  /** All lines that count, failed ones too. */
  readonly lines: number;
  /** Lines that the layout leaves out. */
  readonly leftOut: number;
  /** Of the lines that succeeded; `amount` is what came in less what went out. */
  readonly succeeded: number;
  readonly amount: bigint;
  readonly received: bigint;
  readonly paidOut: bigint;
  readonly fee: bigint;
  readonly lastValueDate: EpochDay | undefined;
  /** What shows that the file is whole. */
  readonly provedBy: ProvedBy;
}

/** What amounts are in. */
export interface StatementMoney {
  readonly currency: string;
  readonly minorDigits: number;
}

export interface StatementSource extends StatementMoney {
  readonly path: string;
  readonly proof: FileProof;
  readonly channel: ChannelDocument;
  readonly layout: LayoutDocument;
}

/**
 * Reads a statement line by line, in constant memory; its layout holds it to its own head, trailer
 * and balances. Nothing of a file with a bad line is good: throws LoanbookError
 * `bad_statement_line` with line, field, rule and value, `statement_total_differs`,
 * `statement_truncated`, and those of `layoutRows`.
 */
export class StatementReader {
  readonly #source: StatementSource;
  readonly #hasStatus: boolean;
  readonly #isChannel: boolean;
  readonly #mayGoOut: boolean;
  readonly #mayFeeComeBack: boolean;
  #lines = 0;
  readonly #allAmount = new Total();
  #succeeded = 0;
  readonly #received = new Total();
  readonly #paidOut = new Total();
  readonly #fee = new Total();
  #lastValueDate: EpochDay | undefined;
  #dateText = '';
  #dateDay = 0;

  constructor(source: StatementSource) {
    this.#source = source;
    const { channel, layout } = source;
    this.#hasStatus = layout.columns.some(({ from }) => from === 'status');
    this.#isChannel = channel.kind === 'channel';
    // Before there were layouts, no statement of a channel had refunds.
    this.#mayGoOut = !this.#isChannel || channel.layouts !== undefined;
    this.#mayFeeComeBack = channel.file.negative_fees === 'allowed';
  }

  /** Hands over every line; `onBatch` is awaited between stretches of the file. */
  async read(
    onLine: (line: StatementLine) => void,
    onBatch: () => Promise<void>,
    signal?: AbortSignal,
  ): Promise<StatementTotals> {
    const { path, layout, minorDigits, proof } = this.#source;
    const rows = layoutRows(path, layout, { fields: STATEMENT_FIELDS, minorDigits, signal });
    let end: LayoutEnd;
    try {
      end = await this.#takeAll(rows, onLine, onBatch);
    } catch (error) {
      throw await refusedStatement(error, this.#source, this.#lines);
    }
    for (const { by, line, count, total } of end.claims) {
      // The layout has held the total; it may be that of another field.
      const held = total === undefined ? undefined : this.#allAmount.value;
      const rowsSaid = count === undefined ? undefined : this.#lines;
      proof.claim({ by, file: path, line, rows: rowsSaid, total: held });
    }
    const counted = { rows: this.#lines, total: this.#allAmount.value };
    return {
      saidDate: dayOf(end.claims.find(({ date }) => date !== undefined)?.date),
      lines: this.#lines,
      leftOut: end.leftOut,
      succeeded: this.#succeeded,
      amount: this.#received.value - this.#paidOut.value,
      received: this.#received.value,
      paidOut: this.#paidOut.value,
      fee: this.#fee.value,
      lastValueDate: this.#lastValueDate,
      provedBy: proof.end(counted, end.lastLine, 'statement_total_differs'),
    };
  }

  async #takeAll(
    rows: AsyncGenerator<LayoutBatch, LayoutEnd>,
    onLine: (line: StatementLine) => void,
    onBatch: () => Promise<void>,
  ): Promise<LayoutEnd> {
    try {
      for (;;) {
        const { done, value } = await rows.next();
        if (done === true) return value;
        for (const row of value.rows) onLine(this.#take(row));
        await onBatch();
      }
    } finally {
      await rows.return(undefined as never);
    }
  }

  #take({ line, fields, problem }: LayoutRow): StatementLine {
    const { path, currency: own } = this.#source;
    if (problem !== undefined) {
      const { field, rule, value } = problem;
      throw badLine(path, line, field, importRuleOf(rule as LayoutRule), value);
    }
    const [orderNo, amountText, feeText, status, date, loanNo, currency] = fields as Fields;
    const isSuccess = this.#isSuccess(status, line);
    const amount = this.#fen(amountText, line, 'amount');
    const isNone = amount === 0 && isSuccess;
    if (this.#isChannel && (isNone || (amount < 0 && !this.#mayGoOut))) {
      throw badLine(path, line, 'amount', 'must_be_positive', amountText);
    }
    const fee = feeText === '' ? 0 : this.#fen(feeText, line, 'fee');
    if (fee < 0 && !this.#mayFeeComeBack && (amount > 0 || !this.#mayGoOut)) {
      throw badLine(path, line, 'fee', 'must_not_be_negative', feeText);
    }
    if (currency !== '' && currency !== own) {
      throw badLine(path, line, 'currency', 'other_currency', currency);
    }
    const valueDate = this.#dayOf(date, line);
    this.#count(amount, fee, isSuccess, valueDate);
    return { line, orderNo, amount, fee, isSuccess, valueDate, loanNo };
  }

  #count(amount: Fen, fee: Fen, isSuccess: boolean, valueDate: EpochDay): void {
    this.#lines += 1;
    this.#allAmount.add(amount);
    if (isSuccess) {
      this.#succeeded += 1;
      if (amount < 0) this.#paidOut.add(0 - amount);
      else this.#received.add(amount);
      this.#fee.add(fee);
    }
    if (this.#lastValueDate === undefined || valueDate > this.#lastValueDate) {
      this.#lastValueDate = valueDate;
    }
  }

  /** Minor units of an amount that the layout has read. */
  #fen(text: string, line: number, field: string): Fen {
    const fen = text === '' ? Number.NaN : Number(minorUnits(text, this.#source.minorDigits));
    if (Number.isSafeInteger(fen)) return fen;
    throw badLine(this.#source.path, line, field, 'malformed_amount', text);
  }

  #isSuccess(word: string, line: number): boolean {
    if (word === 'success' || !this.#hasStatus) return true;
    if (word === 'failed') return false;
    throw badLine(this.#source.path, line, 'status', 'value_not_mapped', word);
  }

  #dayOf(text: string, line: number): EpochDay {
    if (text === this.#dateText && text !== '') return this.#dateDay;
    const day = parseDay(text);
    if (day === undefined) {
      throw badLine(this.#source.path, line, 'value_date', 'malformed_date', text);
    }
    this.#dateText = text;
    this.#dateDay = day;
    return day;
  }
}

type Fields = readonly [
  orderNo: string,
  amount: string,
  fee: string,
  status: string,
  valueDate: string,
  loanNo: string,
  currency: string,
];

function dayOf(text: string | undefined): EpochDay | undefined {
  return text === undefined ? undefined : parseDay(text);
}
