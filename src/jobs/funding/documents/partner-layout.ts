import { listOf, mapping, oneOf } from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { type LayoutDocument, layoutOf } from '../../../files/layout/layout-document.js';
import { layoutSchema } from '../../../files/layout/layout-schema.js';
import { placesOf } from '../../../files/layout/line-template.js';
import { FILE_FAMILIES } from '../../../funding/terms/partner.js';

const { shape: whole } = layoutSchema;
const { shape: column } = whole.columns.element;

/**
 * The keys of a layout of a partner's files: a part of those of any layout, that which is written
 * and read alike, and by the database too.
 */
export const partnerLayoutSchema = mapping({
  ...{ layout: whole.layout, family: oneOf(...FILE_FAMILIES), name: whole.name },
  ...{ delimiter: whole.delimiter, charset: oneOf('utf-8', 'gb18030').optional() },
  ...{ line_end: whole.line_end, amount_unit: whole.amount_unit, date_format: whole.date_format },
  ...{ head: whole.head, trailer: whole.trailer, titles: whole.titles },
  ...{ key: whole.key, total_of: whole.total_of, control: whole.control },
  columns: listOf(
    mapping({
      ...{ title: column.title, from: column.from, constant: column.constant },
      ...{ type: oneOf('text', 'amount', 'date', 'integer').optional(), values: column.values },
    }),
  ),
});

/** Places that somebody can fill: the rest would be unknown when a file is written. */
const PLACES = ['date', 'version', 'count', 'total'];
/** A name is known before the file is. */
const NAME_PLACES = ['date', 'version'];

/**
 * A layout of a partner's files, which is a layout of the program: only commas are quoted, so that
 * any other delimiter may not stand inside a text. Throws LoanbookError `invalid_document`.
 */
export function partnerLayout(value: unknown, name: string, path = ''): LayoutDocument {
  const source = { name, path };
  const shape = checkShape(partnerLayoutSchema, value, source);
  const violations: Violation[] = [
    ...placeFaults('name', shape.name, NAME_PLACES),
    ...placeFaults('control.content', shape.control?.content, PLACES),
  ];
  for (const key of ['head', 'trailer'] as const) {
    const line = shape[key];
    if (typeof line === 'object') {
      violations.push({ path: key, rule: 'must be a template, such as T,{count},{total}' });
    } else violations.push(...placeFaults(key, line, PLACES));
  }
  refuseViolations(source, violations);
  const { delimiter = ',' } = shape;
  const quoting = delimiter === ',' ? 'csv' : 'none';
  return layoutOf({ ...shape, quoting }, name, path);
}

function placeFaults(
  path: string,
  template: string | undefined,
  known: readonly string[],
): Violation[] {
  const unknown = placesOf(template ?? '').find((place) => !known.includes(place));
  const rule = `may hold the places ${known.map((place) => `{${place}}`).join(', ')}`;
  return unknown === undefined ? [] : [{ path, rule, value: `{${unknown}}` }];
}
