import { fieldsOf } from '../../../files/plain-lines.js';
import type { RowProblem } from '../source/source-columns.js';

/** Between the fields of a record, and behind it. */
const FIELD_END = '\x1f';
export const ROW_END = '\x1e';
/** Before the line of a record that is written as JSON, and of one that is not. */
const JSON_MARK = '!';
const PLAIN_MARK = ',';
/** Before the line of a record that stands as in its file, without quotes. */
const LINE_MARK = ';';
const ZERO = 0x30;

/** A record on its way to the task that takes it. */
export interface PackedRow {
  /** Line of the file on which it begins. */
  readonly line: number;
  readonly record: readonly string[];
  /** What is wrong with it as a whole, known before any field is looked at. */
  readonly problem?: RowProblem | undefined;
}

/**
 * A record as text without ROW_END, quickly taken apart again; `bucket` is read by itself.
 * `hasEnds`: some field may hold FIELD_END or ROW_END.
 */
export function packRow({ line, record, problem }: PackedRow, hasEnds = true, bucket = 0): string {
  if (problem !== undefined || (hasEnds && record.some(hasEnd))) {
    const text = JSON.stringify({ record, problem });
    return `${bucket}${JSON_MARK}${line}${FIELD_END}${text}`;
  }
  return `${bucket}${PLAIN_MARK}${line}${FIELD_END}${record.join(FIELD_END)}`;
}

/** A line without quotes, FIELD_END or ROW_END. */
export function packLine(text: string, line: number, bucket = 0): string {
  return `${bucket}${LINE_MARK}${line}${FIELD_END}${text}`;
}

export function unpackRow(packed: string): PackedRow {
  let at = 0;
  while (isDigit(packed.charCodeAt(at))) at += 1;
  const mark = packed[at];
  let line = 0;
  for (at += 1; isDigit(packed.charCodeAt(at)); at += 1) {
    line = 10 * line + packed.charCodeAt(at) - ZERO;
  }
  const rest = packed.slice(at + 1);
  if (mark === JSON_MARK) return { line, ...JSON.parse(rest) };
  return { line, record: mark === LINE_MARK ? fieldsOf(rest) : rest.split(FIELD_END) };
}

function isDigit(code: number): boolean {
  return code >= ZERO && code < ZERO + 10;
}

/** The bucket that a row was packed with. */
export function bucketOfPacked(packed: string): number {
  return Number.parseInt(packed, 10);
}

function hasEnd(field: string): boolean {
  return field.includes(FIELD_END) || field.includes(ROW_END);
}
