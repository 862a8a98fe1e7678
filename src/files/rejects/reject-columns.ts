import { stringify } from 'csv-stringify/sync';

/** Why a row was rejected: the field, the rule that it breaks, and the value that breaks it. */
export interface Reject {
  readonly line: number;
  readonly field: string;
  readonly rule: string;
  readonly value: string;
}

/** What stands before a row in a file of rejected rows. */
export const REJECT_COLUMNS = ['line', 'field', 'rule', 'value'] as const;

const QUOTE = 0x22;

/** The columns before a row as CSV, with the comma that the row follows. */
export function columnsBefore(cells: readonly string[]): string {
  return `${stringify([[...cells]], { eof: false })},`;
}

/** How a file of rejected rows begins, which no other file does. */
export const REJECTS_BEGIN = columnsBefore(REJECT_COLUMNS);

/** Where the row begins behind these columns; `from`: the line has not all of them. */
export function rowFrom(text: string, from = 0): number {
  let at = from;
  for (let left = REJECT_COLUMNS.length; left > 0; left -= 1) {
    if (text.charCodeAt(at) === QUOTE) at = behindQuotes(text, at);
    const comma = text.indexOf(',', at);
    const end = text.indexOf('\n', at);
    if (comma < 0 || (end >= 0 && end < comma)) return from;
    at = comma + 1;
  }
  return at;
}

/** Behind the quote that closes a cell; two of them are one of its characters. */
function behindQuotes(text: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
  }
}

/** Takes the columns off the rows of text that comes in blocks of whole lines. */
export class RowsBehindColumns {
  readonly #isQuoted: boolean;
  #isInside = false;

  /** `isQuoted`: double quotes carry a row over lines. */
  constructor(isQuoted: boolean) {
    this.#isQuoted = isQuoted;
  }

  take(block: string): string {
    let rows = '';
    for (let at = 0; at < block.length; ) {
      const from = this.#isInside ? at : rowFrom(block, at);
      at = this.#endOfLine(block, from);
      rows += block.slice(from, at);
    }
    return rows;
  }

  #endOfLine(text: string, from: number): number {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found + 1;
    if (!this.#isQuoted) return end;
    for (let at = from; at < end; at += 1) {
      if (text.charCodeAt(at) === QUOTE) this.#isInside = !this.#isInside;
    }
    return end;
  }
}
