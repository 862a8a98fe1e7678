import type { z } from 'zod';
import { date, integer, listOf, mapping, oneOf } from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import { type LayoutDocument, layoutOf } from '../../../files/layout/layout-document.js';
import { layoutSchema } from '../../../files/layout/layout-schema.js';
import { placesOf } from '../../../files/layout/line-template.js';
import { FILE_FAMILIES, type FileFamily } from '../../../funding/terms/partner.js';
import { code } from './amount-fields.js';

const { shape: whole } = layoutSchema;
const { shape: column } = whole.columns.element;

/**
 * The keys of a layout of a partner's files: a part of those of any layout, that which is written
 * and read alike, and by the database too.
 */
const keys = {
  family: oneOf(...FILE_FAMILIES),
  name: whole.name,
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
};
const onPaper = mapping({ layout: whole.layout, ...keys });

const layoutSchemaOfBook = mapping({
  ...{ code: code(), version: integer(1).default(1) },
  effective_from: date().default('1970-01-01'),
  ...keys,
  name: whole.name.unwrap().describe('Pattern of file names, such as repay_{date}_{version}.txt.'),
});

/** A checked layout document: plain JSON, as it was written. */
export type PartnerLayoutDocument = z.output<typeof layoutSchemaOfBook>;

/** A layout of the book, by which files of one family are written and read. */
export interface PartnerLayout {
  readonly code: string;
  readonly version: number;
  readonly family: FileFamily;
  readonly layout: LayoutDocument & { readonly name: string };
}

/** Places that somebody can fill: the rest would be unknown when a file is written. */
const PLACES = ['date', 'version', 'count', 'total'];
/** A name is known before the file is. */
const NAME_PLACES = ['date', 'version'];

/**
 * A layout of a partner's files, which is a layout of the program: only commas are quoted, so that
 * any other delimiter may not stand inside a text. Throws LoanbookError `invalid_document`.
 */
export function partnerLayout(value: unknown, name: string, path = ''): LayoutDocument {
  return checkedLayout(checkShape(onPaper, value, { name, path }), { name, path });
}

/** A layout document of a book. Throws LoanbookError `invalid_document`, with paths. */
export function layoutFromValue(
  value: unknown,
  source: DocumentSource,
): { readonly document: PartnerLayoutDocument; readonly layout: PartnerLayout } {
  const document = checkShape(layoutSchemaOfBook, value, source);
  const { code: own, version, effective_from: _, ...shape } = document;
  const { name, family } = shape;
  const layout = { ...checkedLayout(shape, source), layout: own, name };
  return { document, layout: { code: own, version, family, layout } };
}

/** The JSON Schema of a layout of a partner's files. */
export function partnerLayoutJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook funding layout', layoutSchemaOfBook);
}

function checkedLayout(shape: z.output<typeof onPaper>, source: DocumentSource): LayoutDocument {
  const violations: Violation[] = [
    ...placeFaults('name', shape.name, NAME_PLACES),
    ...placeFaults('control.content', shape.control?.content, PLACES),
  ];
  const says = placesOf(shape.control?.content ?? '');
  if (says.includes('total') && shape.total_of === undefined) {
    violations.push({ path: 'total_of', rule: 'is required: the control file says a total' });
  }
  for (const key of ['head', 'trailer'] as const) {
    const line = shape[key];
    if (typeof line === 'object') {
      violations.push({ path: key, rule: 'must be a template, such as T,{count},{total}' });
    } else violations.push(...placeFaults(key, line, PLACES));
  }
  refuseViolations(source, violations);
  const { delimiter = ',' } = shape;
  const quoting = delimiter === ',' ? 'csv' : 'none';
  return layoutOf({ ...shape, quoting }, source.name, source.path);
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
