import { EXIT, LoanbookError } from '../../../errors.js';
import { maskCell } from '../../mask.js';
import type { LayoutDocument } from '../layout-document.js';

/** What no form is there for: the record, the field and the rule that it breaks. */
export function notWritten(
  layout: LayoutDocument,
  record: number,
  field: string,
  rule: string,
  value: string,
): LoanbookError {
  return new LoanbookError('value_not_written', 'The layout has no form for a value.', {
    exitCode: EXIT.usage,
    evidence: { layout: layout.layout, record, field, rule, value: maskCell(value) },
    next: 'Correct the layout, or the value. Nothing was written.',
  });
}

/** Fields as a line of a file, with its end. */
export class LineWriter {
  readonly #layout: LayoutDocument;
  readonly #end: string;
  /** How a line begins that is passed over, or is another one than a row. */
  readonly #reserved: readonly string[];

  constructor(layout: LayoutDocument) {
    this.#layout = layout;
    this.#end = layout.line_end === 'crlf' ? '\r\n' : '\n';
    this.#reserved = [...layout.comment, '\ufeff'];
  }

  /** `names` says what the fields are called in an error; `record` counts from 1. */
  line(fields: readonly string[], names: readonly string[], record: number): string {
    const { quoting, delimiter } = this.#layout;
    const mayQuote = quoting !== 'none';
    let text = '';
    for (let at = 0; at < fields.length; at += 1) {
      const field = fields[at]!;
      const isSpecial = this.#isSpecial(field);
      if (field.includes('\0') || (isSpecial && !mayQuote)) {
        const rule = field.includes('\0') ? 'nul_character' : 'separator_in_text';
        throw notWritten(this.#layout, record, names[at] ?? '', rule, field);
      }
      if (at > 0) text += delimiter;
      const isQuoted =
        isSpecial || quoting === 'all' || (mayQuote && at === 0 && this.#begins(field));
      text += isQuoted ? `"${field.replaceAll('"', '""')}"` : field;
    }
    if (text === '' && mayQuote) text = '""';
    this.#requireRow(text, names[0] ?? '', record);
    return text + this.#end;
  }

  /** A line that is written as it stands, such as a head. */
  whole(text: string, record: number): string {
    if (/[\r\n\0]/.test(text))
      throw notWritten(this.#layout, record, '', 'separator_in_text', text);
    return text + this.#end;
  }

  #isSpecial(field: string): boolean {
    const { delimiter, quoting, format } = this.#layout;
    if (/[\r\n]/.test(field)) return true;
    if (format === 'fixed') return false;
    if (quoting !== 'none') return field.includes(delimiter) || field.includes('"');
    // A delimiter of several characters may also come about where two fields meet.
    return (field + delimiter).indexOf(delimiter) < field.length;
  }

  #begins(text: string): boolean {
    return this.#reserved.some((mark) => text.startsWith(mark));
  }

  /** A line that nobody would read as a row. */
  #requireRow(text: string, field: string, record: number): void {
    const isBlank = this.#layout.format === 'fixed' ? text.trim() === '' : text === '';
    if (isBlank) throw notWritten(this.#layout, record, field, 'blank_line', text);
    if (this.#begins(text)) throw notWritten(this.#layout, record, field, 'comment', text);
  }
}
