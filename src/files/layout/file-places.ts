import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { totalForm } from './forms/column-form.js';
import { dateForm } from './forms/date-form.js';
import type { LayoutDocument } from './layout-document.js';
import { filledTemplate, templatePattern } from './line-template.js';

/** What the {places} of names, heads and control files stand for. */
export interface PlaceValues {
  readonly minorDigits?: number;
  /** YYYY-MM-DD: `{date}` in the layout's format, `{yyyymmdd}` as eight digits. */
  readonly date?: string | undefined;
  readonly version?: number | undefined;
  /** Number of the file among several, from 1. */
  readonly n?: number | undefined;
  readonly count?: number | undefined;
  /** In minor units. */
  readonly total?: bigint | undefined;
  /** Other places by their names. */
  readonly places?: Readonly<Record<string, string>> | undefined;
}

/** The name of a file by the layout's pattern; undefined where it has none. */
export function fileNameOf(layout: LayoutDocument, values: PlaceValues): string | undefined {
  return layout.name === undefined ? undefined : filledPlaces(layout.name, layout, values);
}

/**
 * What the name of a file says by the layout's pattern, its date as YYYY-MM-DD; undefined: it is no
 * name of such a file. A layout without a pattern takes every name.
 */
export function placesInName(
  layout: LayoutDocument,
  name: string,
): Readonly<Record<string, string>> | undefined {
  if (layout.name === undefined) return {};
  const found = templatePattern(layout.name).exec(name);
  if (found === null) return undefined;
  const places: Record<string, string> = { ...found.groups };
  for (const [place, format] of [
    ['date', layout.date_format],
    ['yyyymmdd', 'YYYYMMDD'],
  ] as const) {
    const text = places[place];
    if (text === undefined) continue;
    const date = dateForm(format).read(text);
    if (date === undefined) return undefined;
    places[place] = date;
  }
  return places;
}

/** A template with its places filled. Throws LoanbookError `totals_unknown`. */
export function filledPlaces(
  template: string,
  layout: LayoutDocument,
  values: PlaceValues,
): string {
  const filled = filledTemplate(template, (place) => textOf(place, layout, values));
  if ('text' in filled) return filled.text;
  throw unknownPlace(filled.lacks, layout);
}

/** What one place stands for. Throws LoanbookError `totals_unknown`. */
export function valueOfPlace(place: string, layout: LayoutDocument, values: PlaceValues): string {
  const text = textOf(place, layout, values);
  if (text === undefined) throw unknownPlace(place, layout);
  return text;
}

function textOf(place: string, layout: LayoutDocument, values: PlaceValues): string | undefined {
  const { date, version, n, count, total, places = {}, minorDigits = 2 } = values;
  switch (place) {
    case 'date':
      return date === undefined ? undefined : dateForm(layout.date_format).write(date);
    case 'yyyymmdd':
      return date === undefined ? undefined : dateForm('YYYYMMDD').write(date);
    case 'version':
      return version === undefined ? undefined : String(version);
    case 'n':
      return n === undefined ? undefined : String(n);
    case 'count':
      return count === undefined ? undefined : String(count);
    case 'total':
      return total === undefined
        ? undefined
        : totalForm(layout, minorDigits).write(formatAmount(total, minorDigits));
    default:
      return Object.hasOwn(places, place) ? places[place] : undefined;
  }
}

function unknownPlace(place: string, layout: LayoutDocument): LoanbookError {
  return new LoanbookError('totals_unknown', `Nothing says what {${place}} stands for.`, {
    exitCode: EXIT.usage,
    evidence: { layout: layout.layout, place },
    next: 'Name it on the command line, or leave it out of the layout. Nothing was written.',
  });
}
