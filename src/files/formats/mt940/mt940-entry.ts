import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { type ExactAmount, exactAmount } from '../statement-record.js';

/** What a line of a statement (field 61) says. */
export interface Mt940Entry {
  readonly valueDate: string;
  /** Empty where it is left out. */
  readonly entryDate: string;
  /** Money out is below zero. */
  readonly amount: ExactAmount;
  readonly isReversal: boolean;
  readonly type: string;
  /** Empty for NONREF. */
  readonly reference: string;
  readonly bankReference: string;
}

/** A balance (fields 60 and 62). */
export interface Mt940Balance {
  readonly amount: ExactAmount;
  readonly currency: string;
  readonly text: string;
}

/** The rule that a field breaks. */
export interface Broken {
  readonly rule: string;
}

const ENTRY =
  /^([0-9]{6})([0-9]{4})?(R?[CD])([A-Z])?([0-9]+,[0-9]*)([SNF][A-Z0-9]{3})(.*?)(?:\/\/(.*))?$/;
const BALANCE = /^([CD])([0-9]{6})([A-Z]{3})([0-9]+,[0-9]*)$/;
const NO_REFERENCE = 'NONREF';
/** A year of two digits lies between 1980 and 2079. */
const CENTURY_FROM = 80;

/** A field 61: the first line of it. */
export function mt940Entry(text: string): Mt940Entry | Broken {
  const match = ENTRY.exec(text);
  if (match === null) {
    return { rule: 'value date, entry date, C D RC or RD, amount with a comma, type, reference' };
  }
  const [, value = '', entry, mark = '', , amountText = '', type = '', own = '', bank = ''] = match;
  const valueDate = dateOf(value);
  if (valueDate === undefined) return { rule: 'the value date is a day, YYMMDD' };
  const entryDate = entry === undefined ? '' : nearestDate(entry, valueDate);
  if (entryDate === undefined) return { rule: 'the entry date is a day, MMDD' };
  const amount = exactAmount(amountText.replace(',', '.'));
  if (amount === undefined) return { rule: 'the amount is digits and a comma' };
  const isReversal = mark.startsWith('R');
  // A credit that is taken back (RC) is money out, a debit that is taken back money in.
  const isOut = isReversal ? mark === 'RC' : mark === 'D';
  return {
    valueDate,
    entryDate,
    amount: isOut ? -amount : amount,
    isReversal,
    type,
    reference: own.trim() === NO_REFERENCE ? '' : own.trim(),
    bankReference: bank.trim(),
  };
}

/** A field 60 or 62. */
export function mt940Balance(text: string): Mt940Balance | Broken {
  const [, mark, date = '', currency = '', amountText = ''] = BALANCE.exec(text) ?? [];
  const amount = exactAmount(amountText.replace(',', '.'));
  if (mark === undefined || amount === undefined || dateOf(date) === undefined) {
    return { rule: 'C or D, YYMMDD, currency, amount with a comma' };
  }
  return { amount: mark === 'D' ? -amount : amount, currency, text };
}

function dateOf(text: string): string | undefined {
  const year = Number(text.slice(0, 2));
  const century = year >= CENTURY_FROM ? '19' : '20';
  const date = `${century}${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
  return parseDay(date) === undefined ? undefined : date;
}

/** The day that is nearest to the value date: at New Year the years differ. */
function nearestDate(monthDay: string, valueDate: string): string | undefined {
  const value = parseDay(valueDate)!;
  const year = Number(valueDate.slice(0, 4));
  const days = [year - 1, year, year + 1].flatMap((each) => {
    const date = `${each}-${monthDay.slice(0, 2)}-${monthDay.slice(2, 4)}`;
    return parseDay(date) === undefined ? [] : [parseDay(date)!];
  });
  if (days.length === 0) return undefined;
  days.sort((a, b) => Math.abs(a - value) - Math.abs(b - value));
  return formatDay(days[0]!);
}
