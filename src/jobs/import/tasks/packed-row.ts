import type { RowProblem } from '../source/source-columns.js';

/** Between the fields of a record, and behind it. */
const FIELD_END = '\x1f';
export const ROW_END = '\x1e';
/** Before a record that is written as JSON. */
const JSON_MARK = '!';

/** A record on its way to the task that takes it. */
export interface PackedRow {
  /** Line of the file on which it begins. */
  readonly line: number;
  readonly record: readonly string[];
  /** What is wrong with it as a whole, known before any field is looked at. */
  readonly problem?: RowProblem | undefined;
}

/** A record as text without ROW_END, quickly taken apart again. */
export function packRow({ line, record, problem }: PackedRow): string {
  if (problem !== undefined || record.some(hasEnd)) {
    return `${JSON_MARK}${line}${FIELD_END}${JSON.stringify({ record, problem })}`;
  }
  return `${line}${FIELD_END}${record.join(FIELD_END)}`;
}

export function unpackRow(packed: string): PackedRow {
  const end = packed.indexOf(FIELD_END);
  const rest = packed.slice(end + 1);
  if (packed.startsWith(JSON_MARK)) {
    return { line: Number(packed.slice(1, end)), ...JSON.parse(rest) };
  }
  return { line: Number(packed.slice(0, end)), record: rest.split(FIELD_END) };
}

function hasEnd(field: string): boolean {
  return field.includes(FIELD_END) || field.includes(ROW_END);
}
