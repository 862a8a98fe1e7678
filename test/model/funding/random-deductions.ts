import { randomOf } from '../operations/random.js';
import type { Channel, DeductInput, Due, Line, Step } from './deduct-input.js';
import { naiveDeductions } from './naive-deductions.js';

type Random = (below: number) => number;

const yuan = (amount: number) => (amount / 100).toFixed(2);
const fen = (text: string) => Math.round(Number(text) * 100);
const CODES = { '51': 'insufficient', '61': 'limit', '14': 'card', '34': 'risk', '96': 'system' };
const AT_ALL = ['51', '51', '51', '61', '14', '34', '96', '96', '77', undefined];

/** What the channel really did with an order: it knows, whatever its files say. */
interface Truth {
  readonly order_no: string;
  readonly loan_no: string;
  /** What it took of the customer; 0: nothing. */
  readonly taken: number;
  readonly code: string | undefined;
  readonly day: string;
  isReturned: boolean;
}

export interface DeductHistory {
  readonly input: DeductInput;
  /** By loan: what customers lost, by the channel and by transfers, less what they got back. */
  readonly lost: Readonly<Record<string, number>>;
}

/**
 * Some days of a channel: runs, and its answers late, repeated, cut, contradicting, in parts;
 * transfers, holds, returns, releases. At the end it has told of all that it took.
 */
export function randomDeductions(seed: number): DeductHistory {
  const random = randomOf(seed);
  const channel = randomChannel(random);
  const dues = randomDues(random, 2 + random(4));
  return new History(random, channel, dues).play();
}

class History {
  readonly #steps: Step[] = [];
  readonly #truths = new Map<string, Truth>();
  readonly #files: Extract<Step, { type: 'result' }>[] = [];
  readonly #lost: Record<string, number> = {};
  readonly #random: Random;
  readonly #input: DeductInput;
  #minutes = 0;
  #files_made = 0;

  constructor(random: Random, channel: Channel, dues: readonly Due[]) {
    this.#random = random;
    this.#input = { kind: 'deduct', channel, dues, steps: this.#steps };
    for (const { loan_no } of dues) this.#lost[loan_no] = 0;
  }

  play(): DeductHistory {
    const length = 8 + this.#random(16);
    for (let k = 0; k < length; k += 1) this.#step(this.#random(20));
    const told = [...this.#truths.values()].filter(({ taken }) => taken > 0);
    this.#tell(told.map((truth) => this.#lineOf(truth)));
    return { input: this.#input, lost: this.#lost };
  }

  #step(choice: number): void {
    this.#minutes += 1 + this.#random(700);
    if (choice < 6) this.#run();
    else if (choice < 12) this.#tell(this.#someLines());
    else if (choice === 12) this.#again();
    else if (choice === 13) this.#cut();
    else if (choice < 16) this.#transfer();
    else if (choice === 16) this.#return();
    else if (choice === 17) this.#release();
    else if (choice === 18) this.#query();
    else this.#hold();
  }

  /** The orders that the run made are what the model says: the channel decides on each. */
  #run(): void {
    this.#steps.push({ type: 'run', at: this.#at() });
    const { orders } = naiveDeductions(this.#input) as {
      orders: { order_no: string; amount: string }[];
    };
    for (const { order_no, amount } of orders) {
      if (this.#truths.has(order_no)) continue;
      const loan_no = order_no.split('-')[1]!;
      const isTaken = this.#random(2) === 0;
      const all = fen(amount);
      const part =
        this.#input.channel.partial && this.#random(2) === 0 ? 1 + this.#random(all) : all;
      const taken = isTaken ? part : 0;
      const code = isTaken ? undefined : AT_ALL[this.#random(AT_ALL.length)];
      const day = this.#at().slice(0, 10);
      this.#truths.set(order_no, { order_no, loan_no, taken, code, day, isReturned: false });
      this.#lost[loan_no]! += taken;
    }
  }

  #lineOf({ order_no, taken, code, day }: Truth): Line {
    const dated = this.#random(2) === 0 ? {} : { channel_date: day };
    if (taken > 0) return { order_no, word: 'S', amount: yuan(taken), ...dated };
    return {
      order_no,
      word: 'F',
      amount: '1.00',
      ...(code === undefined ? {} : { code }),
      ...dated,
    };
  }

  /** Answers to some orders, in parts, in any order; some of them wrong for now. */
  #someLines(): Line[] {
    const lines: Line[] = [];
    for (const truth of this.#truths.values()) {
      if (this.#random(3) === 0) continue;
      const line = this.#lineOf(truth);
      const { order_no } = truth;
      const lie = this.#random(14);
      if (lie === 0) lines.unshift({ order_no, word: 'P', amount: line.amount });
      else if (lie === 1) lines.unshift({ order_no, word: 'F', amount: line.amount, code: '51' });
      else if (lie === 2 && truth.taken > 0) {
        lines.push({ ...line, amount: yuan(10_000_000) });
      } else lines.push(line);
    }
    if (this.#random(8) === 0) lines.push({ order_no: 'CP-L99-1-1-1', word: 'S', amount: '5.00' });
    return lines;
  }

  #tell(lines: readonly Line[]): void {
    const total = lines.reduce((sum, { amount }) => sum + fen(amount), 0);
    this.#files_made += 1;
    const file = `f${this.#files_made}`;
    const count = lines.length;
    const at = this.#at();
    const step = { type: 'result', at, file, count, total: yuan(total), lines } as const;
    this.#files.push(step);
    this.#steps.push(step);
  }

  #again(): void {
    const file = this.#files[this.#random(Math.max(1, this.#files.length))];
    if (file !== undefined)
      this.#steps.push({ ...file, at: this.#at(), file: `${file.file}-again` });
  }

  #cut(): void {
    const lines = this.#someLines();
    if (lines.length < 2) return;
    this.#tell(lines);
    const whole = this.#files.pop()!;
    this.#steps.pop();
    const isWord = this.#random(2) === 0;
    const cut = isWord
      ? lines.map((line) => ({ ...line, word: 'OK' }))
      : lines.slice(0, 1 + this.#random(lines.length - 1));
    this.#steps.push({ ...whole, lines: cut });
  }

  #transfer(): void {
    const { loan_no, amount } = this.#due();
    const paid = this.#random(2) === 0 ? fen(amount) : 1 + this.#random(fen(amount));
    const ref = `T${this.#steps.length}`;
    this.#steps.push({ type: 'repayment', at: this.#at(), ref, loan_no, amount: yuan(paid) });
    this.#lost[loan_no]! += paid;
  }

  /** Only what it has told of as taken really goes back; a false return is a break. */
  #return(): void {
    const truth = this.#anyTruth();
    if (truth === undefined) return;
    const { orders } = naiveDeductions(this.#input) as {
      orders: { order_no: string; state: string }[];
    };
    const isSuccess = orders.some(
      ({ order_no, state }) => order_no === truth.order_no && state === 'success',
    );
    const code = AT_ALL[this.#random(AT_ALL.length)];
    const { order_no } = truth;
    this.#steps.push({
      ...{ type: 'return', at: this.#at(), order_no },
      ...(code === undefined ? {} : { code }),
    });
    if (!isSuccess || truth.isReturned) return;
    truth.isReturned = true;
    this.#lost[truth.loan_no]! -= truth.taken;
  }

  #release(): void {
    const order_no = this.#anyTruth()?.order_no ?? 'CP-L99-1-1-1';
    const checked_by = this.#random(3) === 0 ? 'wang' : 'li';
    this.#steps.push({ type: 'release', at: this.#at(), order_no, by: 'wang', checked_by });
  }

  #query(): void {
    const truth = this.#anyTruth();
    if (truth === undefined) return;
    this.#steps.push({ type: 'query', at: this.#at(), ...this.#lineOf(truth) });
  }

  #hold(): void {
    const type = this.#random(2) === 0 ? 'hold' : 'unhold';
    this.#steps.push({ type, at: this.#at(), loan_no: this.#due().loan_no });
  }

  #anyTruth(): Truth | undefined {
    return [...this.#truths.values()][this.#random(Math.max(1, this.#truths.size))];
  }

  #due(): Due {
    return this.#input.dues[this.#random(this.#input.dues.length)]!;
  }

  #at(): string {
    const day = 5 + Math.floor(this.#minutes / 1440);
    const minute = this.#minutes % 1440;
    const two = (value: number) => String(value).padStart(2, '0');
    return `2026-03-${two(day)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  }
}

function randomChannel(random: Random): Channel {
  const some = <T>(...values: T[]) => values[random(values.length)]!;
  return {
    code: 'CP',
    codes: CODES,
    single: some(null, null, '50.00', '300.00'),
    daily: some(null, null, '400.00', '1000.00'),
    banks: some<NonNullable<Channel['banks']>>(
      {},
      { CMB: { single: '35.50' } },
      { CMB: { daily: '250.00' } },
    ),
    minimum: some('0.01', '1.00', '10.00'),
    partial: random(2) === 0,
    max_attempts: 1 + random(3),
    batch_max: some(null, 1, 2, 5),
  };
}

function randomDues(random: Random, loans: number): Due[] {
  const dues: Due[] = [];
  for (let loan = 1; loan <= loans; loan += 1) {
    const cards = ['A', 'B', 'C']
      .slice(0, random(4))
      .map((card) => ({ card: `${card}${random(3)}`, bank: random(2) === 0 ? 'ICBC' : 'CMB' }));
    const instalments = 1 + random(2);
    for (let seq = 1; seq <= instalments; seq += 1) {
      const due_on = `2026-03-0${4 + random(4)}`;
      const amount = yuan(1 + random(60_000));
      dues.push({ loan_no: `L${loan}`, due_on, seq, amount, cards });
    }
  }
  return dues;
}
