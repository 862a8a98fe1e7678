import { parseDay } from '../../accounting/calendar/epoch-day.js';

interface DateForm {
  readonly format: string;
  readonly pattern: RegExp;
  /** Groups of year, month and day. */
  readonly order: 'ymd' | 'dmy' | 'mdy';
}

const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]';
const COMPACT_TIME = '(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]';
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const FORMS: readonly DateForm[] = [
  form('YYYY-MM-DD', '(\\d{4})-(\\d{2})-(\\d{2})', 'ymd'),
  form('YYYY-MM-DD HH:mm:ss', `(\\d{4})-(\\d{2})-(\\d{2}) ${TIME}`, 'ymd'),
  form('YYYY/MM/DD', '(\\d{4})/(\\d{2})/(\\d{2})', 'ymd'),
  form('YYYY/MM/DD HH:mm:ss', `(\\d{4})/(\\d{2})/(\\d{2}) ${TIME}`, 'ymd'),
  form('YYYY/M/D', '(\\d{4})/(\\d{1,2})/(\\d{1,2})', 'ymd'),
  form('YYYY.MM.DD', '(\\d{4})\\.(\\d{2})\\.(\\d{2})', 'ymd'),
  form('YYYY年MM月DD日', '(\\d{4})年(\\d{2})月(\\d{2})日', 'ymd'),
  form('YYYYMMDD', '((?:19|20)\\d{2})(\\d{2})(\\d{2})', 'ymd'),
  form('YYYYMMDDHHmmss', `((?:19|20)\\d{2})(\\d{2})(\\d{2})${COMPACT_TIME}`, 'ymd'),
  form('DD/MM/YYYY', '(\\d{2})/(\\d{2})/(\\d{4})', 'dmy'),
  form('MM/DD/YYYY', '(\\d{2})/(\\d{2})/(\\d{4})', 'mdy'),
  form('DD.MM.YYYY', '(\\d{2})\\.(\\d{2})\\.(\\d{4})', 'dmy'),
  form('DD-MM-YYYY', '(\\d{2})-(\\d{2})-(\\d{4})', 'dmy'),
  form('DD-MMM-YYYY', `(\\d{2})-(${MONTHS.join('|')})-(\\d{4})`, 'dmy'),
  form('MMM-YYYY', `(${MONTHS.join('|')})-(\\d{4})`, 'mdy'),
];

function form(format: string, pattern: string, order: DateForm['order']): DateForm {
  return { format, pattern: new RegExp(`^${pattern}$`), order };
}

/** The formats that every one of the values is a date of; the first is the likeliest. */
export function dateFormats(values: readonly string[]): string[] {
  return FORMS.filter((each) => values.every((value) => isDateOf(each, value))).map(
    ({ format }) => format,
  );
}

/** Whether a value is a date of some format. */
export function looksLikeDate(value: string): boolean {
  return FORMS.some((each) => isDateOf(each, value));
}

function isDateOf({ pattern, order, format }: DateForm, value: string): boolean {
  const match = pattern.exec(value);
  if (match === null) return false;
  const [, a = '', b = '', c = ''] = match;
  if (format === 'MMM-YYYY') return true;
  const [year, month, day] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b];
  const named = MONTHS.indexOf(month ?? '');
  const number = named < 0 ? (month ?? '') : String(named + 1);
  return (
    parseDay(`${year}-${number.padStart(2, '0')}-${(day ?? '').padStart(2, '0')}`) !== undefined
  );
}
