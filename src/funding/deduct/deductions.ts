import type { EpochDay, Fen } from '../../accounting/money/units.js';
import type { DeductionTerms, FailureClass } from '../terms/deduction.js';
import { type Asked, askFor, type CardFacts, countsAsAttempt, type Skip } from './ask.js';
import { type Instalment, OpenBalance } from './balance.js';
import { classOf, orderNo } from './channel.js';
import {
  type Answer,
  answered,
  type Effect,
  isInFlight,
  type OrderBreak,
  released,
  returned,
  type Standing,
} from './order-state.js';

export interface DeductionDue extends Instalment {
  readonly loanNo: string;
  readonly cards: readonly { readonly card: string; readonly bank: string }[];
}

export interface DeductionOrder {
  readonly orderNo: string;
  readonly loanNo: string;
  readonly seq: number;
  readonly attempt: number;
  readonly card: string;
  readonly askedOn: EpochDay;
  standing: Standing;
}

export interface ResultLine {
  readonly orderNo: string;
  readonly word: string;
  readonly amount: Fen;
  readonly code: string | null;
  /** The channel's day of it; null: the day on which it came. */
  readonly channelDay: EpochDay | null;
}

export interface ResultFile {
  readonly count: number;
  readonly total: Fen;
  readonly lines: readonly ResultLine[];
}

export interface Posting {
  readonly ref: string;
  readonly loanNo: string;
  readonly valueDate: EpochDay;
  readonly businessDate: EpochDay;
  readonly amount: Fen;
}

export interface RunOutcome {
  readonly orders: readonly DeductionOrder[];
  readonly skipped: readonly { readonly loanNo: string; readonly reason: Skip }[];
}

/** Why a result file is refused, the first that holds; none of it is taken. */
export type FileRefusal = 'unchanged' | 'unknown_word' | 'total_differs';

interface Loan {
  readonly balance: OpenBalance;
  readonly orders: DeductionOrder[];
  held: boolean;
  stopped: boolean;
  lastFailure: { readonly class: FailureClass; readonly day: EpochDay } | null;
}

interface Card {
  isDead: boolean;
  readonly orders: DeductionOrder[];
}

/** The deductions of one channel over some days, without a book. */
export class Deductions {
  readonly #channel: DeductionTerms;
  readonly #dues: readonly DeductionDue[];
  readonly #loans = new Map<string, Loan>();
  readonly #cards = new Map<string, Card>();
  readonly #orders = new Map<string, DeductionOrder>();
  readonly #taken = new Set<string>();
  readonly postings: Posting[] = [];
  readonly breaks: { readonly orderNo: string; readonly type: OrderBreak }[] = [];

  constructor(channel: DeductionTerms, dues: readonly DeductionDue[]) {
    this.#channel = channel;
    this.#dues = dues;
    const byLoan = new Map<string, DeductionDue[]>();
    for (const due of dues) byLoan.set(due.loanNo, [...(byLoan.get(due.loanNo) ?? []), due]);
    for (const [loanNo, instalments] of byLoan) {
      const balance = new OpenBalance(instalments);
      const fresh = { held: false, stopped: false, lastFailure: null };
      this.#loans.set(loanNo, { balance, orders: [], ...fresh });
    }
    for (const { card } of dues.flatMap(({ cards }) => cards)) {
      this.#cards.set(card, { isDead: false, orders: [] });
    }
  }

  get orders(): DeductionOrder[] {
    return [...this.#orders.values()];
  }

  get balances(): { loanNo: string; open: Fen; suspense: Fen }[] {
    return [...this.#loans].map(([loanNo, { balance }]) => {
      return { loanNo, open: balance.open, suspense: balance.suspense };
    });
  }

  /** Asks every due instalment with something open, in the order of the dues. */
  run(day: EpochDay): RunOutcome {
    const orders: DeductionOrder[] = [];
    const skipped: { loanNo: string; reason: Skip }[] = [];
    for (const due of this.#dues) {
      const open = this.#loan(due.loanNo).balance.openOf(due.seq);
      if (due.dueOn > day || open === 0) continue;
      const outcome = this.#ask(due, open, day);
      if (typeof outcome === 'string') skipped.push({ loanNo: due.loanNo, reason: outcome });
      else orders.push(...this.#send(due, outcome, day));
    }
    return { orders, skipped };
  }

  /** Takes a result file in whole, or says why not. */
  result(file: ResultFile, day: EpochDay): { taken: number; reason: FileRefusal | null } {
    const lines = JSON.stringify(file.lines);
    const reason = this.#refusal(file, lines);
    if (reason !== null) return { taken: 0, reason };
    this.#taken.add(lines);
    let taken = 0;
    for (const line of file.lines) if (this.answer(line, day)) taken += 1;
    return { taken, reason: null };
  }

  /** One answer, of a file or to a query; its word is one of the channel's. True: it changed. */
  answer(line: ResultLine, day: EpochDay): boolean {
    const order = this.#orders.get(line.orderNo);
    const word = this.#channel.words.get(line.word);
    if (word === undefined) throw new TypeError(`unchecked word ${line.word}`);
    if (order === undefined) return this.#break(line.orderNo, 'missing_ours');
    const answer: Answer = { word, amount: line.amount, class: classOf(this.#channel, line.code) };
    const effect = answered(order.standing, answer, this.#channel.partial);
    this.#apply(order, effect, line.channelDay ?? day, day);
    return effect.isChanged;
  }

  /** Money that had come goes back. */
  return(no: string, code: string | null, channelDay: EpochDay | null, day: EpochDay): void {
    const order = this.#orders.get(no);
    if (order === undefined) this.#break(no, 'missing_ours');
    else {
      const effect = returned(order.standing, classOf(this.#channel, code));
      this.#apply(order, effect, channelDay ?? day, day);
    }
  }

  release(no: string, by: string, checkedBy: string, day: EpochDay): void {
    const order = this.#orders.get(no);
    const effect = released(order?.standing ?? null, by, checkedBy);
    if (typeof effect === 'string') this.#break(no, effect);
    else if (order !== undefined) this.#apply(order, effect, day, day);
  }

  hold(loanNo: string, held: boolean): void {
    this.#loan(loanNo).held = held;
  }

  /** Money that came on another way. */
  repay(posting: Posting): void {
    this.#post(posting);
  }

  #ask(due: DeductionDue, open: Fen, day: EpochDay): Asked | Skip {
    const { orders, held, stopped, lastFailure } = this.#loan(due.loanNo);
    const inFlight = orders.some(({ standing }) => isInFlight(standing.state));
    const own = orders.filter(({ seq }) => seq === due.seq);
    const attempts = [...new Set(own.map(({ attempt }) => attempt))].filter((attempt) =>
      countsAsAttempt(
        own.filter((order) => order.attempt === attempt).map(({ standing }) => standing),
      ),
    ).length;
    const cards = due.cards.map(({ card, bank }): CardFacts => {
      const { isDead, orders: asked } = this.#card(card);
      const ofToday = asked.filter(
        ({ askedOn, standing }) => askedOn === day && standing.state !== 'failed',
      );
      const askedToday = ofToday.reduce((sum, { standing }) => sum + standing.amount, 0);
      return { card, bank, isDead, askedToday };
    });
    const facts = { inFlight, stopped, held, attempts, lastFailure };
    return askFor(this.#channel, day, open, facts, cards);
  }

  #send({ loanNo, seq }: DeductionDue, { card, parts }: Asked, day: EpochDay): DeductionOrder[] {
    const { orders } = this.#loan(loanNo);
    const before = orders.filter((order) => order.seq === seq).map(({ attempt }) => attempt);
    const attempt = Math.max(0, ...before) + 1;
    return parts.map((amount, at) => {
      const no = orderNo(this.#channel.code, loanNo, seq, attempt, at + 1);
      const standing: Standing = { state: 'sent', class: null, amount, collected: 0 };
      const sent = { orderNo: no, loanNo, seq, attempt, card, askedOn: day, standing };
      this.#orders.set(no, sent);
      orders.push(sent);
      this.#card(card).orders.push(sent);
      return sent;
    });
  }

  #refusal({ lines, count, total }: ResultFile, text: string): FileRefusal | null {
    if (this.#taken.has(text)) return 'unchanged';
    if (lines.some(({ word }) => !this.#channel.words.has(word))) return 'unknown_word';
    const sum = lines.reduce((all, { amount }) => all + amount, 0);
    return lines.length === count && sum === total ? null : 'total_differs';
  }

  #apply(order: DeductionOrder, effect: Effect, valueDate: EpochDay, day: EpochDay): void {
    order.standing = effect.after;
    if (effect.break !== null) this.#break(order.orderNo, effect.break);
    const { class: why } = effect.after;
    if (effect.isChanged && why !== null) this.#remember(order, why, valueDate);
    if (effect.posted === 0) return;
    const ref = effect.posted > 0 ? order.orderNo : `${order.orderNo}-R`;
    const { loanNo } = order;
    this.#post({ ref, loanNo, valueDate, businessDate: day, amount: effect.posted });
  }

  /** What a failure forbids from now on, whatever is said of the order later. */
  #remember({ loanNo, card }: DeductionOrder, why: FailureClass, day: EpochDay): void {
    const loan = this.#loan(loanNo);
    loan.lastFailure = { class: why, day };
    if (why === 'risk') loan.stopped = true;
    if (why === 'card') this.#card(card).isDead = true;
  }

  #post(posting: Posting): void {
    this.postings.push(posting);
    const { balance } = this.#loan(posting.loanNo);
    if (posting.amount > 0) balance.pay(posting.amount);
    else balance.takeBack(-posting.amount);
  }

  #break(no: string, type: OrderBreak): false {
    this.breaks.push({ orderNo: no, type });
    return false;
  }

  #loan(loanNo: string): Loan {
    return required(this.#loans.get(loanNo), `loan ${loanNo}`);
  }

  #card(card: string): Card {
    return required(this.#cards.get(card), 'card');
  }
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`an unchecked ${what}`);
  return value;
}
