import pg from 'pg';
import { EXIT, LoanbookError } from '../../../errors.js';
import { isInFile, titleOf } from '../../../files/layout/column-places.js';
import { dateForm } from '../../../files/layout/forms/date-form.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import type { LayoutColumn } from '../../../files/layout/layout-schema.js';
import { maskCell } from '../../../files/mask.js';

/** A field of ours as the database gives it: an expression, and what it is. */
export type FileField =
  | { readonly kind: 'text' | 'amount' | 'date' | 'integer'; readonly sql: string }
  /** A code that words of ours stand for, by its value. */
  | { readonly kind: 'word'; readonly sql: string; readonly words: readonly string[] };

export type FileFields = Readonly<Record<string, FileField>>;

const literal = (text: string) => pg.escapeLiteral(text);

/**
 * A row of ours as the line of a file, with its end: an expression of text that gives the bytes of
 * `writeLayout`. A value without a form refuses the statement (LB060), naming the loan in the
 * column `loan_no`. Throws LoanbookError `value_not_written` for a layout that is never written.
 */
export function lineSql(layout: LayoutDocument, fields: FileFields, minorDigits: number): string {
  const columns = layout.columns.filter(isInFile);
  const cells = columns.map((column) => cellSql(column, layout, fields, minorDigits));
  const end = layout.line_end === 'crlf' ? "E'\\r\\n'" : "E'\\n'";
  const line = cells.join(` || ${literal(layout.delimiter)} || `);
  if (cells.length > 1) return `(${line} || ${end})`;
  // A line of nothing is none for who reads it.
  const empty = isQuoted(layout)
    ? literal('""')
    : refusal(titleOf(columns[0]!), 'blank_line', line);
  return `(CASE WHEN ${line} = '' THEN ${empty} ELSE ${line} END || ${end})`;
}

function isQuoted({ quoting }: LayoutDocument): boolean {
  return quoting !== 'none';
}

function cellSql(
  column: LayoutColumn,
  layout: LayoutDocument,
  fields: FileFields,
  minorDigits: number,
): string {
  const { constant, from, values } = column;
  if (constant !== undefined) return fixed(layout, titleOf(column), constant);
  if (from === undefined) return "''";
  const field = fields[from];
  if (field === undefined) throw notWritten(layout, from, 'unknown_field', from);
  if (field.kind === 'word') {
    const cases = field.words.map((word, code) => {
      const theirs = values === undefined ? word : firstOf(values[word]);
      const cell =
        theirs === undefined
          ? refusal(from, 'unknown_word', literal(word))
          : fixed(layout, from, theirs);
      return `WHEN ${code} THEN ${cell}`;
    });
    return `(CASE ${field.sql} ${cases.join(' ')} END)`;
  }
  if (values !== undefined) {
    const cases = Object.entries(values).map(
      ([ours, theirs]) => `WHEN ${literal(ours)} THEN ${fixed(layout, from, firstOf(theirs)!)}`,
    );
    const unknown = refusal(from, 'unknown_word', field.sql);
    return `(CASE ${field.sql} ${cases.join(' ')} ELSE ${unknown} END)`;
  }
  switch (field.kind) {
    case 'amount':
      if (layout.amount_unit === 'minor' || minorDigits === 0) return `(${field.sql})::text`;
      return `((${field.sql}) * 1e-${minorDigits}::numeric(20,${minorDigits}))::text`;
    case 'integer':
      return `(${field.sql})::text`;
    case 'date':
      return dateSql(layout, from, field.sql);
    default:
      return textSql(layout, from, field.sql);
  }
}

function firstOf(words: string | readonly string[] | undefined): string | undefined {
  return typeof words === 'string' ? words : words?.[0];
}

/** Text that is the same in every row. */
function fixed(layout: LayoutDocument, field: string, text: string): string {
  if (!isSpecial(layout, text)) return literal(text);
  if (!isQuoted(layout)) throw notWritten(layout, field, 'separator_in_text', text);
  return literal(`"${text.replaceAll('"', '""')}"`);
}

function isSpecial({ delimiter, quoting }: LayoutDocument, text: string): boolean {
  if (/[\r\n]/.test(text)) return true;
  if (quoting !== 'none') return text.includes(delimiter) || text.includes('"');
  return (text + delimiter).indexOf(delimiter) < text.length;
}

function textSql(layout: LayoutDocument, field: string, sql: string): string {
  const { delimiter } = layout;
  if (isQuoted(layout)) {
    const marks = `E'"\\r\\n' || ${literal(delimiter)}`;
    const quoted = `'"' || replace(${sql}, '"', '""') || '"'`;
    return `(CASE WHEN translate(${sql}, ${marks}, '') = ${sql} THEN ${sql} ELSE ${quoted} END)`;
  }
  // A delimiter of several characters may also come about where two fields meet.
  const isPlain =
    `strpos(${sql} || ${literal(delimiter)}, ${literal(delimiter)}) = length(${sql}) + 1` +
    ` AND translate(${sql}, E'\\r\\n', '') = ${sql}`;
  return `(CASE WHEN ${isPlain} THEN ${sql} ELSE ${refusal(field, 'separator_in_text', sql)} END)`;
}

const TOKEN = /YYYY|YY|MMM|MM|M|DD|D|HH|H|mm|ss|SSS/g;
const TOKENS: Readonly<Record<string, string>> = {
  ...{ YYYY: 'YYYY', YY: 'YY', MMM: 'Mon', MM: 'MM', M: 'FMMM', DD: 'DD', D: 'FMDD' },
  ...{ HH: '"00"', H: '"0"', mm: '"00"', ss: '"00"', SSS: '"000"' },
};

function dateSql(layout: LayoutDocument, field: string, sql: string): string {
  const { date_format: format } = layout;
  const sample = dateForm(format).write('2026-03-15');
  // Serial numbers are for workbooks; two digits of a year do not give every day back.
  if (sample === undefined || format.startsWith('serial')) {
    throw notWritten(layout, field, 'date', format);
  }
  if (isSpecial(layout, sample) && !isQuoted(layout)) {
    throw notWritten(layout, field, 'separator_in_text', sample);
  }
  if (format === 'YYYY-MM-DD') return `(${sql})::text`;
  let picture = '';
  let at = 0;
  for (const { 0: token, index } of format.matchAll(TOKEN)) {
    picture += quotedPart(format.slice(at, index)) + TOKENS[token]!;
    at = index + token.length;
  }
  picture += quotedPart(format.slice(at));
  const text = `to_char(${sql}, ${literal(picture)})`;
  return isSpecial(layout, sample) ? `('"' || ${text} || '"')` : text;
}

function quotedPart(text: string): string {
  return text === '' ? '' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function refusal(field: string, rule: string, value: string): string {
  return `refuse_written(loan_no, ${literal(field)}, ${literal(rule)}, ${value})`;
}

/** The error of a value that the layout has no form for. */
export function notWritten(
  layout: LayoutDocument,
  field: string,
  rule: string,
  value: string,
  loanNo?: string,
): LoanbookError {
  return new LoanbookError('value_not_written', 'The layout has no form for a value.', {
    exitCode: EXIT.usage,
    evidence: { layout: layout.layout, loanNo, field, rule, value: maskCell(value) },
    next: 'Correct the layout, or the value. Nothing was written.',
  });
}
