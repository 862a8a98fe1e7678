import { TupleList } from '../../db/copy/tuple-list.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';

/** Positions are handed to the server in pieces of about this size. */
export const POSITION_ROOM = 1 << 16;
/** What a task's allocations, outcomes or journal lines take at first. */
const SIDE_ROOM = 1 << 16;

/**
 * What a task keeps of its input, and what its rows are written into. One set serves task after
 * task: buffers of its own for each would be megabytes a task for the allocator to find, and for
 * the collector to see are gone.
 */
export class FoldBuffers {
  readonly events = new TupleList();
  readonly births = new TupleList();
  readonly nextInstallments = new TupleList();
  readonly contracts = new TupleList();
  readonly pastEvents = new TupleList();
  readonly positions = new TupleWriter(POSITION_ROOM);
  readonly allocations = new TupleWriter(SIDE_ROOM);
  readonly outcomes = new TupleWriter(SIDE_ROOM);
  readonly journal = new TupleWriter(SIDE_ROOM);
  readonly schedules = new TupleWriter(SIDE_ROOM);
  readonly balances = new TupleWriter(SIDE_ROOM);
  readonly items = new TupleWriter(SIDE_ROOM);
  readonly newContracts = new TupleWriter(SIDE_ROOM);

  /** Drops what is there, for the next task. */
  clear(): void {
    for (const buffer of Object.values(this) as (TupleList | TupleWriter)[]) buffer.clear();
  }
}
