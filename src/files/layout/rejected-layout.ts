import type { LayoutDocument } from './layout-document.js';

/** Whether the rows of a layout are lines of the file's own; others are rejected as CSV. */
export function hasLines({ format }: LayoutDocument): boolean {
  return format === 'delimited' || format === 'fixed';
}

/**
 * What the file of the rejected rows of a layout looks like behind its own columns: rows and their
 * titles, without all that stands around them and says what the whole file holds. Rows that are no
 * lines of text, such as those of a sheet, are CSV.
 */
export function layoutOfRejects(layout: LayoutDocument): LayoutDocument {
  const text = hasLines(layout) ? {} : AS_CSV;
  return {
    ...layout,
    ...text,
    // Its first line is there without titles too.
    skip: { before: layout.titles ? 0 : 1, behind: 0 },
    blank_lines: 'ignored',
    head: undefined,
    trailer: undefined,
    balance: undefined,
  };
}

const AS_CSV = {
  format: 'delimited',
  charset: 'utf-8',
  delimiter: ',',
  quoting: 'csv',
  comment: [],
} as const;
