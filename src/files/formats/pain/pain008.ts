/** Who is paid, as the channel knows us. */
export interface Creditor {
  readonly name: string;
  readonly account: string;
  /** BIC of the bank or platform that collects. */
  readonly agent: string;
}

/** What stands above the orders of a file. */
export interface CollectionHead {
  /** Of the message and of its one payment: at most 35 characters. */
  readonly id: string;
  /** ISO 8601, with its zone. */
  readonly createdAt: string;
  readonly collectOn: string;
  readonly orders: number;
  /** Decimal text, as all amounts here. */
  readonly total: string;
  readonly creditor: Creditor;
}

export interface CollectionOrder {
  /** EndToEndId: at most 35 characters. */
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly name: string;
  readonly account: string;
}

/** Characters of an identification, and of an account that is no IBAN (ISO 20022). */
export const ISO_ID_MAX = 35;
export const ISO_ACCOUNT_MAX = 34;
export const ISO_NAME_MAX = 140;

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.008.001.08';

/** The beginning of a file of collections: pain.008.001.08, one payment for all orders. */
export function pain008Head(head: CollectionHead): string {
  const { id, createdAt, collectOn, orders, total, creditor } = head;
  const counted = `${element('NbOfTxs', String(orders))}${element('CtrlSum', total)}`;
  const group = [
    ...[element('MsgId', id), element('CreDtTm', createdAt), counted],
    `<InitgPty>${element('Nm', creditor.name)}</InitgPty>`,
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<Document xmlns="${NAMESPACE}"><CstmrDrctDbtInitn>\n`,
    `<GrpHdr>${group.join('')}</GrpHdr>\n`,
    `<PmtInf>${element('PmtInfId', id)}<PmtMtd>DD</PmtMtd>${counted}`,
    element('ReqdColltnDt', collectOn),
    `<Cdtr>${element('Nm', creditor.name)}</Cdtr>`,
    `<CdtrAcct>${accountOf(creditor.account)}</CdtrAcct>`,
    `<CdtrAgt><FinInstnId>${element('BICFI', creditor.agent)}</FinInstnId></CdtrAgt>\n`,
  ].join('');
}

/** An order, on a line of its own. The bank of an account is told by the account here. */
export function pain008Order({ id, amount, currency, name, account }: CollectionOrder): string {
  return [
    `<DrctDbtTxInf><PmtId>${element('EndToEndId', id)}</PmtId>`,
    `<InstdAmt Ccy="${escaped(currency)}">${amount}</InstdAmt>`,
    '<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>',
    `<Dbtr>${element('Nm', cut(name, ISO_NAME_MAX))}</Dbtr>`,
    `<DbtrAcct>${accountOf(account)}</DbtrAcct></DrctDbtTxInf>\n`,
  ].join('');
}

export const PAIN008_TAIL = '</PmtInf></CstmrDrctDbtInitn></Document>\n';

function accountOf(account: string): string {
  return `<Id><Othr>${element('Id', account)}</Othr></Id>`;
}

function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

/** By characters, not by their halves. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : [...text].slice(0, max).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader would take these for a line feed or for nothing.
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES[character]!);
}
