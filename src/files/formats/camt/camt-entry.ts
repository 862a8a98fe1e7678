import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import {
  type ExactAmount,
  exactAmount,
  exactText,
  type StatementRecord,
} from '../statement-record.js';
import type { CamtFields } from './camt-fields.js';

/** The rule that a part of a statement breaks. */
export interface CamtBroken {
  readonly rule: string;
  readonly value: string;
}

export interface CamtAmount {
  /** Money out is below zero. */
  readonly amount: ExactAmount;
  readonly currency: string;
}

/** An entry with what it is made of. */
export interface CamtEntry extends CamtAmount {
  readonly fields: CamtFields;
  readonly valueDate: string;
  readonly entryDate: string;
  readonly status: string;
  /**
   * The entry takes another one back. Its own mark is that of its money (ISO 20022: a reversal that
   * is CRDT takes back a debit), so the sign is not turned by it.
   */
  readonly isReversal: boolean;
}

/** What banks write where there is no reference. */
const NO_REFERENCE = new Set(['NOTPROVIDED', 'NONREF']);
const CURRENCY = /^[A-Z]{3}$/;
/** The bank's own day, whatever its zone. */
const DATE = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|[Z+-].*)?$/;

/** The signed amount under `path`; `mark` says its direction where the part itself does not. */
export function camtAmount(
  fields: CamtFields,
  path: string,
  mark = fields.first('CdtDbtInd'),
): CamtAmount | CamtBroken {
  const text = fields.first(path);
  const currency = fields.first(`${path}@Ccy`);
  const amount = exactAmount(text);
  if (amount === undefined)
    return { rule: `${path} is a decimal number, not negative`, value: text };
  if (!CURRENCY.test(currency)) return { rule: `${path} has a currency (Ccy)`, value: currency };
  if (mark !== 'CRDT' && mark !== 'DBIT') {
    return { rule: 'CdtDbtInd is CRDT or DBIT', value: mark };
  }
  return { amount: mark === 'DBIT' ? -amount : amount, currency };
}

export function camtEntry(fields: CamtFields): CamtEntry | CamtBroken {
  const amount = camtAmount(fields, 'Amt');
  if ('rule' in amount) return amount;
  const booked = fields.first('BookgDt/Dt', 'BookgDt/DtTm');
  const valued = fields.first('ValDt/Dt', 'ValDt/DtTm');
  for (const date of [booked, valued]) {
    if (date !== '' && isoDay(date) === undefined) {
      return { rule: 'BookgDt and ValDt are dates', value: date };
    }
  }
  if (booked === '' && valued === '') return { rule: 'an entry has BookgDt or ValDt', value: '' };
  const reversal = fields.first('RvslInd');
  if (!['', 'true', 'false', '1', '0'].includes(reversal)) {
    return { rule: 'RvslInd is true or false', value: reversal };
  }
  return {
    ...amount,
    fields,
    valueDate: isoDay(valued === '' ? booked : valued) ?? '',
    entryDate: isoDay(booked) ?? '',
    status: fields.first('Sts/Cd', 'Sts/Prtry', 'Sts') || 'BOOK',
    isReversal: reversal === 'true' || reversal === '1',
  };
}

/** What is the same in all records of a statement. */
export interface CamtPlace {
  readonly account: string;
  readonly statement: string;
  /** Behind the whole entry; undefined where the statement has no opening balance. */
  readonly balance: ExactAmount | undefined;
}

/**
 * The records of an entry: its transactions where it has several and their amounts sum to it, else
 * the entry itself; `doubt` names why it was not taken apart.
 */
export function entryRecords(
  entry: CamtEntry,
  parts: readonly CamtFields[],
  place: CamtPlace,
): StatementRecord[] {
  const amounts = parts.map((part) => partAmount(part, entry));
  const doubt = parts.length === 0 ? '' : doubtOf(entry, amounts);
  if (parts.length <= 1 || doubt !== '') {
    // One part without an amount of its own is the entry.
    const isOwn = parts.length === 1 && doubt !== 'parts_differ' ? '' : doubt;
    return [recordOf(entry, parts, entry.amount, place, isOwn)];
  }
  let balance = place.balance === undefined ? undefined : place.balance - entry.amount;
  return parts.map((part, at) => {
    const amount = amounts[at]!.amount;
    if (balance !== undefined) balance += amount;
    const record = recordOf(entry, [part], amount, { ...place, balance }, '');
    // The entry's reference is that of all its parts.
    return { ...record, reference: referenceOf(part) };
  });
}

function partAmount(part: CamtFields, entry: CamtEntry): CamtAmount | undefined {
  const path = part.first('Amt') === '' ? 'AmtDtls/TxAmt/Amt' : 'Amt';
  const mark = part.first('CdtDbtInd') || entry.fields.first('CdtDbtInd');
  const amount = camtAmount(part, path, mark);
  return 'rule' in amount ? undefined : amount;
}

/** Why an entry cannot be taken apart; empty: it can. */
function doubtOf(entry: CamtEntry, amounts: readonly (CamtAmount | undefined)[]): string {
  let sum = 0n;
  for (const part of amounts) {
    if (part === undefined) return 'parts_without_amount';
    if (part.currency !== entry.currency) return 'parts_in_other_currency';
    sum += part.amount;
  }
  return sum === entry.amount ? '' : 'parts_differ';
}

function recordOf(
  entry: CamtEntry,
  parts: readonly CamtFields[],
  amount: ExactAmount,
  { account, statement, balance }: CamtPlace,
  doubt: string,
): StatementRecord {
  const part = parts.length === 1 ? parts[0] : undefined;
  const { fields, currency } = entry;
  // Who paid in is the debtor, who was paid is the creditor.
  const other = `RltdPties/${amount < 0n ? 'Cdtr' : 'Dbtr'}`;
  return {
    value_date: entry.valueDate,
    entry_date: entry.entryDate,
    amount: exactText(amount, currency),
    currency,
    reference: referenceOf(part) || fields.first('NtryRef'),
    bank_reference: part?.first('Refs/AcctSvcrRef') || fields.first('AcctSvcrRef'),
    type: typeOf(part) || typeOf(fields),
    text: textOf(part) || fields.first('AddtlNtryInf'),
    account,
    statement,
    balance_after: balance === undefined ? '' : exactText(balance, currency),
    status: entry.status,
    reversal: entry.isReversal ? 'yes' : '',
    return_code: parts.map(returnCode).find((code) => code !== '') ?? '',
    counterparty: part?.first(`${other}/Nm`, `${other}/Pty/Nm`) ?? '',
    counterparty_account: part?.first(`${other}Acct/Id/IBAN`, `${other}Acct/Id/Othr/Id`) ?? '',
    doubt,
  };
}

/** Why money went back. */
function returnCode(part: CamtFields): string {
  return part.first('RtrInf/Rsn/Cd', 'RtrInf/Rsn/Prtry');
}

function referenceOf(part: CamtFields | undefined): string {
  const reference = part?.first('Refs/EndToEndId') ?? '';
  return NO_REFERENCE.has(reference) ? '' : reference;
}

function typeOf(fields: CamtFields | undefined): string {
  const domain = ['Cd', 'Fmly/Cd', 'Fmly/SubFmlyCd'].map((at) =>
    fields?.first(`BkTxCd/Domn/${at}`),
  );
  return domain.filter(Boolean).join('-') || (fields?.first('BkTxCd/Prtry/Cd') ?? '');
}

function textOf(part: CamtFields | undefined): string {
  if (part === undefined) return '';
  const free = part.all('RmtInf/Ustrd').join(' ');
  return free || part.first('RmtInf/Strd/CdtrRefInf/Ref', 'AddtlTxInf');
}

/** The date of an ISO date or time; undefined where it is none. */
export function isoDay(text: string): string | undefined {
  const date = DATE.exec(text)?.[1];
  return date === undefined || parseDay(date) === undefined ? undefined : date;
}
