import { z } from 'zod';
import { date, integer, listOf, mapping, oneOf } from '../../../documents/fields.js';
import { checkShape, refuseViolations } from '../../../documents/violations.js';
import { LoanbookError } from '../../../errors.js';
import { fileNameOf } from '../../../files/layout/file-places.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { LayoutReader } from '../../../files/layout/layout-reader.js';
import type { LayoutRow } from '../../../files/layout/layout-rows.js';
import { layoutText, type OurRow } from '../../../files/layout/layout-writer.js';
import { RecordSplitter } from '../../../files/layout/text/record-splitter.js';
import { MINOR_DIGITS } from '../documents/amount-fields.js';
import { partnerLayout } from '../documents/partner-layout.js';

const cell = z.union([z.string(), z.number(), z.null()], { error: 'must be text or a number' });

const fileSchema = mapping({
  kind: oneOf('file'),
  day: date(),
  version: integer(1).default(1),
  layout: z.unknown(),
  rows: listOf(z.record(z.string(), cell, { error: 'must be a mapping' })),
});

const readSchema = mapping({
  kind: oneOf('read'),
  layout: z.unknown(),
  lines: listOf(z.string({ error: 'must be text' })),
});

/**
 * The lines of a partner's file of these rows, and its control file. Throws LoanbookError
 * `invalid_document`, for a value that the layout has no form for as well.
 */
export function simulateFile(input: unknown, source = 'file'): object {
  const { day, version, layout: laid, rows } = checkShape(fileSchema, input, { name: source });
  const layout = partnerLayout(laid, source, 'layout');
  const values = { minorDigits: MINOR_DIGITS, date: day, version };
  const name = fileNameOf(layout, values) ?? '';
  const ours = rows.map((row, at) => {
    const texts = Object.entries(row).map(([key, value]) => [key, String(value ?? '')]);
    const own: OurRow = Object.fromEntries(texts);
    requireValues(layout, own, at, source);
    return own;
  });
  const { text, control } = written(() => layoutText(layout, ours, values), source);
  const end = layout.line_end === 'crlf' ? '\r\n' : '\n';
  const isControlled = layout.control !== undefined;
  return {
    name,
    lines: text === '' ? [] : text.slice(0, -end.length).split(end),
    control: isControlled ? { name: name + layout.control.suffix, content: control ?? '' } : null,
  };
}

/** What has a form must be there: the file could not be read again without it. */
function requireValues(layout: LayoutDocument, row: OurRow, at: number, name: string): void {
  for (const { from, constant, type, values } of layout.columns) {
    const hasForm = values !== undefined || (type !== undefined && type !== 'text');
    if (from === undefined || constant !== undefined || !hasForm || row[from]) continue;
    refuseViolations({ name }, [{ path: `rows[${at}].${from}`, rule: 'is required' }]);
  }
}

/** A value without a form, as the document's fault. */
function written<T>(write: () => T, name: string): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof LoanbookError) || error.code !== 'value_not_written') throw error;
    const { record, field, rule, value } = error.evidence;
    const path = `rows[${Number(record) - 1}]${field === '' ? '' : `.${String(field)}`}`;
    const said = RULES[String(rule)] ?? `cannot be written by the layout: ${String(rule)}`;
    refuseViolations({ name }, [{ path, rule: said, value }]);
    throw error;
  }
}

const RULES: Readonly<Record<string, string>> = {
  separator_in_text: 'must not hold the delimiter or a line end: only CSV quotes',
  unknown_word: 'must be one of the words of the layout',
  repeated_key: 'must not be the key of a row before',
  amount: 'must be an amount',
  date: 'must be a date, YYYY-MM-DD',
};

/** Whole refusals have names of the page; what a file lacks altogether is named by these. */
const REFUSALS: Readonly<Record<string, string>> = { file_empty: 'columns_differ' };

/**
 * The rows of the lines of a partner's file, what is wrong with the others, or why nothing of it
 * is taken. Throws LoanbookError `invalid_document`.
 */
export function simulateRead(input: unknown, source = 'read'): object {
  const { layout: laid, lines } = checkShape(readSchema, input, { name: source });
  const layout = partnerLayout(laid, source, 'layout');
  const fields = [...new Set(layout.columns.flatMap(({ from }) => from ?? []))];
  try {
    const rows = rowsOf(layout, fields, lines, source);
    const good = rows.filter(({ problem }) => problem === undefined);
    return {
      rows: good.map((row) =>
        Object.fromEntries(fields.map((field, at) => [field, row.fields[at] ?? ''])),
      ),
      rejected: rows.flatMap(({ line, problem }) => {
        if (problem === undefined) return [];
        const column = problem.field === '' ? {} : { column: problem.field };
        return [{ line, ...column, rule: problem.rule }];
      }),
      refused: null,
    };
  } catch (error) {
    if (!(error instanceof LoanbookError)) throw error;
    const { rule } = error.evidence;
    const refused = REFUSALS[error.code] ?? (error.code === 'csv_malformed' ? error.code : rule);
    return { rows: [], rejected: [], refused: refused ?? error.code };
  }
}

function rowsOf(
  layout: LayoutDocument,
  fields: readonly string[],
  lines: readonly string[],
  path: string,
): LayoutRow[] {
  const options = { fields, minorDigits: MINOR_DIGITS, isStrict: true };
  const reader = new LayoutReader(path, layout, options);
  const splitter = new RecordSplitter({ path, layout, firstLine: 1, isPart: false });
  const text = lines.map((line) => `${line}\n`).join('');
  const split = splitter.split(text, true);
  const rows = reader.take({ ...split, hasNul: text.includes('\0'), bytesRead: text.length });
  reader.end();
  return rows;
}
