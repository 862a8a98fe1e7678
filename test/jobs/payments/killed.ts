import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { packageRoot } from '../../../src/package-root.js';
import { randomOf } from '../../model/operations/random.js';
import { type PaymentBook, resultFile, type SaidLine } from './payment-book.js';

const CHILD = join(packageRoot, 'test/support/children/payment-child.js');
const CODES = ['51', '96', '61'];

/** What the channel did with an order that it was given: once, whatever its files say. */
interface Truth {
  readonly orderNo: string;
  readonly loanNo: string;
  readonly taken: number;
  readonly code: string;
  isTold: boolean;
}

export interface Killed {
  kills: number;
  orders: number;
  taken: number;
}

const fen = (text: string) => Math.round(Number(text) * 100);

/**
 * Kills batches and results at random moments, round by round: the channel takes money for whatever
 * file it finds whole, and answers late, twice, in parts, or cut. Holds after every step that one
 * set of parts of a loan is in flight at most, and at the end what was taken to what was posted.
 */
export async function killPayments(
  book: PaymentBook,
  rounds: number,
  seed: number,
): Promise<Killed> {
  const random = randomOf(seed);
  const out = join(book.folder, 'out');
  mkdirSync(out, { recursive: true });
  const truths = new Map<string, Truth>();
  const killed: Killed = { kills: 0, orders: 0, taken: 0 };
  const run = async (task: object, killAfter: number | null) => {
    const words = [JSON.stringify(book.database.target), book.folder, JSON.stringify(task)];
    const child = fork(CHILD, words, { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await Promise.race([new Promise((resolve) => child.once('message', resolve)), ended]);
    if (killAfter !== null) {
      await sleep(killAfter);
      if (child.exitCode === null && child.kill('SIGKILL')) killed.kills += 1;
    }
    return ended;
  };
  /** Killed at any moment of its work, then done. */
  const runTwice = async (task: object) => {
    await run(task, random(120));
    await holdInFlight(book);
    const code = await run(task, null);
    await holdInFlight(book);
    return code;
  };
  for (let round = 0; round < rounds; round += 1) {
    expect(await runTwice({ out })).toBe(0);
    takeMoney(out, truths, random);
    const lines = [...truths.values()]
      .filter(({ isTold }) => !isTold)
      .map((truth) => {
        const isLate = random(4) === 0;
        truth.isTold = !isLate;
        return isLate ? { order_no: truth.orderNo, word: 'P', amount: '0.00' } : lineOf(truth);
      });
    if (lines.length === 0) continue;
    if (random(3) === 0) {
      const cut = resultFile(book, `cut-${round}.csv`, lines, { count: lines.length + 1 });
      expect(await run({ result: cut }, null)).not.toBe(0);
    }
    const half = Math.ceil(lines.length / (1 + random(2)));
    for (const [at, part] of [lines.slice(0, half), lines.slice(half)].entries()) {
      if (part.length === 0) continue;
      const result = resultFile(book, `result-${round}-${at}.csv`, part);
      expect(await runTwice({ result })).toBe(0);
      if (random(3) === 0) expect(await run({ result }, null)).toBe(0);
    }
  }
  const rest = [...truths.values()].filter(({ isTold }) => !isTold);
  if (rest.length > 0) {
    const result = resultFile(book, 'rest.csv', rest.map(lineOf));
    expect(await runTwice({ result })).toBe(0);
  }
  await holdMoney(book, truths);
  killed.orders = truths.size;
  killed.taken = [...truths.values()].reduce((sum, { taken }) => sum + taken, 0);
  return killed;
}

/** The channel reads what is whole, each order once: a second one of the same number is a fault. */
function takeMoney(
  out: string,
  truths: Map<string, Truth>,
  random: (below: number) => number,
): void {
  for (const name of readdirSync(out).filter((one) => one.endsWith('.csv'))) {
    if (!existsSync(join(out, `${name}.ok`))) continue;
    const [head, ...lines] = readFileSync(join(out, name), 'utf8').trimEnd().split('\n');
    expect(head).toBe('order_no,account,name,amount');
    const [count] = readFileSync(join(out, `${name}.ok`), 'utf8').split(',');
    expect(lines).toHaveLength(Number(count));
    for (const line of lines) {
      const [orderNo = '', , , amount = ''] = line.split(',');
      if (truths.has(orderNo)) continue;
      const loanNo = orderNo.split('-')[1]!;
      const taken = random(3) === 0 ? fen(amount) : 0;
      const code = CODES[random(CODES.length)]!;
      truths.set(orderNo, { orderNo, loanNo, taken, code, isTold: false });
    }
  }
}

function lineOf({ orderNo, taken, code }: Truth): SaidLine {
  if (taken > 0) return { order_no: orderNo, word: 'S', amount: (taken / 100).toFixed(2) };
  return { order_no: orderNo, word: 'F', amount: '0.00', code, channel_date: '2026-03-04' };
}

async function holdInFlight(book: PaymentBook): Promise<void> {
  const twice = await book.rows(`SELECT loan_no FROM payment_order
    WHERE state IN ('sent', 'unknown') GROUP BY loan_no
    HAVING count(DISTINCT (seq, attempt)) > 1`);
  expect(twice).toEqual([]);
}

/** By loan: what the channel took is what stands as events, and what orders say they collected. */
async function holdMoney(book: PaymentBook, truths: ReadonlyMap<string, Truth>): Promise<void> {
  const taken: Record<string, number> = {};
  for (const truth of truths.values()) {
    if (truth.taken > 0) taken[truth.loanNo] = (taken[truth.loanNo] ?? 0) + truth.taken;
  }
  const events = await book.rows<{ loan: string; amount: number }>(
    `SELECT l.loan_no AS loan, sum(e.amount)::float8 AS amount
     FROM event e JOIN loan l USING (bucket, loan_id) WHERE e.ref LIKE 'CP-%' GROUP BY 1`,
  );
  expect(Object.fromEntries(events.map(({ loan, amount }) => [loan, amount]))).toEqual(taken);
  const collected = await book.rows<{ loan: string; amount: number }>(
    `SELECT loan_no AS loan, sum(collected)::float8 AS amount FROM payment_order
     GROUP BY 1 HAVING sum(collected) > 0`,
  );
  expect(Object.fromEntries(collected.map(({ loan, amount }) => [loan, amount]))).toEqual(taken);
  const asked = await book.rows<{ no: string }>('SELECT order_no AS no FROM payment_order');
  expect(asked.map(({ no }) => no).sort()).toEqual([...truths.keys()].sort());
}
