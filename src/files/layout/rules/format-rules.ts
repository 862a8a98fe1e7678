import type { Violation } from '../../../documents/violations.js';
import type { LayoutFormat, LayoutShape } from '../layout-schema.js';

type Key = keyof LayoutShape;

const LINES = ['delimited', 'fixed'] as const;
const TEXTS = [...LINES, 'ndjson'] as const;
const TABLES = ['delimited', 'fixed', 'xlsx'] as const;

/** The formats in which a key has an effect; a key that is not here has one in all. */
const EFFECT: Readonly<Partial<Record<Key, readonly LayoutFormat[]>>> = {
  widths: ['fixed'],
  charset: [...TEXTS, 'mt940'],
  line_end: LINES,
  delimiter: ['delimited'],
  quoting: ['delimited'],
  titles: ['delimited', 'xlsx'],
  sheet: ['xlsx'],
  skip: TABLES,
  comment: TEXTS,
  blank_lines: TABLES,
  short_rows: TABLES,
  long_rows: ['delimited', 'xlsx'],
  unterminated: TEXTS,
  head: TABLES,
  trailer: TABLES,
};

/** Whether files of a format take notice of a key. */
export function hasEffect(key: string, format: LayoutFormat): boolean {
  const formats = (EFFECT as Readonly<Record<string, readonly LayoutFormat[]>>)[key];
  return formats?.includes(format) ?? true;
}

/** Keys that stand in a layout whose format takes no notice of them. */
export function formatViolations(shape: LayoutShape): Violation[] {
  const { format } = shape;
  return (Object.keys(EFFECT) as Key[]).flatMap((key) =>
    shape[key] === undefined || hasEffect(key, format)
      ? []
      : [{ path: key, rule: `has no effect with format ${format}`, value: shape[key] }],
  );
}

/** Delimiter, quotes and the marks of numbers must be told from each other. */
export function markViolations(shape: LayoutShape): Violation[] {
  const { delimiter = ',', quoting, thousands, decimal = '.', format, comment = [] } = shape;
  const found: Violation[] = [];
  const add = (path: string, rule: string, value: unknown) => found.push({ path, rule, value });
  if (shape.widths === 'bytes' && shape.charset?.startsWith('utf-16') === true) {
    add('widths', 'must be characters where a blank has two bytes', shape.widths);
  }
  if (format === 'delimited') {
    if (/["\r\n\0]/.test(delimiter)) {
      add('delimiter', 'must hold no quote, line end or NUL', delimiter);
    }
    const quotes = quoting ?? (delimiter.length === 1 ? 'csv' : 'none');
    if (quotes !== 'none' && delimiter.length > 1) {
      add('quoting', 'must be none with a delimiter of several characters', quoting);
    }
    const marks = [...(thousands ?? ''), ...(decimal === ',' ? ',' : '')];
    if (quotes === 'none' && marks.some((mark) => mark === delimiter)) {
      add(
        'delimiter',
        'must be another mark than those of numbers where nothing quotes',
        delimiter,
      );
    }
  }
  if (thousands !== undefined) {
    if (thousands === decimal) add('thousands', 'must be another mark than decimal', thousands);
    if (/[0-9+\-\r\n]/.test(thousands)) {
      add('thousands', 'must hold no digit, sign or line end', thousands);
    }
  }
  for (const [at, mark] of comment.entries()) {
    if (/[\r\n]/.test(mark)) add(`comment[${at}]`, 'must hold no line end', mark);
  }
  return found;
}
