import { createHash } from 'node:crypto';
import type { Position } from '../../../accounting/fold/position.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { PartyItem } from '../../../accounting/posting/joint-flow.js';
import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { FUNDING_ITEM } from '../side-tables.js';

/** The funding items of a task, numbered by loan; `hash` takes what was written. */
export class ItemRows {
  readonly rows: TupleWriter;
  readonly hash = createHash('sha256');
  /** Of the whole task. */
  count = 0;
  readonly #date: EpochDay;
  #loanId = -1;
  #place = 0;
  #marked = 0;

  constructor(rows: TupleWriter, date: EpochDay) {
    this.rows = rows;
    this.#date = date;
  }

  mark(): void {
    this.#marked = this.count;
  }

  rewind(): void {
    this.count = this.#marked;
    this.#loanId = -1;
  }

  add({ loanId, bucket }: Position, item: PartyItem): void {
    if (loanId !== this.#loanId) {
      this.#loanId = loanId;
      this.#place = 0;
    }
    this.#place += 1;
    this.count += 1;
    const { rows } = this;
    rows.tuple(FUNDING_ITEM.columns.length);
    rows.int8(loanId);
    rows.int8(item.eventId);
    for (const amount of item.amounts) rows.int8(amount);
    rows.int8(item.serviceFee);
    rows.int8(item.serviceTax);
    rows.date(this.#date);
    rows.int4(item.planId);
    rows.int2(bucket);
    rows.int2(this.#place);
    rows.int2(item.kind);
    rows.text(item.party);
  }
}
