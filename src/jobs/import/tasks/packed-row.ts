import type { RowProblem } from '../source/source-columns.js';

/** Between the fields of a record, and behind it. */
const FIELD_END = '\x1f';
export const ROW_END = '\x1e';
/** Before the line of a record that is written as JSON, and of one that is not. */
const JSON_MARK = '!';
const PLAIN_MARK = ',';
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

export function unpackRow(packed: string): PackedRow {
  let at = 0;
  while (isDigit(packed.charCodeAt(at))) at += 1;
  const isJson = packed[at] === JSON_MARK;
  let line = 0;
  for (at += 1; isDigit(packed.charCodeAt(at)); at += 1) {
    line = 10 * line + packed.charCodeAt(at) - ZERO;
  }
  const rest = packed.slice(at + 1);
  return isJson ? { line, ...JSON.parse(rest) } : { line, record: rest.split(FIELD_END) };
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
