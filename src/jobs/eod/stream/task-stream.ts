import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { EpochDay } from '../../../accounting/money/units.js';
import { CopySink } from '../../../db/copy/copy-stream.js';
import { dayTable } from '../../day/day-table.js';
import { POSITION_ROOM } from '../../day/fold-buffers.js';
import { POSITION_COLUMNS } from '../../day/position-row.js';
import type { SideTable } from '../../day/side-tables.js';
import type { TaskFold } from './task-fold.js';

/**
 * Allocations, outcomes and journal lines wait in memory up to this many bytes, and as many more as
 * the loans of one piece of positions add.
 */
const SIDE_ROOM = 16 << 20;

/** Moves what a fold has produced into the day's tables, a bounded buffer at a time. */
export class TaskStream {
  readonly #client: pg.Client;
  readonly #date: EpochDay;
  readonly #fold: TaskFold;
  readonly #hash = createHash('sha256');
  #sink: CopySink | undefined;

  constructor(client: pg.Client, date: EpochDay, fold: TaskFold) {
    this.#client = client;
    this.#date = date;
    this.#fold = fold;
  }

  async begin(): Promise<void> {
    const table = dayTable('position', this.#date);
    this.#sink = new CopySink(this.#client, table, POSITION_COLUMNS);
  }

  get isFull(): boolean {
    return this.#fold.loan.positions.length > POSITION_ROOM - 4096;
  }

  async flush(): Promise<void> {
    await this.#flushPositions();
    if (this.#fold.loan.side.length <= SIDE_ROOM) return;
    // One session can be in one COPY at a time: the positions pause while the rest is written.
    await this.#sink?.finish();
    await this.#flushSide();
    await this.begin();
  }

  /** Pauses the positions, so that `work` may ask the database something in between. */
  async pauseFor<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    await this.#flushPositions();
    await this.#sink?.finish();
    const result = await work(this.#client);
    await this.begin();
    return result;
  }

  async #flushPositions(): Promise<void> {
    if (this.#fold.loan.positions.length === 0) return;
    const { positions } = this.#fold.loan;
    const rows = positions.take();
    this.#hash.update(rows);
    await this.#sink?.write(rows, () => positions.recycle(rows));
  }

  async #flushSide(): Promise<void> {
    await this.#fold.loan.side.flush(async (table: SideTable, rows: Buffer) => {
      const sink = new CopySink(
        this.#client,
        table.byDay ? dayTable(table.parent, this.#date) : table.parent,
        table.columns,
      );
      await sink.write(rows);
      await sink.finish();
    });
  }

  /** Writes what is left; returns the hash of each of the task's tables. */
  async end(): Promise<Buffer[]> {
    await this.#flushPositions();
    await this.#sink?.finish();
    await this.#flushSide();
    return [this.#hash.digest(), ...this.#fold.loan.side.digests()];
  }
}
