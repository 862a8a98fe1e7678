import type { Violation } from '../../../documents/violations.js';
import { dateFormatProblem } from '../forms/date-form.js';
import type { LayoutShape } from '../layout-schema.js';
import { placesOf } from '../line-template.js';
import { columnViolations, pairViolations } from './column-rules.js';
import { expressionViolations } from './expression-rules.js';
import { formatViolations, markViolations } from './format-rules.js';
import { placeViolations } from './place-rules.js';

/** What contradicts itself in a layout, or has no effect: path, rule and value of each. */
export function layoutViolations(shape: LayoutShape): Violation[] {
  const columns = shape.columns.flatMap((column, at) => columnViolations(column, at, shape));
  return [
    ...formatViolations(shape),
    ...markViolations(shape),
    ...wholeViolations(shape),
    ...claimViolations(shape, 'head'),
    ...claimViolations(shape, 'trailer'),
    ...columns,
    ...pairViolations(shape),
    ...placeViolations(shape),
    ...expressionViolations(shape),
  ];
}

function wholeViolations(shape: LayoutShape): Violation[] {
  const { kind, family, name, date_format: dates, key = [], total_of: totalOf } = shape;
  const found: Violation[] = [];
  const add = (path: string, rule: string, value?: unknown) => found.push({ path, rule, value });
  if (shape.columns.length === 0) add('columns', 'must have a column at least');
  if (kind !== undefined && family !== undefined && kind !== family) {
    add('family', 'is the same key as kind', family);
  }
  if (name !== undefined && /[/\\]/.test(name)) {
    add('name', 'is of the file alone, without a folder', name);
  }
  const problem = dates === undefined ? undefined : dateFormatProblem(dates);
  if (problem !== undefined) add('date_format', problem, dates);
  const fields = new Set(shape.columns.flatMap(({ from }) => from ?? []));
  for (const [at, field] of key.entries()) {
    if (!fields.has(field)) add(`key[${at}]`, 'must be a field of the columns', field);
  }
  if (totalOf !== undefined && !amountsOf(shape).has(totalOf)) {
    add('total_of', 'must be a field of type amount', totalOf);
  }
  const moved = shape.balance?.from ?? 'amount';
  if (shape.balance !== undefined && !amountsOf(shape).has(moved)) {
    add('balance', `wants a field of type amount that moves it: ${moved}`);
  }
  if (shape.records?.row.length === 0) add('records.row', 'must name a value at least');
  const both = shape.records?.ignore.find((value) => shape.records?.row.includes(value));
  if (both !== undefined) add('records.ignore', 'is a row already', both);
  for (const [at, { is, not }] of (shape.where ?? []).entries()) {
    if (is === undefined && not === undefined) add(`where[${at}]`, 'must have is or not');
  }
  return found;
}

function amountsOf({ columns }: LayoutShape): Set<string> {
  return new Set(columns.flatMap(({ from, type }) => (type === 'amount' ? (from ?? []) : [])));
}

function claimViolations(shape: LayoutShape, path: 'head' | 'trailer'): Violation[] {
  const line = shape[path];
  if (line === undefined) return [];
  const found: Violation[] = [];
  const add = (key: string, rule: string, value?: unknown) =>
    found.push({ path: key === '' ? path : `${path}.${key}`, rule, value });
  const isTemplate = typeof line === 'string';
  const saysTotal = isTemplate ? placesOf(line).includes('total') : line.total !== undefined;
  if (saysTotal && !amountsOf(shape).has(shape.total_of ?? 'amount')) {
    add('', 'says a total: total_of must be a field of type amount', shape.total_of);
  }
  if (isTemplate) {
    if (shape.format === 'xlsx') add('', 'must be a mapping: a sheet has cells', line);
    if (/[\r\n]/.test(line)) add('', 'must be one line', line);
    return found;
  }
  if (shape.format === 'fixed') {
    add('', 'must be a template with widths, such as T{count:8}{total:15}');
  }
  if (line.below === undefined) {
    for (const key of ['count', 'total', 'date'] as const) {
      if (line[key] === 1) add(key, 'field 1 is what the line starts with', 1);
    }
  }
  for (const field of Object.keys(line.totals ?? {})) {
    if (!amountsOf(shape).has(field)) add('totals', 'must be fields of type amount', field);
  }
  return found;
}
