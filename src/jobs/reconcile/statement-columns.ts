import { EXIT, LoanbookError } from '../../errors.js';
import {
  type ChannelDocument,
  STATEMENT_COLUMNS,
  type StatementColumn,
} from './documents/channel-document.js';

/** Where each column lies in a line, -1 where the statement has none. */
export type ColumnPlaces = Readonly<Record<StatementColumn, number>> & { readonly width: number };

/**
 * Finds the columns by the titles, or by number where a file has none; then its width is that of
 * the farthest. Throws LoanbookError `wrong_header`.
 */
export function columnPlaces(
  file: string,
  { columns, file: { titles: hasTitles } }: ChannelDocument,
  titles: readonly string[] | undefined,
  line: number,
): ColumnPlaces {
  const names = titles?.map((title) => title.trim().replace(/^\ufeff/, ''));
  const missing: string[] = [];
  const repeated: string[] = [];
  const places = STATEMENT_COLUMNS.map((column): [StatementColumn, number] => {
    const name = columns[column];
    if (name === undefined) return [column, -1];
    const place = hasTitles ? (names?.indexOf(name) ?? -1) : Number(name) - 1;
    if (place < 0) missing.push(name);
    else if (hasTitles && names?.lastIndexOf(name) !== place) repeated.push(name);
    return [column, place];
  });
  if (missing.length + repeated.length > 0) {
    throw new LoanbookError('wrong_header', 'The statement has not the columns of its channel.', {
      exitCode: EXIT.failed,
      evidence: {
        file,
        line,
        missing: missing.join(', ') || undefined,
        repeated: repeated.join(', ') || undefined,
        found: names?.join(', '),
      },
      next: 'Nothing was taken. Correct `columns` of the channel, or fetch the right file.',
    });
  }
  const width = names?.length ?? Math.max(...places.map(([, place]) => place)) + 1;
  return { ...(Object.fromEntries(places) as Record<StatementColumn, number>), width };
}

/** The column that lies at a place of a line; where it is none of ours, its number, from 1. */
export function columnAt(places: ColumnPlaces, at: number): string {
  return STATEMENT_COLUMNS.find((column) => places[column] === at) ?? String(at + 1);
}

/** The fields of a line; double quotes count where the delimiter is one character. */
export function splitFields(text: string, delimiter: string): string[] {
  if (delimiter.length !== 1 || !text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i]!;
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i += 1;
      } else isQuoted = false;
    } else if (char === '"' && field === '') isQuoted = true;
    else if (char === delimiter) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  fields.push(field);
  return fields;
}
