import { dateFormats, looksLikeDate } from './date-forms.js';
import type { ColumnGuess, Doubt, SampleRow } from './examination.js';
import { fieldOfTitle, isAmountTitle, isNumberTitle, isRateTitle } from './title-words.js';

const INTEGER = /^[+-]?(?:0|[1-9][0-9]*)$/;
/** Zeros in front are those of a number that counts nothing. */
const DECIMAL = /^[+-]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\.([0-9]+))?$/;
const DECIMAL_COMMA = /^[+-]?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|0|[1-9][0-9]*)(?:,([0-9]{1,2}))?$/;
const BELOW_1 = /^[+-]?(?:0(?:\.[0-9]+)?|1(?:\.0+)?)$/;
const PERCENT = /^[+-]?[0-9]+(?:\.[0-9]+)?%$/;
/** A number that lost its digits in a spreadsheet. */
const SCIENTIFIC = /^[+-]?[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+$/;
/** A spreadsheet keeps 15 digits and writes zeros for the others. */
const ROUNDED = /^[1-9][0-9]{14}0+$/;
const DIGITS = /^[0-9]+$/;
/** A column of which most rows are of a type mixes; below it is text. */
const MOST = 0.8;

type Kind = Exclude<ColumnGuess['type'], 'empty'>;
interface Typed {
  readonly type: Kind;
  readonly matches: (value: string) => boolean;
}

const KINDS: readonly Typed[] = [
  { type: 'date', matches: looksLikeDate },
  { type: 'rate', matches: (value) => PERCENT.test(value) },
  { type: 'integer', matches: (value) => INTEGER.test(value) },
  { type: 'amount', matches: (value) => DECIMAL.test(value) || DECIMAL_COMMA.test(value) },
];

/** Whether a cell holds data, not a title. */
export function looksLikeData(value: string): boolean {
  return KINDS.some(({ matches }) => matches(value)) || SCIENTIFIC.test(value);
}

/** What a column of the rows holds, and what is doubtful of it. */
export function guessColumn(
  at: number,
  title: string,
  rows: readonly SampleRow[],
): { column: ColumnGuess; doubts: Doubt[] } {
  const cells = rows
    .map(({ line, fields }) => ({ line, value: fields[at - 1] ?? '' }))
    .filter(({ value }) => value !== '');
  const values = cells.map(({ value }) => value);
  const name = title === '' ? `${at}` : title;
  const base = { at, title, from: fieldOfTitle(title), filled: cells.length };
  if (cells.length === 0) return { column: { ...base, type: 'empty' }, doubts: [] };
  const doubts = lostDoubts(name, title, cells);
  const { type, strays } = typeOf(values);
  const stray = strays.size === 0 ? undefined : cells.find(({ value }) => strays.has(value));
  if (stray !== undefined) {
    const says = `${strays.size} other values among ${type}s`;
    doubts.push({ rule: 'mixed_types', line: stray.line, column: name, value: stray.value, says });
  }
  const good = values.filter((value) => !strays.has(value));
  const column = { ...base, ...detailsOf(type, title, good) };
  if (column.type === 'date') doubts.push(...dateDoubts(name, cells, good));
  if (column.type === 'amount' && (column.decimals ?? 0) > 2) {
    const says = `up to ${column.decimals} decimals: the layout rounds half up`;
    doubts.push({ rule: 'many_decimals', column: name, says });
  }
  return { column, doubts };
}

/** The type that all values have, or most of them: the others are strays. */
function typeOf(values: readonly string[]): { type: Kind; strays: ReadonlySet<string> } {
  for (const { type, matches } of KINDS) {
    const others = values.filter((value) => !matches(value));
    const isType = others.length === 0 || values.length - others.length >= values.length * MOST;
    // Whole numbers among amounts are amounts.
    if (isType && !(type === 'integer' && others.some((value) => DECIMAL.test(value)))) {
      return { type, strays: new Set(others) };
    }
  }
  return { type: 'text', strays: new Set() };
}

function detailsOf(
  type: Kind,
  title: string,
  values: readonly string[],
): Omit<ColumnGuess, 'at' | 'title' | 'from' | 'filled'> {
  if (type === 'date') return { type, format: dateFormats(values)[0] };
  if (type === 'rate') return { type, isPercent: true };
  if (type === 'integer' && !isAmountTitle(title)) return { type };
  if (type !== 'amount' && type !== 'integer') return { type };
  if (isRateTitle(title)) {
    // A year's rate of more than 1 is written in percent.
    return { type: 'rate', isPercent: values.some((value) => !BELOW_1.test(value)) };
  }
  const isComma = values.some((value) => !DECIMAL.test(value));
  const pattern = isComma ? DECIMAL_COMMA : DECIMAL;
  const decimals = Math.max(...values.map((value) => pattern.exec(value)?.[1]?.length ?? 0));
  const separator = isComma ? '.' : ',';
  const hasThousands = values.some((value) => value.includes(separator));
  return {
    type: 'amount',
    decimals,
    ...(hasThousands ? { thousands: separator } : {}),
    ...(isComma ? { decimal: ',' } : {}),
  };
}

interface Cell {
  readonly line: number;
  readonly value: string;
}

/** Digits that a spreadsheet has taken. */
function lostDoubts(column: string, title: string, cells: readonly Cell[]): Doubt[] {
  const doubts: Doubt[] = [];
  const lost = cells.find(({ value }) => SCIENTIFIC.test(value) || ROUNDED.test(value));
  if (lost !== undefined) {
    const says = 'a long number went through a spreadsheet and lost its digits: ask for it as text';
    doubts.push({ rule: 'digits_lost', column, ...lost, says });
  }
  const longest = Math.max(...cells.map(({ value }) => value.length));
  const isNumber = isNumberTitle(title) && cells.every(({ value }) => DIGITS.test(value));
  const short = cells.find(({ value }) => value.length < longest);
  const hasZeros = cells.some(({ value }) => value.startsWith('0'));
  const isNear = cells.every(({ value }) => value.length >= longest - 3);
  if (isNumber && short !== undefined && !hasZeros && isNear && longest > 4) {
    const says = `numbers of ${longest} digits and of fewer: zeros in front may have been lost`;
    doubts.push({ rule: 'zeros_lost', column, ...short, says });
  }
  return doubts;
}

function dateDoubts(column: string, cells: readonly Cell[], good: readonly string[]): Doubt[] {
  const formats = dateFormats(good);
  const [first] = cells;
  if (formats.length === 0) {
    const says = 'dates of several formats';
    return [{ rule: 'mixed_dates', column, line: first?.line, value: first?.value, says }];
  }
  if (!formats.includes('DD/MM/YYYY') || !formats.includes('MM/DD/YYYY')) return [];
  const says = 'no day above 12: it may be day and month, or month and day';
  return [{ rule: 'ambiguous_dates', column, line: first?.line, value: first?.value, says }];
}
