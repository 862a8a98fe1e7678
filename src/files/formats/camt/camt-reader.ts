import { refusedFile } from '../refused-file.js';
import { type ExactAmount, exactText, type StatementRecords } from '../statement-record.js';
import type { XmlAttributes, XmlHandler } from '../xml-reader.js';
import {
  type CamtAmount,
  type CamtBroken,
  camtAmount,
  camtEntry,
  entryRecords,
} from './camt-entry.js';
import { CamtFields, KEPT } from './camt-fields.js';

/** Messages that are read, and the element of each that is a statement. */
const STATEMENTS: Readonly<Record<string, string>> = {
  BkToCstmrStmt: 'Stmt',
  BkToCstmrDbtCdtNtfctn: 'Ntfctn',
};
/** Transactions of one entry, which are in memory together. */
const PARTS_MAX = 200_000;
const OPENING = ['OPBD', 'PRCD'];
const CLOSING = 'CLBD';

type ScopeKind = keyof typeof KEPT;

/** An element that is collected, and how deep it lies. */
interface Scope {
  readonly kind: ScopeKind;
  readonly depth: number;
  readonly fields: CamtFields;
}

/** Takes the elements of camt.053 and camt.054 and gives their entries to `records`. */
export class CamtReader implements XmlHandler {
  readonly #file: string;
  readonly #records: StatementRecords;
  readonly #lineOf: () => number;
  readonly #path: string[] = [];
  readonly #scopes: Scope[] = [];
  #parts: CamtFields[] = [];
  #balances = new Map<string, CamtAmount>();
  #sum: ExactAmount = 0n;
  #reversed: ExactAmount = 0n;
  #currency = '';
  /** The element below `Document`, which names the message. */
  #message = '';
  #statements = 0;

  constructor(file: string, records: StatementRecords, lineOf: () => number) {
    this.#file = file;
    this.#records = records;
    this.#lineOf = lineOf;
  }

  open(name: string, attributes: XmlAttributes): void {
    const parent = this.#path.at(-1) ?? '';
    this.#path.push(name);
    if (parent === 'Document') this.#message = name;
    const kind = this.#kindOf(name, parent);
    if (kind !== undefined) this.#begin(kind);
    const { Ccy } = attributes;
    if (Ccy !== undefined) this.#keep('@Ccy', Ccy);
  }

  close(name: string, text: string): void {
    const scope = this.#scopes.at(-1);
    if (scope !== undefined && scope.depth === this.#path.length) this.#end(scope);
    else if (scope !== undefined && text.trim() !== '') this.#keep('', text.trim());
    if (this.#path.pop() !== name) throw new TypeError(`unbalanced ${name}`);
  }

  /** Throws where the file held no statement. */
  end(): void {
    if (this.#statements > 0) return;
    const message = 'The file is no camt.053 or camt.054.';
    const rule = 'Document holds BkToCstmrStmt or BkToCstmrDbtCdtNtfctn';
    const next = 'Ask the bank for its statement (camt.053) or notification (camt.054).';
    const evidence = { file: this.#file, rule, value: this.#message };
    throw refusedFile('not_camt', message, evidence, next);
  }

  #kindOf(name: string, parent: string): ScopeKind | undefined {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) return STATEMENTS[parent] === name ? 'statement' : undefined;
    const isChild = this.#path.length === scope.depth + 1;
    if (scope.kind === 'statement' && isChild) {
      if (name === 'Ntry') return 'entry';
      return name === 'Bal' ? 'balance' : undefined;
    }
    return scope.kind === 'entry' && name === 'TxDtls' && parent === 'NtryDtls'
      ? 'part'
      : undefined;
  }

  #begin(kind: ScopeKind): void {
    if (kind === 'statement') {
      this.#statements += 1;
      this.#balances = new Map();
      this.#sum = 0n;
      this.#reversed = 0n;
      this.#currency = '';
    }
    if (kind === 'entry') this.#parts = [];
    const fields = new CamtFields(this.#lineOf());
    this.#scopes.push({ kind, depth: this.#path.length, fields });
  }

  #keep(suffix: string, text: string): void {
    const scope = this.#scopes.at(-1);
    if (scope === undefined || this.#path.length === scope.depth) return;
    const path = this.#path.slice(scope.depth).join('/');
    if (KEPT[scope.kind].has(path)) scope.fields.add(path + suffix, text);
  }

  #end({ kind, fields }: Scope): void {
    this.#scopes.pop();
    if (kind === 'part') this.#addPart(fields);
    else if (kind === 'balance') this.#addBalance(fields);
    else if (kind === 'entry') this.#addEntry(fields);
    else this.#requireBalance(fields);
  }

  #addPart(fields: CamtFields): void {
    if (this.#parts.length >= PARTS_MAX) {
      throw this.#malformed(fields, { rule: `at most ${PARTS_MAX} TxDtls an entry`, value: '' });
    }
    this.#parts.push(fields);
  }

  #addBalance(fields: CamtFields): void {
    const code = fields.first('Tp/CdOrPrtry/Cd');
    if (!OPENING.includes(code) && code !== CLOSING) return;
    const balance = camtAmount(fields, 'Amt');
    if ('rule' in balance) throw this.#malformed(fields, balance);
    this.#requireCurrency(fields, balance.currency);
    this.#balances.set(code, balance);
  }

  #addEntry(fields: CamtFields): void {
    const entry = camtEntry(fields);
    if ('rule' in entry) throw this.#malformed(fields, entry);
    this.#requireCurrency(fields, entry.currency);
    if (entry.status === 'BOOK') {
      this.#sum += entry.amount;
      if (entry.isReversal) this.#reversed += entry.amount;
    }
    const { fields: statement } = this.#scopes[0]!;
    const opening = this.#opening();
    const place = {
      account: statement.first('Acct/Id/IBAN', 'Acct/Id/Othr/Id'),
      statement: statement.first('Id'),
      balance:
        opening === undefined || entry.status !== 'BOOK' ? undefined : opening.amount + this.#sum,
    };
    for (const record of entryRecords(entry, this.#parts, place)) {
      this.#records.add(record, fields.line);
    }
    this.#parts = [];
  }

  #opening(): CamtAmount | undefined {
    return this.#balances.get('OPBD') ?? this.#balances.get('PRCD');
  }

  /** All amounts of a statement are in the currency of its account. */
  #requireCurrency(fields: CamtFields, currency: string): void {
    if (this.#currency === '') this.#currency = currency;
    if (this.#currency === currency) return;
    const rule = `entries and balances are in one currency, ${this.#currency}`;
    throw this.#malformed(fields, { rule, value: currency });
  }

  #requireBalance(statement: CamtFields): void {
    const opening = this.#opening();
    const closing = this.#balances.get(CLOSING);
    if (opening === undefined || closing === undefined) return;
    const difference = opening.amount + this.#sum - closing.amount;
    if (difference === 0n) return;
    const currency = this.#currency;
    const isTurned = difference === 2n * this.#reversed;
    throw refusedFile(
      'statement_balance_differs',
      'The entries do not lead from the opening balance to the closing one.',
      {
        file: this.#file,
        line: statement.line,
        statement: statement.first('Id'),
        rule: 'OPBD and the booked entries are CLBD',
        expected: exactText(closing.amount, currency),
        actual: exactText(closing.amount + difference, currency),
        difference: exactText(difference, currency),
      },
      isTurned
        ? 'Its reversals are marked by what they take back, against ISO 20022: ask the bank.'
        : 'Ask for the file again.',
    );
  }

  #malformed({ line }: CamtFields, { rule, value }: CamtBroken): Error {
    const message = 'The statement is not well-formed camt.';
    return refusedFile('camt_malformed', message, { file: this.#file, line, rule, value });
  }
}
