/** A place of a template: `{name}`, or `{name:8}` of so many characters. */
const PLACE = /\{([a-z][a-z0-9_]*)(?::([1-9][0-9]{0,3}))?\}/g;

/** A piece of a template: text, or a place. */
export interface TemplatePiece {
  readonly text: string;
  /** The place's name; undefined for text. */
  readonly place?: string;
  readonly width?: number;
}

/** The pieces of a template in order. */
export function templatePieces(template: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  for (const { 0: whole, 1: place = '', 2: width, index } of template.matchAll(PLACE)) {
    if (index > at) pieces.push({ text: template.slice(at, index) });
    pieces.push({ text: whole, place, ...(width === undefined ? {} : { width: Number(width) }) });
    at = index + whole.length;
  }
  if (at < template.length) pieces.push({ text: template.slice(at) });
  return pieces;
}

/** The text that every line of a template begins with; '' where that is a place. */
export function leadOf(template: string): string {
  const [first] = templatePieces(template);
  return first === undefined || first.place !== undefined ? '' : first.text;
}

/** The names of the places of a template. */
export function placesOf(template: string): string[] {
  return templatePieces(template).flatMap(({ place }) => (place === undefined ? [] : [place]));
}

/** Fills a template; `valueAt` gives undefined for a place that has no value: it is returned. */
export function filledTemplate(
  template: string,
  valueAt: (place: string) => string | undefined,
): { readonly text: string } | { readonly lacks: string } {
  let text = '';
  for (const { text: own, place, width } of templatePieces(template)) {
    if (place === undefined) {
      text += own;
      continue;
    }
    const value = valueAt(place);
    if (value === undefined || (width !== undefined && value.length > width)) {
      return { lacks: place };
    }
    text += width === undefined ? value : filledUp(value, width);
  }
  return { text };
}

/** Numbers are filled up with zeros on the left, other text with blanks on the right. */
function filledUp(value: string, width: number): string {
  return /^[0-9.]+$/.test(value) ? value.padStart(width, '0') : value.padEnd(width, ' ');
}

/**
 * A pattern that finds the values of places, as named groups; a place again takes the same text.
 */
export function templatePattern(template: string): RegExp {
  const seen = new Set<string>();
  const pattern = templatePieces(template).map(({ text, place, width }) => {
    if (place === undefined) return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    if (seen.has(place)) return `\\k<${place}>`;
    seen.add(place);
    return `(?<${place}>${width === undefined ? '.*?' : `.{${width}}`})`;
  });
  return new RegExp(`^${pattern.join('')}$`, 's');
}
