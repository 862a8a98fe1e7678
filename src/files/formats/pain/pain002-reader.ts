import { isoDay } from '../camt/camt-entry.js';
import { CamtFields } from '../camt/camt-fields.js';
import type { TextOptions } from '../read-options.js';
import { refusedFile } from '../refused-file.js';
import { type XmlAttributes, type XmlHandler, XmlReader, xmlPieces } from '../xml-reader.js';

/** What a report says of an order, or of a whole file that went out. */
export interface PaymentStatus {
  readonly line: number;
  /** EndToEndId; empty: it is said of all orders of `message`. */
  readonly orderNo: string;
  /** MsgId of what went out. */
  readonly message: string;
  readonly status: string;
  readonly reason: string;
  /** Decimal text; empty: the report does not repeat it. */
  readonly amount: string;
  readonly currency: string;
  /** `YYYY-MM-DD`; empty: none is named. */
  readonly day: string;
}

const ROOT = 'CstmrPmtStsRpt';
const SCOPES = ['OrgnlGrpInfAndSts', 'OrgnlPmtInfAndSts', 'TxInfAndSts'] as const;
type ScopeName = (typeof SCOPES)[number];
/** Paths whose texts are kept. */
const KEPT: Readonly<Record<ScopeName, ReadonlySet<string>>> = {
  OrgnlGrpInfAndSts: new Set('OrgnlMsgId|GrpSts|StsRsnInf/Rsn/Cd|StsRsnInf/Rsn/Prtry'.split('|')),
  OrgnlPmtInfAndSts: new Set('PmtInfSts|StsRsnInf/Rsn/Cd|StsRsnInf/Rsn/Prtry'.split('|')),
  TxInfAndSts: new Set(
    (
      'OrgnlEndToEndId|TxSts|StsRsnInf/Rsn/Cd|StsRsnInf/Rsn/Prtry|AccptncDtTm' +
      '|FctvIntrBkSttlmDt/Dt|OrgnlTxRef/Amt/InstdAmt|OrgnlTxRef/IntrBkSttlmDt' +
      '|OrgnlTxRef/ReqdColltnDt'
    ).split('|'),
  ),
};
/** The days on which money may have moved, the surest first. */
const DAYS = [
  'FctvIntrBkSttlmDt/Dt',
  'OrgnlTxRef/IntrBkSttlmDt',
  'AccptncDtTm',
  'OrgnlTxRef/ReqdColltnDt',
];
/** Some orders one way, some another: those that differ are told one by one. */
const IN_PART = 'PART';

interface Scope {
  readonly name: ScopeName;
  readonly depth: number;
  readonly fields: CamtFields;
}

/**
 * The statuses of a payment status report (pain.002.001.03 and later), piece by piece. A status of
 * a whole file, or of its payment, is given where the report names no order below it. Throws
 * LoanbookError `not_pain002`, `pain002_malformed` and those of XmlReader and `decodedText`.
 */
export async function* pain002Statuses(
  path: string,
  options: TextOptions = {},
): AsyncGenerator<readonly PaymentStatus[]> {
  const reader = new Pain002Reader(path, () => xml.line);
  const xml: XmlReader = new XmlReader({ file: path }, reader);
  yield* xmlPieces(path, options, xml, () => reader.take());
  reader.end();
}

class Pain002Reader implements XmlHandler {
  readonly #file: string;
  readonly #lineOf: () => number;
  readonly #path: string[] = [];
  readonly #scopes: Scope[] = [];
  #statuses: PaymentStatus[] = [];
  #group = new CamtFields(0);
  #payment = new CamtFields(0);
  #isReport = false;
  #payments = 0;
  #orders = 0;

  constructor(file: string, lineOf: () => number) {
    this.#file = file;
    this.#lineOf = lineOf;
  }

  open(name: string, attributes: XmlAttributes): void {
    const parent = this.#path.at(-1) ?? '';
    this.#path.push(name);
    if (name === ROOT && parent === 'Document') this.#isReport = true;
    if (this.#begins(name, parent)) {
      const fields = new CamtFields(this.#lineOf());
      this.#scopes.push({ name: name as ScopeName, depth: this.#path.length, fields });
      if (name === 'OrgnlPmtInfAndSts') this.#beginPayment(fields);
    }
    if (attributes.Ccy !== undefined) this.#keep('@Ccy', attributes.Ccy);
  }

  close(name: string, text: string): void {
    const scope = this.#scopes.at(-1);
    if (scope !== undefined && scope.depth === this.#path.length) this.#end(scope);
    else if (text.trim() !== '') this.#keep('', text.trim());
    this.#path.pop();
    if (name === ROOT) this.#endReport();
  }

  /** The statuses since the last call; undefined: none. */
  take(): readonly PaymentStatus[] | undefined {
    if (this.#statuses.length === 0) return undefined;
    const statuses = this.#statuses;
    this.#statuses = [];
    return statuses;
  }

  end(): void {
    if (this.#isReport) return;
    const message = 'The file is no payment status report (pain.002).';
    const evidence = { file: this.#file, rule: `Document holds ${ROOT}` };
    throw refusedFile('not_pain002', message, evidence, 'Ask the channel for its pain.002.');
  }

  #begins(name: string, parent: string): boolean {
    if (parent === ROOT) return name === 'OrgnlGrpInfAndSts' || name === 'OrgnlPmtInfAndSts';
    return parent === 'OrgnlPmtInfAndSts' && name === 'TxInfAndSts';
  }

  #beginPayment(fields: CamtFields): void {
    this.#payment = fields;
    this.#payments += 1;
    this.#orders = 0;
  }

  #keep(suffix: string, text: string): void {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) return;
    const path = this.#path.slice(scope.depth).join('/');
    if (KEPT[scope.name].has(path)) scope.fields.add(path + suffix, text);
  }

  #end({ name, fields }: Scope): void {
    this.#scopes.pop();
    if (name === 'OrgnlGrpInfAndSts') this.#group = fields;
    else if (name === 'TxInfAndSts') this.#addOrder(fields);
    else if (this.#orders === 0) this.#addWhole(fields, fields.first('PmtInfSts'));
  }

  #endReport(): void {
    if (this.#payments === 0) this.#addWhole(this.#group, this.#group.first('GrpSts'));
  }

  #addOrder(fields: CamtFields): void {
    this.#orders += 1;
    const status =
      fields.first('TxSts') || this.#payment.first('PmtInfSts') || this.#group.first('GrpSts');
    const orderNo = fields.first('OrgnlEndToEndId');
    if (orderNo === '') throw this.#malformed(fields, 'OrgnlEndToEndId is there', '');
    if (status === '' || status === IN_PART) {
      throw this.#malformed(fields, 'an order has a status of its own (TxSts)', status);
    }
    this.#statuses.push({
      ...{ line: fields.line, orderNo, message: this.#message(), status },
      reason: reasonOf(fields) || reasonOf(this.#payment) || reasonOf(this.#group),
      amount: fields.first('OrgnlTxRef/Amt/InstdAmt'),
      currency: fields.first('OrgnlTxRef/Amt/InstdAmt@Ccy'),
      day: this.#dayOf(fields),
    });
  }

  #addWhole(fields: CamtFields, own: string): void {
    const status = own || this.#group.first('GrpSts');
    if (status === '' || status === IN_PART) return;
    const message = this.#message();
    if (message === '') throw this.#malformed(fields, 'OrgnlMsgId is there', '');
    this.#statuses.push({
      ...{ line: fields.line, orderNo: '', message, status },
      reason: reasonOf(fields) || reasonOf(this.#group),
      ...{ amount: '', currency: '', day: '' },
    });
  }

  #message(): string {
    return this.#group.first('OrgnlMsgId');
  }

  #dayOf(fields: CamtFields): string {
    const text = fields.first(...DAYS);
    const day = text === '' ? '' : isoDay(text);
    if (day === undefined) throw this.#malformed(fields, 'dates are dates', text);
    return day;
  }

  #malformed({ line }: CamtFields, rule: string, value: string): Error {
    const evidence = { file: this.#file, line, rule, value };
    return refusedFile('pain002_malformed', 'The report is not well-formed.', evidence);
  }
}

function reasonOf(fields: CamtFields): string {
  return fields.first('StsRsnInf/Rsn/Cd', 'StsRsnInf/Rsn/Prtry');
}
