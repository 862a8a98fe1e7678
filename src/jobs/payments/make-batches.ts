import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { askFor, SKIPS, type Skip } from '../../funding/deduct/ask.js';
import { inBatches, orderNo } from '../../funding/deduct/channel.js';
import { writeAudit } from '../approvals/audit.js';
import { type DueLoan, dueLoans, lessHeld } from '../day/at-close/due-loans.js';
import { type BucketRange, bucketPages } from '../day/bucket-pages.js';
import type { PartySealer } from '../parties/party-sealer.js';
import type { Waits } from '../runs/waiting.js';
import type { PaymentChannel } from './deduction-channel.js';
import { type CustomerCard, cardsOf } from './due-cards.js';
import { holdOrders } from './hold-orders.js';
import { endingOf, requireFits } from './order-file.js';
import { pageFacts } from './run-facts.js';

export interface BatchOptions {
  /** Left out: the open day. */
  readonly date?: EpochDay;
  readonly by: string;
  readonly dryRun?: boolean;
  readonly waits?: Waits;
}

/** A run of a channel: how many orders it made, and why it passed loans over. */
export interface MadeBatches {
  readonly date: string;
  readonly batches: readonly number[];
  readonly orders: number;
  readonly amount: Fen;
  readonly skipped: Readonly<Partial<Record<Skip, number>>>;
  readonly skips: readonly { readonly loanNo: string; readonly reason: Skip }[];
}

interface NewOrder {
  readonly no: string;
  readonly loan: DueLoan;
  readonly seq: number;
  readonly attempt: number;
  readonly part: number;
  readonly amount: Fen;
  readonly card: CustomerCard;
}

/** Skipped loans that are shown one by one; all are counted. */
const SHOWN_MAX = 1_000;

/** Ends the transaction of a dry run without its effects. */
class DryRun extends Error {}

/**
 * Asks the due loans of the open day for what is open, and keeps the orders before any file is
 * written. Throws LoanbookError `day_is_not_open` (2), `order_too_long` (1), `import_is_running`,
 * `day_is_being_closed` (75).
 */
export async function makeBatches(
  client: pg.Client,
  channel: PaymentChannel,
  sealer: PartySealer,
  options: BatchOptions,
): Promise<MadeBatches> {
  let made: MadeBatches | undefined;
  try {
    await inTransaction(client, async () => {
      const openDay = await holdOrders(client, 'payment batch', options.waits);
      requireOpen(options.date ?? openDay, openDay);
      made = await new Run(client, channel, sealer, openDay, options.by).make();
      if (options.dryRun === true) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  return made!;
}

function requireOpen(date: EpochDay, openDay: EpochDay): void {
  if (date === openDay) return;
  throw new LoanbookError('day_is_not_open', 'Orders are made on the open day.', {
    exitCode: EXIT.usage,
    evidence: { asked: formatDay(date), openDay: formatDay(openDay) },
    next: 'Close the days before with `loanbook eod run`, or leave --date out.',
  });
}

class Run {
  readonly #client: pg.Client;
  readonly #channel: PaymentChannel;
  readonly #sealer: PartySealer;
  readonly #day: EpochDay;
  readonly #by: string;
  /** What accounts are asked for in this run, by their marks; only where the day has a limit. */
  readonly #asked = new Map<string, Fen>();
  #pending: NewOrder[] = [];
  #batches: number[] = [];
  #orders = 0;
  #amount: Fen = 0;
  readonly #skipped: Partial<Record<Skip, number>> = {};
  readonly #skips: { loanNo: string; reason: Skip }[] = [];

  constructor(
    client: pg.Client,
    channel: PaymentChannel,
    sealer: PartySealer,
    day: EpochDay,
    by: string,
  ) {
    this.#client = client;
    this.#channel = channel;
    this.#sealer = sealer;
    this.#day = day;
    this.#by = by;
  }

  async make(): Promise<MadeBatches> {
    const { rows } = await this.#client.query<{ sealed: EpochDay | null }>(
      `SELECT max(business_date) - DATE '1970-01-01' AS sealed FROM sealed_day`,
    );
    const sealed = rows[0]?.sealed ?? null;
    // Before the first close no loan has fallen due.
    const pages = sealed === null ? [] : await bucketPages(this.#client);
    for (const page of pages) await this.#page(sealed!, page);
    await this.#store(this.#pending);
    const { code } = this.#channel.terms;
    const made = { orders: this.#orders, amount: this.#amount };
    if (this.#batches.length > 0) {
      const after = { batches: this.#batches, ...made };
      await writeAudit(this.#client, { action: 'payment batch', subject: code, after });
    }
    const date = formatDay(this.#day);
    const counted = SKIPS.filter((reason) => this.#skipped[reason] !== undefined);
    const skipped = Object.fromEntries(counted.map((reason) => [reason, this.#skipped[reason]]));
    return { date, batches: this.#batches, ...made, skipped, skips: this.#skips };
  }

  async #page(sealed: EpochDay, page: BucketRange): Promise<void> {
    const { terms } = this.#channel;
    const due = await dueLoans(this.#client, sealed, this.#day, page);
    if (due.length === 0) return;
    const facts = await pageFacts(this.#client, terms.code, this.#day, page);
    const ids = due.map(({ loanId }) => loanId);
    const cards = await cardsOf(this.#client, this.#sealer, page, ids);
    const known = await this.#cardFacts([...cards.values()].flat());
    for (const loan of due) {
      let sent = false;
      for (const { seq, open } of lessHeld(loan.instalments, facts.posted(loan.loanId))) {
        const found = facts.of(loan.loanId, seq);
        const own = cards.get(loan.loanId) ?? [];
        const outcome = askFor(
          terms,
          this.#day,
          open,
          { ...found, inFlight: found.inFlight || sent },
          own.map((card) => {
            const mark = card.mark.toString('hex');
            const { isDead, askedToday } = known.get(mark)!;
            const bank = this.#channel.bankOf(card.account);
            return {
              card: mark,
              bank,
              isDead,
              askedToday: askedToday + (this.#asked.get(mark) ?? 0),
            };
          }),
        );
        if (typeof outcome === 'string') this.#skip(loan.loanNo, outcome);
        else {
          sent = true;
          const card = own.find(({ mark }) => mark.toString('hex') === outcome.card)!;
          const attempt = facts.nextAttempt(loan.loanId, seq);
          await this.#add(loan, { seq, attempt, card, parts: outcome.parts });
        }
      }
    }
  }

  async #add(
    loan: DueLoan,
    asked: { seq: number; attempt: number; card: CustomerCard; parts: readonly Fen[] },
  ): Promise<void> {
    const { seq, attempt, card, parts } = asked;
    const { terms } = this.#channel;
    for (const [at, amount] of parts.entries()) {
      const no = orderNo(terms.code, loan.loanNo, seq, attempt, at + 1);
      requireFits(this.#channel, no, loan.loanNo);
      this.#pending.push({ no, loan, seq, attempt, part: at + 1, amount, card });
    }
    const mark = card.mark.toString('hex');
    const sum = parts.reduce((all, amount) => all + amount, 0);
    this.#asked.set(mark, (this.#asked.get(mark) ?? 0) + sum);
    if (terms.batchMax === null) return;
    const whole = inBatches(this.#pending, terms.batchMax);
    this.#pending = whole.at(-1)!.length < terms.batchMax ? whole.pop()! : [];
    for (const batch of whole) await this.#store(batch);
  }

  async #store(orders: readonly NewOrder[]): Promise<void> {
    if (orders.length === 0) return;
    const { code } = this.#channel.terms;
    const amount = orders.reduce((sum, order) => sum + order.amount, 0);
    const { rows } = await this.#client.query<{ batch: number }>(
      readSql(import.meta.url, 'batch-insert'),
      [code, formatDay(this.#day), orders.length, amount, this.#by, endingOf(this.#channel)],
    );
    const batch = rows[0]!.batch;
    await this.#client.query(readSql(import.meta.url, 'orders-insert'), [
      ...[batch, code, formatDay(this.#day)],
      orders.map(({ no }) => no),
      orders.map(({ loan }) => Math.floor(loan.loanId / 2 ** 32)),
      orders.map(({ loan }) => loan.loanId),
      orders.map(({ loan }) => loan.loanNo),
      orders.map(({ seq }) => seq),
      orders.map(({ attempt }) => attempt),
      orders.map(({ part }) => part),
      orders.map((order) => order.amount),
      orders.map(({ card }) => card.party),
      orders.map(({ card }) => card.version),
      orders.map(({ card }) => card.at),
      orders.map(({ card }) => card.mark),
    ]);
    this.#batches.push(batch);
    this.#orders += orders.length;
    this.#amount += amount;
  }

  #skip(loanNo: string, reason: Skip): void {
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + 1;
    if (this.#skips.length < SHOWN_MAX) this.#skips.push({ loanNo, reason });
  }

  async #cardFacts(
    cards: readonly CustomerCard[],
  ): Promise<Map<string, { isDead: boolean; askedToday: Fen }>> {
    const { rows } = await this.#client.query<{
      mark: string;
      askedToday: bigint;
      isDead: boolean;
    }>(readSql(import.meta.url, 'card-facts'), [
      this.#channel.terms.code,
      cards.map(({ mark }) => mark),
      formatDay(this.#day),
    ]);
    return new Map(
      rows.map(({ mark, isDead, askedToday }) => [
        mark,
        { isDead, askedToday: Number(askedToday) },
      ]),
    );
  }
}
