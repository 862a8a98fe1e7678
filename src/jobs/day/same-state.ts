import { TupleWriter } from '../../db/copy/tuple-writer.js';
import type { PositionRow } from './position-row.js';

const scratch = [new TupleWriter(1 << 16), new TupleWriter(1 << 16)] as const;

/** Whether two rows say the same, to the last byte that would be stored. */
export function sameState(one: PositionRow, other: PositionRow): boolean {
  const [a, b] = scratch;
  a.length = 0;
  b.length = 0;
  one.write(a);
  other.write(b);
  return a.bytes.subarray(0, a.length).equals(b.bytes.subarray(0, b.length));
}
