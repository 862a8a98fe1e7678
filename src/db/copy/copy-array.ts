import { requireDay, requireInt8, writeDate, writeInt8 } from './copy-tuple.js';
import type { TupleWriter } from './tuple-writer.js';

const OID_BYTEA = 17;
const OID_DATE = 1082;
const OID_INT8 = 20;

/** A date[] field without nulls, in days since 1970-01-01. */
export function dateArray(writer: TupleWriter, days: readonly number[]): void {
  let at = arrayHeader(writer, OID_DATE, days.length, 8 * days.length);
  const { view } = writer;
  for (const day of days) {
    requireDay(day);
    view.setInt32(at, 4);
    writeDate(view, at + 4, day);
    at += 8;
  }
  writer.length = at;
}

/** An int8[] field without nulls. */
export function int8Array(writer: TupleWriter, values: readonly number[]): void {
  let at = arrayHeader(writer, OID_INT8, values.length, 12 * values.length);
  const { view } = writer;
  for (const value of values) {
    requireInt8(value);
    view.setInt32(at, 8);
    writeInt8(view, at + 4, value);
    at += 12;
  }
  writer.length = at;
}

/** A field that is NULL. */
export function nullField(writer: TupleWriter): void {
  writer.ensure(4);
  writer.view.setInt32(writer.length, -1);
  writer.length += 4;
}

export function boolField(writer: TupleWriter, value: boolean): void {
  writer.ensure(5);
  writer.view.setInt32(writer.length, 1);
  writer.view.setInt8(writer.length + 4, value ? 1 : 0);
  writer.length += 5;
}

/** Dimensions, null flag, element type, then length and lower bound; before the elements. */
function arrayHeader(
  writer: TupleWriter,
  oid: number,
  count: number,
  elementsBytes: number,
): number {
  // The server has no dimension for an array without elements.
  const words = count === 0 ? [0, 0, oid] : [1, 0, oid, count, 1];
  const bytes = 4 * words.length + elementsBytes;
  writer.ensure(4 + bytes);
  const { view } = writer;
  let at = writer.length;
  for (const word of [bytes, ...words]) {
    view.setInt32(at, word);
    at += 4;
  }
  return at;
}

/** A bytea[] field without nulls. */
export function byteaArray(writer: TupleWriter, values: readonly Buffer[]): void {
  const bytes = values.reduce((sum, { length }) => sum + 4 + length, 0);
  let at = arrayHeader(writer, OID_BYTEA, values.length, bytes);
  for (const value of values) {
    writer.view.setInt32(at, value.length);
    value.copy(writer.bytes, at + 4);
    at += 4 + value.length;
  }
  writer.length = at;
}
