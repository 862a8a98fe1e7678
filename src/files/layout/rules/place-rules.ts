import type { Violation } from '../../../documents/violations.js';
import { isInFile, titleOf } from '../column-places.js';
import type { LayoutShape, Place } from '../layout-schema.js';

/** A place of a layout with the path at which it is written. */
type PathPlace = readonly [path: string, place: Place];

/** Places that cannot be found in a file of this format. */
export function placeViolations(shape: LayoutShape): Violation[] {
  const { format, columns } = shape;
  const isFixed = format === 'fixed';
  const hasTitles = shape.titles ?? !isFixed;
  const named = new Set(columns.filter(isInFile).map(titleOf));
  const found: Violation[] = [];
  const columnPlaces = columns.flatMap((column, index): PathPlace[] =>
    isInFile(column) ? [[`columns[${index}]`, column]] : [],
  );
  for (const [path, place] of [...columnPlaces, ...otherPlaces(shape)]) {
    const { title, at, start, width } = place;
    const isColumn = path.startsWith('columns[') && path.endsWith(']');
    const add = (rule: string, value?: unknown) => found.push({ path, rule, value });
    if (isFixed) {
      if (at !== undefined) add('fixed width has no fields by number: name start and width', at);
      if (start === undefined || width === undefined) add('must have start and width');
      continue;
    }
    if (start !== undefined || width !== undefined) add('start and width are for format fixed');
    if (hasTitles && at !== undefined && title !== undefined) {
      add('must have either title or at', title);
    }
    if (isColumn) continue;
    if (title === undefined && at === undefined) add('must have title or at');
    if (!hasTitles && title !== undefined && !named.has(title)) {
      add('must be the title of a column: the file has none', title);
    }
  }
  return found;
}

function otherPlaces({ columns, where = [], records, balance }: LayoutShape): PathPlace[] {
  const places: PathPlace[] = [];
  for (const [index, { less, sign }] of columns.entries()) {
    const path = `columns[${index}]`;
    if (typeof less === 'string') places.push([`${path}.less`, { title: less }]);
    else if (less !== undefined) places.push([`${path}.less`, less]);
    if (typeof sign === 'object') places.push([`${path}.sign`, sign]);
  }
  for (const [index, condition] of where.entries()) places.push([`where[${index}]`, condition]);
  if (records !== undefined) places.push(['records', records]);
  if (balance !== undefined) places.push(['balance', balance]);
  return places;
}
