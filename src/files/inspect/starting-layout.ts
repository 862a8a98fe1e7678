import type { ColumnGuess, Examination } from './examination.js';
import { isFormatOfRecords } from './examine-file.js';
import { isBalanceTitle, isIncomeTitle, isOutgoTitle, kindOfFields } from './title-words.js';

/** What a bank's statement is read as, whichever format it came in. */
const OF_STATEMENT = [
  '- {title: reference, from: order_no}',
  '- {title: value_date, from: value_date, type: date}',
  '- {title: amount, from: amount, type: amount}',
  '- {title: currency, from: currency}',
];
const PLAIN = /^[\p{L}_][\p{L}\p{N}_ ]*$/u;
/** Words that YAML takes for something else. */
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** The layout to start from, as YAML; what no title tells stands in comments. */
export function startingLayout(examination: Examination, name: string): string {
  const { format, columns, comment, trim, before, behind } = examination;
  const isStatement = format === 'mt940' || format === 'camt';
  const known = new Set(columns.flatMap(({ from }) => from ?? []));
  const lines = [
    `layout: ${scalar(name)}`,
    `kind: ${isStatement ? 'statement' : kindOfFields(known)}`,
    `format: ${format}`,
    ...textLines(examination),
  ];
  if (format === 'xlsx' && examination.sheet !== undefined) {
    lines.push(`sheet: ${scalar(examination.sheet)}`);
  }
  const hasRows = !isFormatOfRecords(format);
  if (hasRows && examination.titlesLine === undefined) lines.push('titles: false');
  if (hasRows && before + behind > 0) lines.push(`skip: {before: ${before}, behind: ${behind}}`);
  if (hasRows && comment.length > 0) lines.push(`comment: ${list(comment)}`);
  if (hasRows && trim.length > 0) lines.push(`trim: ${list(trim)}`);
  const thousands = columns.find((column) => column.thousands !== undefined)?.thousands;
  if (thousands !== undefined) lines.push(`thousands: ${JSON.stringify(thousands)}`);
  if (columns.some(({ decimal }) => decimal === ',')) lines.push('decimal: ","');
  if (format === 'camt') lines.push('where: [{title: status, is: [BOOK]}]');
  const balance = columns.find(({ title, type }) => type === 'amount' && isBalanceTitle(title));
  if (hasRows && balance !== undefined) lines.push(`balance: {title: ${scalar(balance.title)}}`);
  const listed = isStatement ? OF_STATEMENT : columnLines(examination);
  lines.push('columns:', ...listed.map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

function textLines({ format, charset, lineEnd, delimiter, quoting }: Examination): string[] {
  const lines: string[] = [];
  if (charset !== undefined && format !== 'camt') lines.push(`charset: ${charset}`);
  if (format !== 'delimited') return lines;
  if (lineEnd === 'crlf') lines.push('line_end: crlf');
  if (delimiter !== undefined) lines.push(`delimiter: ${JSON.stringify(delimiter)}`);
  if (quoting !== undefined && quoting !== 'csv') lines.push(`quoting: ${quoting}`);
  return lines;
}

function columnLines({ columns, titlesLine, format }: Examination): string[] {
  const hasTitles = titlesLine !== undefined || isFormatOfRecords(format);
  const titles = columns.map(({ title }) => title);
  const taken = new Set<string>();
  const known = new Set(columns.flatMap(({ from }) => from ?? []));
  // The number of a line of loans is that of the loan.
  const isOfLoans = kindOfFields(known) === 'loans' && !known.has('loan_no');
  const loanNumber = (from: string | undefined) => (isOfLoans && from === 'ref' ? 'loan_no' : from);
  const { income, outgo } = twoAmounts(columns);
  const fields = columns.map((column) => {
    const from = column === income ? 'amount' : loanNumber(column.from);
    if (from === undefined || taken.has(from)) return undefined;
    taken.add(from);
    return from;
  });
  const isAny = taken.size > 0;
  return columns.map((column, at) => {
    const { title } = column;
    const isNamed =
      hasTitles && title !== '' && titles.indexOf(title) === titles.lastIndexOf(title);
    const place = isNamed ? `title: ${scalar(title)}` : `at: ${column.at}`;
    const from = fields[at];
    const less = column === income && outgo !== undefined ? `, less: ${scalar(outgo.title)}` : '';
    const field = from ?? `column_${column.at}`;
    const text = `- {${place}, from: ${field}${typeText(column, from)}${less}}`;
    return from === undefined && isAny ? `# ${text}` : text;
  });
}

/** The columns of what comes in and of what goes out, where no other is the amount. */
function twoAmounts(columns: readonly ColumnGuess[]): {
  income?: ColumnGuess;
  outgo?: ColumnGuess;
} {
  if (columns.some(({ from }) => from === 'amount')) return {};
  const isAmount = ({ type }: ColumnGuess) => type === 'amount' || type === 'empty';
  const income = columns.find((column) => isIncomeTitle(column.title) && isAmount(column));
  const outgo = columns.find((column) => isOutgoTitle(column.title) && isAmount(column));
  return income === undefined || outgo === undefined ? {} : { income, outgo };
}

/** Fields of ours that are whole numbers, and those that are amounts however they are written. */
const WHOLE = new Set(['periods', 'seq']);
const AMOUNTS = new Set(['amount', 'principal', 'interest', 'fee']);

function typeText(column: ColumnGuess, from: string | undefined): string {
  const { format, decimals = 0, isPercent } = column;
  const isAmount = AMOUNTS.has(from ?? '') && ['integer', 'empty'].includes(column.type);
  const type = isAmount ? 'amount' : column.type;

  if (type === 'date') return format === undefined ? '' : `, type: date, format: ${scalar(format)}`;
  if (type === 'rate') return isPercent ? ', type: rate, unit: percent' : ', type: rate';
  if (type === 'integer') return WHOLE.has(from ?? '') ? ', type: integer' : '';
  if (type !== 'amount') return '';
  return decimals > 2 ? ', type: amount, round: half_up' : ', type: amount';
}

function list(signs: readonly string[]): string {
  return `[${signs.map((sign) => JSON.stringify(sign)).join(', ')}]`;
}

function scalar(text: string): string {
  return PLAIN.test(text) && !RESERVED.test(text) && text.trim() === text
    ? text
    : JSON.stringify(text);
}
