import type { Violation } from '../../../documents/violations.js';
import { isInFile, titleOf } from '../column-places.js';
import { dateFormatProblem, hasTime, zoneShift } from '../forms/date-form.js';
import type { LayoutColumn, LayoutShape } from '../layout-schema.js';

type Key = keyof LayoutColumn;
type Add = (key: Key | '', rule: string, value?: unknown) => void;

/** Keys of a column that only columns of some types know. */
const TYPES: readonly (readonly [keys: readonly Key[], type: string])[] = [
  [['format', 'zone'], 'date'],
  [['round', 'less', 'sign'], 'amount'],
];
/** What a column without a place of its own does not read. */
const READING: readonly Key[] = ['values', 'format', 'zone', 'less', 'sign', 'unit', 'trim'];
const RATE_UNITS = ['fraction', 'percent', 'per_mille'];
const AMOUNT_UNITS = ['major', 'minor'];

/** What contradicts itself within one column. */
export function columnViolations(
  column: LayoutColumn,
  index: number,
  { trim, format }: LayoutShape,
): Violation[] {
  const found: Violation[] = [];
  const path = `columns[${index}]`;
  const add: Add = (key, rule, value) =>
    found.push({ path: key === '' ? path : `${path}.${key}`, rule, value });
  const { from, constant, expr, values, type = 'text', unit, pad } = column;
  if (titleOf(column) === '' && column.at === undefined && column.start === undefined) {
    add('', 'must name title, at, start or from');
  }
  if (constant !== undefined) constantViolations(column, add);
  else if (expr !== undefined) {
    if (from === undefined && !isInFile(column)) add('', 'must name from, or where it is written');
    for (const key of ['values', 'format', 'zone', 'less', 'sign', 'unit'] as const) {
      if (column[key] !== undefined && !isInFile(column)) {
        add(key, 'has no effect with expr', column[key]);
      }
    }
  } else if (!isInFile(column)) add('', 'must have a place, a constant or an expression');
  for (const [keys, wanted] of TYPES) {
    for (const key of keys) {
      if (column[key] !== undefined && type !== wanted) {
        add(key, `is for type ${wanted}`, column[key]);
      }
    }
  }
  if (unit !== undefined) {
    const allowed = type === 'rate' ? RATE_UNITS : type === 'amount' ? AMOUNT_UNITS : [];
    if (!allowed.includes(unit)) {
      add('unit', 'is fraction, percent, per_mille of a rate; major, minor of an amount', unit);
    }
  }
  if (values !== undefined) valuesViolations(column, add);
  if (column.less !== undefined && column.sign !== undefined) {
    add('less', 'contradicts sign: two columns have their signs by themselves');
  }
  if (typeof column.sign === 'object') signViolations(column, add);
  dateViolations(column, add);
  const own = column.trim ?? trim ?? [' '];
  if (format === 'fixed' && type === 'text' && pad !== undefined && !own.includes(pad)) {
    add('pad', 'of a text must be among trim: it could not be told from the text', pad);
  }
  return found;
}

function constantViolations(column: LayoutColumn, add: Add): void {
  const keys: readonly Key[] = [...READING, 'expr', 'type', 'round', 'prefix', 'empty'];
  for (const key of keys) {
    if (column[key] !== undefined) add(key, 'has no effect with a constant', column[key]);
  }
  if (column.when !== undefined && isInFile(column)) {
    add('when', 'a constant of the file stands in every row', column.when);
  }
}

/** Each word of theirs stands for one of ours. */
function valuesViolations({ values = {}, type }: LayoutColumn, add: Add): void {
  if (type !== undefined && type !== 'text') add('type', 'has no effect with values', type);
  const seen = new Map<string, string>();
  for (const [ours, named] of Object.entries(values)) {
    for (const word of typeof named === 'string' ? [named] : named) {
      const other = seen.get(word);
      if (other !== undefined) add('values', `${word} stands for ${other} and ${ours}`, word);
      seen.set(word, ours);
    }
    if (ours === '' || named.length === 0) add('values', 'each has a word of ours and of theirs');
  }
}

function signViolations({ sign }: LayoutColumn, add: Add): void {
  if (typeof sign !== 'object') return;
  if (sign.minus.length === 0) add('sign', 'must name the words of minus');
  const both = sign.plus?.find((word) => sign.minus.includes(word));
  if (both !== undefined) add('sign', 'has a word that is plus and minus', both);
}

function dateViolations({ format, zone, type }: LayoutColumn, add: Add): void {
  if (type !== 'date') return;
  const problem = format === undefined ? undefined : dateFormatProblem(format);
  if (problem !== undefined) add('format', problem, format);
  if (zone === undefined) return;
  if (zoneShift(zone) === undefined) add('zone', 'must be like +00:00 to +08:00', zone);
  if (format === undefined || !hasTime(format)) {
    add('zone', 'needs a format with hours and minutes', zone);
  }
}

/** Two columns for one field or one place. */
export function pairViolations({ columns, format }: LayoutShape): Violation[] {
  const found: Violation[] = [];
  const fields = new Map<string, number>();
  const places = new Map<string, number>();
  for (const [index, column] of columns.entries()) {
    const { from, when, title, at, start, width = 0 } = column;
    const path = `columns[${index}]`;
    const other = from === undefined ? undefined : fields.get(from);
    if (other !== undefined && (when === undefined || columns[other]?.when === undefined)) {
      const rule = `the same field as columns[${other}]: each needs a when`;
      found.push({ path: `${path}.from`, rule, value: from });
    }
    if (from !== undefined) fields.set(from, index);
    if (!isInFile(column)) continue;
    for (const [key, value] of [
      ['title', title ?? (at === undefined && start === undefined ? from : undefined)],
      ['at', at],
    ] as const) {
      const earlier = value === undefined ? undefined : places.get(`${key} ${value}`);
      const isOnTerms = when !== undefined && columns[earlier ?? -1]?.when !== undefined;
      if (earlier !== undefined && !isOnTerms) {
        found.push({ path: `${path}.${key}`, rule: `the same as columns[${earlier}]`, value });
      }
      if (value !== undefined) places.set(`${key} ${value}`, index);
    }
    if (format !== 'fixed' || start === undefined) continue;
    const overlap = columns.findIndex(
      (one, k) =>
        k < index &&
        one.start !== undefined &&
        one.start < start + width &&
        start < one.start + (one.width ?? 0),
    );
    if (overlap >= 0) {
      const rule = `shares characters with columns[${overlap}]`;
      found.push({ path: `${path}.start`, rule, value: start });
    }
  }
  return found;
}
