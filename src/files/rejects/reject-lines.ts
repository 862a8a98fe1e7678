import type { Reject } from './reject-columns.js';

/**
 * The lines of a file of rejected rows as bytes, by what their source looks like. Read back in the
 * same way as the source, the file gives its rows.
 */
export interface RejectLines {
  /** The titles, behind the byte order mark of the source where it has one. */
  titles(): Promise<Buffer>;
  /** `rowLine`: the line of the source on which the row begins; 0: it is not in it. */
  line(reject: Reject, row: readonly string[], rowLine: number): Promise<Buffer>;
  close(): Promise<void>;
}
