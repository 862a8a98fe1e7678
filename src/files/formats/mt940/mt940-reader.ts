import { refusedFile } from '../refused-file.js';
import { type ExactAmount, exactText, type StatementRecords } from '../statement-record.js';
import { mt940Details } from './mt940-details.js';
import { type Mt940Balance, type Mt940Entry, mt940Balance, mt940Entry } from './mt940-entry.js';
import type { Mt940Field, Mt940Piece } from './mt940-fields.js';

/** One statement, or one page of it. */
interface Statement {
  readonly line: number;
  account: string;
  number: string;
  opening: Mt940Balance | undefined;
  balance: ExactAmount;
  closing: Mt940Balance | undefined;
}

/** An entry that waits for its details. */
interface Waiting {
  readonly entry: Mt940Entry;
  readonly line: number;
  readonly supplement: string;
  details: readonly string[];
}

const NO_DETAILS = { text: '', counterparty: '', counterpartyAccount: '' };

/** Takes the fields of a file one by one and gives its entries to `records`. */
export class Mt940Reader {
  readonly #file: string;
  readonly #records: StatementRecords;
  #statement: Statement | undefined;
  #earlier: Statement | undefined;
  #waiting: Waiting | undefined;
  #lastLine = 1;

  constructor(file: string, records: StatementRecords) {
    this.#file = file;
    this.#records = records;
  }

  /** Whether a statement has begun. */
  get hasBegun(): boolean {
    return this.#statement !== undefined || this.#earlier !== undefined;
  }

  take(piece: Mt940Piece): void {
    this.#lastLine = piece.line;
    if (piece.tag === '86' && 'lines' in piece && this.#waiting !== undefined) {
      this.#waiting.details = piece.lines;
      this.#pass();
      return;
    }
    this.#pass();
    if (!('lines' in piece)) return;
    const text = (piece.lines[0] ?? '').trimEnd();
    switch (piece.tag) {
      case '20':
        this.#begin(piece.line);
        break;
      case '25':
        this.#open(piece).account = text.trim();
        break;
      case '28':
      case '28C':
        this.#open(piece).number = text.trim();
        break;
      case '60F':
      case '60M':
        this.#openBalance(piece, text);
        break;
      case '61':
        this.#addEntry(piece, text);
        break;
      case '62F':
      case '62M':
        this.#closeBalance(piece, text);
        break;
      default:
      // Other fields hold no entry: the balances prove that none is passed over.
    }
  }

  /** Throws where the last statement has no closing balance. */
  end(): void {
    this.#pass();
    this.#finish();
  }

  #begin(line: number): void {
    this.#finish();
    const blank = { account: '', number: '', opening: undefined, balance: 0n, closing: undefined };
    this.#statement = { line, ...blank };
  }

  #finish(): void {
    const statement = this.#statement;
    if (statement === undefined) return;
    if (statement.closing === undefined) {
      const evidence = { line: this.#lastLine, rule: 'a statement ends with :62F: or :62M:' };
      throw this.#refused('file_truncated', 'A statement has no closing balance.', evidence);
    }
    this.#earlier = statement;
    this.#statement = undefined;
  }

  #open(field: Mt940Field): Statement {
    if (this.#statement !== undefined) return this.#statement;
    throw this.#malformed(field, 'a statement begins with :20:');
  }

  #openBalance(field: Mt940Field, text: string): void {
    const statement = this.#open(field);
    const opening = mt940Balance(text);
    if ('rule' in opening) throw this.#malformed(field, opening.rule);
    if (statement.opening !== undefined) {
      throw this.#malformed(field, 'a statement has one opening balance');
    }
    statement.opening = opening;
    statement.balance = opening.amount;
    const before = this.#earlier;
    const isNextPage = field.tag === '60M' && before?.account === statement.account;
    if (!isNextPage || before.closing === undefined) return;
    if (before.closing.amount === opening.amount) return;
    const message = 'Between two pages of a statement one is missing.';
    throw this.#refused('statement_page_missing', message, {
      line: field.line,
      rule: 'a page opens with the balance that the one before closed with',
      expected: exactText(before.closing.amount, opening.currency),
      actual: exactText(opening.amount, opening.currency),
    });
  }

  #addEntry(field: Mt940Field, text: string): void {
    const statement = this.#open(field);
    if (statement.opening === undefined || statement.closing !== undefined) {
      throw this.#malformed(field, 'entries stand between the opening and the closing balance');
    }
    const entry = mt940Entry(text);
    if ('rule' in entry) throw this.#malformed(field, entry.rule);
    statement.balance += entry.amount;
    const supplement = field.lines.slice(1).join(' ').trim();
    this.#waiting = { entry, line: field.line, supplement, details: [] };
  }

  #closeBalance(field: Mt940Field, text: string): void {
    const statement = this.#open(field);
    const closing = mt940Balance(text);
    if ('rule' in closing) throw this.#malformed(field, closing.rule);
    if (statement.opening === undefined || statement.closing !== undefined) {
      throw this.#malformed(field, 'a statement has an opening and one closing balance');
    }
    const { currency } = statement.opening;
    if (closing.currency !== currency) {
      throw this.#malformed(field, `the balances are in one currency, ${currency}`);
    }
    statement.closing = closing;
    if (closing.amount === statement.balance) return;
    const message = 'The entries do not lead from the opening balance to the closing one.';
    throw this.#refused('statement_balance_differs', message, {
      line: field.line,
      rule: 'opening balance and entries are the closing balance',
      expected: exactText(closing.amount, currency),
      actual: exactText(statement.balance, currency),
      difference: exactText(statement.balance - closing.amount, currency),
    });
  }

  /** The entry that waited is complete. */
  #pass(): void {
    const waiting = this.#waiting;
    const statement = this.#statement;
    this.#waiting = undefined;
    if (waiting === undefined || statement?.opening === undefined) return;
    const { entry, line, supplement } = waiting;
    const { currency } = statement.opening;
    const details = waiting.details.length === 0 ? NO_DETAILS : mt940Details(waiting.details);
    this.#records.add(
      {
        value_date: entry.valueDate,
        entry_date: entry.entryDate,
        amount: exactText(entry.amount, currency),
        currency,
        reference: entry.reference,
        bank_reference: entry.bankReference,
        type: entry.type,
        text: details.text === '' ? supplement : details.text,
        account: statement.account,
        statement: statement.number,
        balance_after: exactText(statement.balance, currency),
        status: 'BOOK',
        reversal: entry.isReversal ? 'yes' : '',
        return_code: '',
        counterparty: details.counterparty,
        counterparty_account: details.counterpartyAccount,
        doubt: '',
      },
      line,
    );
  }

  #malformed({ tag, line, lines }: Mt940Field, rule: string): Error {
    const value = lines[0] ?? '';
    const evidence = { line, field: `:${tag}:`, rule, value };
    return this.#refused('mt940_malformed', 'The statement is not well-formed MT940.', evidence);
  }

  #refused(code: string, message: string, evidence: Record<string, string | number>): Error {
    return refusedFile(code, message, { file: this.#file, ...evidence });
  }
}
