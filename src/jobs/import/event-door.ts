import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { boundsOn, loadBounds } from '../book/policy-bounds.js';
import { todayOfBook } from '../book/today.js';
import { EVENT_STAGE_COLUMNS, type EventIntake } from './event-intake.js';
import { eventTable } from './event-kind.js';
import { EVENT_COLUMNS } from './import-events.js';
import { currencyOfBook } from './import-file.js';
import { recordImport, reserveEvents } from './import-record.js';
import type { RowProblem } from './source/source-columns.js';

/** An event that another job brings, of the kinds that orders come to. */
export interface DoorEvent {
  readonly ref: string;
  readonly loanNo: string;
  readonly type: 'repayment' | 'reversal' | 'merchant_refund';
  readonly valueDate: EpochDay;
  /** Of what is no reversal. */
  readonly amount: string;
  /** Of a reversal: the reference of what it undoes. */
  readonly of: string;
}

const ROOM = 1 << 16;
const TABLE = eventTable(EVENT_COLUMNS, ['repayment', 'reversal', 'merchant_refund']);

/**
 * Brings events into the book as an import does, under the same checks, inside of the caller's
 * transaction: it holds the lock of imports and the open day, whose close has not begun. Either all
 * go in or none. Throws LoanbookError `event_refused`.
 */
export class EventDoor {
  readonly #client: pg.Client;
  readonly #intake: EventIntake;
  readonly #refs: string[] = [];
  #amount: Fen = 0;

  private constructor(client: pg.Client, intake: EventIntake) {
    this.#client = client;
    this.#intake = intake;
  }

  static async open(client: pg.Client, openDay: EpochDay): Promise<EventDoor> {
    const { minorDigits, currency } = await currencyOfBook(client);
    const bounds = boundsOn(await loadBounds(client));
    const scene = {
      client,
      openDay,
      minorDigits,
      currency,
      today: todayOfBook(),
      boundsOn: bounds,
    };
    await client.query(readSql(import.meta.url, TABLE.stageSql));
    return new EventDoor(client, await TABLE.openIntake(scene));
  }

  /** Lays out some more, in order. */
  async add(events: readonly DoorEvent[], fenOf: (event: DoorEvent) => Fen): Promise<void> {
    if (events.length === 0) return;
    const writer = new TupleWriter(ROOM);
    for (const event of events) {
      this.#refs.push(event.ref);
      const fields = EVENT_COLUMNS.map(({ name }) => FIELD[name]?.(event) ?? '');
      const problem = this.#intake.take(fields, this.#refs.length, writer);
      if (problem !== undefined) throw refused(event.ref, problem);
      this.#amount += fenOf(event);
    }
    const sink = new CopySink(this.#client, 'stage', EVENT_STAGE_COLUMNS);
    try {
      await sink.write(writer.take());
    } finally {
      await sink.finish();
    }
  }

  /** Puts them into the book under an import of this name; null: there were none. */
  async close(source: { readonly name: string; readonly sha256: string }): Promise<number | null> {
    if (this.#refs.length === 0) return null;
    await this.#client.query('ANALYZE stage');
    for (const [at, name] of TABLE.rejectSql.entries()) {
      await this.#client.query(readSql(import.meta.url, name));
      if (at === 0) await TABLE.judge?.(this.#client);
    }
    const { rows } = await this.#client.query<{ line: number; problem: number }>(
      'SELECT line, problem FROM rejected ORDER BY line LIMIT 1',
    );
    const found = rows[0];
    if (found !== undefined) {
      const [field, rule] = TABLE.problems[found.problem - 1]!;
      throw refused(this.#refs[found.line - 1]!, { field, rule, value: '' });
    }
    const rowsRead = this.#refs.length;
    const counts = { rowsRead, rowsTaken: rowsRead, rowsRejected: 0, amount: this.#amount };
    const record = { kind: 'events', ...source, ...counts, again: false } as const;
    const importId = await recordImport(this.#client, record);
    const first = await reserveEvents(this.#client, rowsRead);
    await TABLE.store(this.#client, importId, first);
    return importId;
  }
}

const FIELD: Readonly<Record<string, (event: DoorEvent) => string>> = {
  ref: ({ ref }) => ref,
  loan_no: ({ loanNo }) => loanNo,
  type: ({ type }) => type,
  value_date: ({ valueDate }) => formatDay(valueDate),
  amount: ({ amount }) => amount,
  of: ({ of }) => of,
};

function refused(ref: string, { field, rule }: RowProblem): LoanbookError {
  return new LoanbookError('event_refused', 'The book does not take an event of this file.', {
    exitCode: EXIT.failed,
    evidence: { ref, field, rule },
    next: 'Nothing was taken. See what the rule means in docs/files.md, and ask the channel.',
  });
}
