import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { RawRecords } from './raw-records.js';
import { columnsBefore, REJECT_COLUMNS, type Reject, rowFrom } from './reject-columns.js';
import type { RejectLines } from './reject-lines.js';

/** In text of a character a byte. */
const BYTE_ORDER_MARK = byteText('\ufeff');

/** Rejected rows of a CSV file below a title line, byte by byte as they came. */
export class CsvRejectLines implements RejectLines {
  readonly #header: readonly string[];
  readonly #source: RawRecords;
  readonly #isOfRejects: boolean;

  /** `isOfRejects`: the source is itself a file of rejected rows. */
  constructor(header: readonly string[], source: string, isOfRejects = false) {
    this.#header = header;
    this.#source = new RawRecords(source);
    this.#isOfRejects = isOfRejects;
  }

  async titles(): Promise<Buffer> {
    const raw = await this.#rawRow(this.#header, 1);
    const hasMark = (await this.#source.recordAt(1))?.startsWith(BYTE_ORDER_MARK) ?? false;
    const line = (hasMark ? BYTE_ORDER_MARK : '') + columnsBefore(REJECT_COLUMNS) + raw;
    return Buffer.from(line, 'latin1');
  }

  async line(reject: Reject, row: readonly string[], rowLine: number): Promise<Buffer> {
    const raw = await this.#rawRow(row, rowLine);
    const names = reject.field.includes('\ufffd') ? await this.#rawRow(this.#header, 1) : '';
    const before = columnsBefore([
      byteText(String(reject.line)),
      asItCame(reject.field, names),
      byteText(reject.rule),
      asItCame(reject.value, raw),
    ]);
    return Buffer.from(before + raw, 'latin1');
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  /** The row's bytes, as text of a character a byte; written anew where they are not its own. */
  async #rawRow(row: readonly string[], line: number): Promise<string> {
    const record = line === 0 ? undefined : await this.#source.recordAt(line);
    if (record !== undefined) {
      const hasMark = line === 1 && record.startsWith(BYTE_ORDER_MARK);
      const whole = hasMark ? record.slice(BYTE_ORDER_MARK.length) : record;
      const text = this.#isOfRejects ? whole.slice(rowFrom(whole)) : whole;
      if (fieldsOf(text)?.length === row.length) return text.endsWith('\n') ? text : `${text}\n`;
    }
    return byteText(stringify([[...row]]));
  }
}

/** Text in which each character stands for a byte. */
function byteText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** What was read as `text`, as the row has it where it is no UTF-8. */
function asItCame(text: string, rawRow: string): string {
  if (!text.includes('\ufffd')) return byteText(text);
  const same = (field: string) => Buffer.from(field, 'latin1').toString() === text;
  return fieldsOf(rawRow)?.find(same) ?? byteText(text);
}

function fieldsOf(rawRow: string): readonly string[] | undefined {
  try {
    const records = parse(rawRow, { relax_column_count: true });
    return records.length === 1 ? records[0] : undefined;
  } catch {
    return undefined;
  }
}
