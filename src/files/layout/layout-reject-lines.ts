import { stringify } from 'csv-stringify/sync';
import { encodeText } from '../encode-text.js';
import { RawRecords, rawBytes, rawText } from '../rejects/raw-records.js';
import { columnsBefore, REJECTS_BEGIN, type Reject, rowFrom } from '../rejects/reject-columns.js';
import type { RejectLines } from '../rejects/reject-lines.js';
import type { LayoutDocument } from './layout-document.js';
import { type LayoutBatch, layoutRows, layoutTitles } from './layout-rows.js';
import { hasLines, layoutOfRejects } from './rejected-layout.js';

/** Of a file without titles. */
const NO_TITLES = 'row\n';

/** Rows of a file as text that `rawText` gives, each with its line end. */
interface RowTexts {
  /** What begins the file: its byte order mark, or nothing. */
  mark(): Promise<string>;
  /** Undefined: it has none. */
  titles(): Promise<string | undefined>;
  at(line: number): Promise<string | undefined>;
  close(): Promise<void>;
}

/** How the file is read whose rows are rejected. */
export interface ReadBefore {
  /** It is itself a file of rejected rows. */
  readonly isOfRejects: boolean;
  /** Decimals of the currency. */
  readonly minorDigits: number;
}

/**
 * Rejected rows of a file that a layout describes: byte by byte where they are lines of text, else
 * as CSV. `layoutOfRejects` tells how they are read.
 */
export class LayoutRejectLines implements RejectLines {
  readonly #charset: string;
  readonly #rows: RowTexts;

  constructor(path: string, layout: LayoutDocument, before: ReadBefore) {
    this.#charset = layoutOfRejects(layout).charset;
    const Rows = hasLines(layout) ? LinesOfText : RecordsAsCsv;
    this.#rows = new Rows(path, layout, before);
  }

  async titles(): Promise<Buffer> {
    const before = (await this.#rows.mark()) + this.#raw(REJECTS_BEGIN);
    return this.#bytes(before + ((await this.#rows.titles()) ?? this.#raw(NO_TITLES)));
  }

  async line(reject: Reject, _: readonly string[], rowLine: number): Promise<Buffer> {
    const { line, field, rule, value } = reject;
    // A line end among them would be one of the file.
    const cells = [String(line), field, rule, value.replace(/[\r\n]+/g, ' ')];
    const row = rowLine === 0 ? undefined : await this.#rows.at(rowLine);
    return this.#bytes(this.#raw(columnsBefore(cells)) + (row ?? this.#raw('\n')));
  }

  async close(): Promise<void> {
    await this.#rows.close();
  }

  #raw(text: string): string {
    return rawText(encodeText(text, this.#charset), this.#charset);
  }

  #bytes(raw: string): Buffer {
    return rawBytes(raw, this.#charset);
  }
}

/** Lines of text as they are in the file. */
class LinesOfText implements RowTexts {
  readonly #path: string;
  readonly #layout: LayoutDocument;
  readonly #before: ReadBefore;
  readonly #records: RawRecords;
  readonly #mark: string;

  constructor(path: string, layout: LayoutDocument, before: ReadBefore) {
    const { charset, quoting, format } = layout;
    this.#path = path;
    this.#layout = layout;
    this.#before = before;
    const isQuoted = format === 'delimited' && quoting !== 'none';
    this.#records = new RawRecords(path, { charset, isQuoted });
    this.#mark = rawText(encodeText('\ufeff', charset.replace('gb18030', 'utf-8')), charset);
  }

  async mark(): Promise<string> {
    const first = await this.#records.recordAt(1);
    return first?.startsWith(this.#mark) === true ? this.#mark : '';
  }

  async titles(): Promise<string | undefined> {
    const found = await layoutTitles(this.#path, this.#layout, this.#before);
    return found === undefined ? undefined : await this.at(found.line);
  }

  async at(line: number): Promise<string | undefined> {
    const record = await this.#records.recordAt(line);
    if (record === undefined) return undefined;
    const from = line === 1 && record.startsWith(this.#mark) ? this.#mark.length : 0;
    const row = record.slice(this.#before.isOfRejects ? rowFrom(record, from) : from);
    return row.endsWith('\n') ? row : `${row}\n`;
  }

  async close(): Promise<void> {
    await this.#records.close();
  }
}

/** Records of any other format as CSV in UTF-8. */
class RecordsAsCsv implements RowTexts {
  readonly #path: string;
  readonly #layout: LayoutDocument;
  readonly #before: ReadBefore;
  #batches: AsyncGenerator<LayoutBatch> | undefined;
  #rows: LayoutBatch['rows'] = [];
  #at = 0;
  #line = 0;

  constructor(path: string, layout: LayoutDocument, before: ReadBefore) {
    this.#path = path;
    this.#layout = layout;
    this.#before = before;
  }

  async mark(): Promise<string> {
    return '';
  }

  async titles(): Promise<string | undefined> {
    const found = await layoutTitles(this.#path, this.#layout, this.#before);
    return found === undefined ? undefined : csvOf(found.titles);
  }

  /** Asked for in the order of lines it reads the file once. */
  async at(line: number): Promise<string | undefined> {
    if (line <= this.#line) await this.close();
    for (;;) {
      const row = this.#rows[this.#at];
      if (row === undefined) {
        if (!(await this.#readOn())) return undefined;
        continue;
      }
      this.#at += 1;
      this.#line = row.line;
      if (row.line === line) return csvOf(row.record);
    }
  }

  async close(): Promise<void> {
    await this.#batches?.return(undefined);
    this.#batches = undefined;
    this.#rows = [];
    this.#at = 0;
    this.#line = 0;
  }

  async #readOn(): Promise<boolean> {
    const options = { ...this.#before, fields: [] };
    this.#batches ??= layoutRows(this.#path, this.#layout, options);
    const { value, done } = await this.#batches.next();
    if (done === true) return false;
    this.#rows = value.rows;
    this.#at = 0;
    return true;
  }
}

function csvOf(record: readonly string[]): string {
  return Buffer.from(stringify([[...record]])).toString('latin1');
}
