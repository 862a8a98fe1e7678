import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { readSql } from '../../db/sql-file.js';
import type { OrderBreak, Standing } from '../../funding/deduct/order-state.js';
import type { FailureClass } from '../../funding/terms/deduction.js';

/** What was said of an order, and what it came to. */
export interface KeptAnswer {
  /** Null: two persons said it. */
  readonly fileId: number | null;
  readonly orderNo: string;
  readonly said: 'success' | 'failed' | 'unknown' | 'returned' | 'released';
  readonly amount: Fen;
  readonly class: FailureClass | null;
  readonly isChanged: boolean;
  readonly posted: Fen;
  readonly break: OrderBreak | null;
  readonly valueDate: EpochDay;
  readonly businessDate: EpochDay;
  readonly by: string;
  readonly checker: string | null;
}

/** Writes what becomes of orders; the lock of orders is held. */
export class AnswerLog {
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  async change(orders: ReadonlyMap<string, Standing>): Promise<void> {
    if (orders.size === 0) return;
    const standings = [...orders.values()];
    await this.#client.query(readSql(import.meta.url, 'orders-change'), [
      [...orders.keys()],
      standings.map(({ state }) => state),
      standings.map((one) => one.class),
      standings.map(({ collected }) => collected),
    ]);
  }

  async keep(answers: readonly KeptAnswer[]): Promise<void> {
    if (answers.length === 0) return;
    await this.#client.query(readSql(import.meta.url, 'answers-insert'), [
      answers.map(({ fileId }) => fileId),
      answers.map(({ orderNo }) => orderNo),
      answers.map(({ said }) => said),
      answers.map(({ amount }) => amount),
      answers.map((one) => one.class),
      answers.map(({ isChanged }) => isChanged),
      answers.map(({ posted }) => posted),
      answers.map((one) => one.break),
      answers.map(({ valueDate }) => formatDay(valueDate)),
      answers.map(({ businessDate }) => formatDay(businessDate)),
      answers.map(({ by }) => by),
      answers.map(({ checker }) => checker),
    ]);
  }
}
