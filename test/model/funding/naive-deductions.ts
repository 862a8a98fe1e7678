/**
 * Deductions as the page says them (FUNDING, Deduction), from the document, with everything looked
 * up anew in what happened so far: the second opinion on `funding simulate`, kind `deduct`.
 */
import type { DeductInput, Due, Line, Step } from './deduct-input.js';

interface Order {
  readonly order_no: string;
  readonly loan_no: string;
  readonly seq: number;
  readonly attempt: number;
  readonly card: string;
  readonly day: string;
  readonly amount: number;
  state: string;
  class: string | null;
  collected: number;
}

interface Failure {
  readonly order: Order;
  readonly class: string;
  readonly day: string;
}

const fen = (text: string) => Math.round(Number(text) * 100);
const yuan = (amount: number) => (amount / 100).toFixed(2);

export function naiveDeductions(input: DeductInput): Record<string, unknown> {
  const { channel, dues, steps } = input;
  const words = channel.words ?? { S: 'success', F: 'failed', P: 'unknown' };
  const orders: Order[] = [];
  const failures: Failure[] = [];
  const batches: object[] = [];
  const skipped: object[] = [];
  const files: object[] = [];
  const postings: { loan_no: string; amount: number; row: object }[] = [];
  const breaks: object[] = [];
  const taken: string[] = [];
  const held = new Set<string>();

  const net = (loan: string) =>
    postings.filter((each) => each.loan_no === loan).reduce((sum, each) => sum + each.amount, 0);
  const asked = (loan: string) =>
    dues.filter((due) => due.loan_no === loan).reduce((sum, due) => sum + fen(due.amount), 0);
  const inFlight = (order: Order) => order.state === 'sent' || order.state === 'unknown';

  /** What is left of one due when all the loan's money has gone to the older ones first. */
  const openOf = (due: Due) => {
    const own = dues.filter((each) => each.loan_no === due.loan_no);
    const older = own.filter(
      (each) =>
        each.due_on < due.due_on ||
        (each.due_on === due.due_on && own.indexOf(each) < own.indexOf(due)),
    );
    const before = older.reduce((sum, each) => sum + fen(each.amount), 0);
    const amount = fen(due.amount);
    return amount - Math.min(amount, Math.max(0, net(due.loan_no) - before));
  };

  function reasonOf(due: Due, day: string): string | { card: string; amount: number } {
    const own = orders.filter((order) => order.loan_no === due.loan_no);
    const failed = failures.filter(({ order }) => order.loan_no === due.loan_no);
    if (own.some(inFlight)) return 'in_flight';
    if (failed.some((failure) => failure.class === 'risk')) return 'stopped';
    if (held.has(due.loan_no)) return 'held';
    let attempts = 0;
    for (
      let attempt = 1;
      own.some((o) => o.seq === due.seq && o.attempt === attempt);
      attempt += 1
    ) {
      const parts = own.filter((o) => o.seq === due.seq && o.attempt === attempt);
      const system = parts.filter((o) => o.class === 'system');
      if (system.length < parts.length) attempts += 1;
    }
    if (attempts >= (channel.max_attempts ?? 3)) return 'attempts';
    const last = failed.at(-1);
    if (last !== undefined && last.class === 'limit' && last.day === day) return 'wait';
    const card = due.cards.find(
      (each) => !failures.some((f) => f.order.card === each.card && f.class === 'card'),
    );
    if (card === undefined) return 'no_card';
    const daily = channel.banks?.[card.bank]?.daily ?? channel.daily ?? null;
    let amount = openOf(due);
    if (daily !== null) {
      let left = fen(daily);
      for (const order of orders) {
        const ofDay = order.card === card.card && order.day === day;
        if (ofDay && order.state !== 'failed') left -= order.amount;
      }
      if (amount > left) {
        if (channel.partial !== true) return 'limit';
        amount = left;
      }
    }
    if (amount < fen(channel.minimum ?? '0.01')) return 'limit';
    return { card: card.card, amount };
  }

  function run(at: string): void {
    const day = at.slice(0, 10);
    const sent: Order[] = [];
    for (const due of dues) {
      if (due.due_on > day || openOf(due) === 0) continue;
      const ask = reasonOf(due, day);
      if (typeof ask === 'string') {
        skipped.push({ at, loan_no: due.loan_no, reason: ask });
        continue;
      }
      const bank = due.cards.find(({ card }) => card === ask.card)?.bank ?? '';
      const single = channel.banks?.[bank]?.single ?? channel.single ?? null;
      const parts: number[] = [];
      let rest = ask.amount;
      while (single !== null && rest > fen(single)) {
        parts.push(fen(single));
        rest -= fen(single);
      }
      const missing = Math.max(0, fen(channel.minimum ?? '0.01') - rest);
      if (parts.length > 0 && missing > 0) parts[parts.length - 1]! -= missing;
      parts.push(parts.length > 0 ? rest + missing : rest);
      const same = orders.filter((o) => o.loan_no === due.loan_no && o.seq === due.seq);
      const attempt = 1 + new Set(same.map((o) => o.attempt)).size;
      for (const [at, amount] of parts.entries()) {
        const number = `${channel.code}-${due.loan_no}-${due.seq}-${attempt}-${at + 1}`;
        const order = {
          ...{ order_no: number, loan_no: due.loan_no, seq: due.seq, attempt, card: ask.card },
          ...{ day, amount, state: 'sent', class: null, collected: 0 },
        };
        orders.push(order);
        sent.push(order);
      }
    }
    const size = channel.batch_max ?? Number.POSITIVE_INFINITY;
    while (sent.length > 0) {
      const file = sent.splice(0, size);
      const total = file.reduce((sum, order) => sum + order.amount, 0);
      batches.push({ at, count: file.length, total: yuan(total) });
    }
  }

  function post(ref: string, loan: string, valueDate: string, at: string, amount: number): void {
    const row = {
      ...{ ref, loan_no: loan, value_date: valueDate, business_date: at.slice(0, 10) },
      amount: yuan(amount),
    };
    postings.push({ loan_no: loan, amount, row });
  }

  function fail(order: Order, why: string, day: string): void {
    order.class = why;
    order.collected = 0;
    failures.push({ order, class: why, day });
  }

  /** One row of the page's table. */
  function answer(line: Line, at: string): boolean {
    const order = orders.find((each) => each.order_no === line.order_no);
    const word = words[line.word];
    const note = (type: string) => breaks.push({ order_no: line.order_no, type });
    if (order === undefined) {
      note('missing_ours');
      return false;
    }
    const day = line.channel_date ?? at.slice(0, 10);
    const before = order.state;
    if (before === 'returned') return false;
    if (before === 'success') {
      if (word === 'failed') note('contradiction');
      return false;
    }
    if (word === 'success') {
      const amount = fen(line.amount);
      const isWrong = channel.partial === true ? amount > order.amount : amount !== order.amount;
      if (isWrong) {
        note('amount');
        if (before !== 'failed') order.state = 'unknown';
      } else {
        if (before === 'failed') note('late_success');
        order.state = 'success';
        order.class = null;
        order.collected = amount;
        if (amount > 0) post(order.order_no, order.loan_no, day, at, amount);
      }
    } else if (before !== 'failed') {
      order.state = word!;
      if (word === 'failed') fail(order, channel.codes?.[line.code ?? ''] ?? 'other', day);
    }
    return order.state !== before;
  }

  function result(step: Extract<Step, { type: 'result' }>): void {
    const sum = step.lines.reduce((all, line) => all + fen(line.amount), 0);
    const text = JSON.stringify(step.lines);
    let reason: string | null = null;
    if (taken.includes(text)) reason = 'unchanged';
    else if (step.lines.some(({ word }) => words[word] === undefined)) reason = 'unknown_word';
    else if (sum !== fen(step.total) || step.count !== step.lines.length) reason = 'total_differs';
    let count = 0;
    if (reason === null) {
      taken.push(text);
      for (const line of step.lines) count += answer(line, step.at) ? 1 : 0;
    }
    files.push({ file: step.file, taken: count, reason });
  }

  function other(step: Exclude<Step, { type: 'run' | 'result' }>): void {
    const day = step.at.slice(0, 10);
    if (step.type === 'hold') held.add(step.loan_no);
    else if (step.type === 'unhold') held.delete(step.loan_no);
    else if (step.type === 'repayment') {
      post(step.ref, step.loan_no, day, step.at, fen(step.amount));
    } else {
      const order = orders.find((each) => each.order_no === step.order_no);
      const note = (type: string) => breaks.push({ order_no: step.order_no, type });
      if (step.type === 'query') {
        answer({ ...step, amount: step.amount ?? yuan(order?.amount ?? 0) }, step.at);
      } else if (step.type === 'release') {
        if (step.by === step.checked_by) note('same_person');
        else if (order === undefined || !inFlight(order)) note('not_in_flight');
        else {
          order.state = 'failed';
          fail(order, 'other', day);
        }
      } else if (order === undefined) note('missing_ours');
      else if (order.state !== 'success') note('return_without_success');
      else {
        if (order.collected > 0) {
          post(`${order.order_no}-R`, order.loan_no, day, step.at, -order.collected);
        }
        order.state = 'returned';
        fail(order, channel.codes?.[step.code ?? ''] ?? 'other', day);
      }
    }
  }

  for (const step of steps) {
    if (step.type === 'run') run(step.at);
    else if (step.type === 'result') result(step);
    else other(step);
  }
  const loans = [...new Set(dues.map((due) => due.loan_no))];
  return {
    orders: orders.map((order) => ({
      ...{ order_no: order.order_no, card: order.card, amount: yuan(order.amount) },
      ...{ state: order.state, class: order.class, collected: yuan(order.collected) },
    })),
    ...{ batches, skipped, files, postings: postings.map(({ row }) => row), breaks },
    open: Object.fromEntries(
      loans.map((loan) => [loan, yuan(Math.max(0, asked(loan) - net(loan)))]),
    ),
    suspense: Object.fromEntries(
      loans.map((loan) => [loan, yuan(Math.max(0, net(loan) - asked(loan)))]),
    ),
  };
}
