import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeductInput } from '../../model/funding/deduct-input.js';
import { workedCases } from '../../support/worked-cases.js';
import { answerOf } from '../funding/simulate/funding-cases.js';
import { type PaymentBook, paymentBook, resultFile } from './payment-book.js';

const found = workedCases('funding').find(({ id }) => id === 'F-D2');

describe.skipIf(found === undefined)('a result twice, a late success, a contradiction', () => {
  const input = found?.input as unknown as DeductInput;
  let book: PaymentBook;
  beforeAll(async () => {
    const borrowers = input.dues.map(({ loan_no, amount }, at) => {
      return { loanNo: loan_no, amount, accounts: [`62258800000000${at}1`] };
    });
    book = await paymentBook(borrowers, input.channel);
  });
  afterAll(() => book.remove());

  it('come to the same in a book as on paper', async () => {
    const paper = answerOf(input) as unknown as Paper;
    const files: { file: string; taken: number; reason: string | null }[] = [];
    const batches: { count: number; total: string }[] = [];
    let day = '2026-03-05';
    for (const step of input.steps) {
      const on = step.at.slice(0, 10);
      if (on > day) await book.close(day);
      day = on;
      if (step.type === 'run') {
        const words = ['payment', 'batch', '--out', book.folder, '--date', day, '--json'];
        const { exitCode, stdout, stderr } = await book.line(words);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        const made = JSON.parse(stdout) as { orders: number; amount: string };
        batches.push({ count: made.orders, total: made.amount });
      } else if (step.type === 'result') {
        const path = resultFile(book, `${step.file}.csv`, step.lines, step);
        const { stdout } = await book.line(['payment', 'result', path, '--json']);
        const taken = JSON.parse(stdout) as { taken: number; outcome: string };
        const reason = taken.outcome === 'unchanged' ? 'unchanged' : null;
        files.push({ file: step.file, taken: taken.taken, reason });
      }
    }
    await book.close(day);
    expect(files).toEqual(paper.files);
    expect(batches).toEqual(paper.batches.map(({ count, total }) => ({ count, total })));
    const orders =
      await book.rows(`SELECT order_no, (amount / 100.0)::numeric(12, 2)::text AS amount,
      state, class, (collected / 100.0)::numeric(12, 2)::text AS collected
      FROM payment_order ORDER BY batch_id, line`);
    expect(orders).toEqual(paper.orders.map(({ card: _, ...order }) => order));
    // As the close has them: where each was posted, and at which value date.
    const postings = await book.rows(`SELECT e.ref, l.loan_no, e.value_date::text,
      e.business_date::text, (e.amount / 100.0)::numeric(12, 2)::text AS amount
      FROM event e JOIN loan l USING (bucket, loan_id)
      JOIN event_outcome o ON o.business_date = e.business_date AND o.event_id = e.event_id
      WHERE o.rule = '' AND e.ref LIKE 'CP-%' ORDER BY e.event_id`);
    expect(postings).toEqual(paper.postings);
    const breaks = await book.rows(`SELECT order_no, break AS type FROM payment_answer
      WHERE break IS NOT NULL ORDER BY answer_id`);
    expect(breaks).toEqual(paper.breaks);
    // Of each loan a second instalment is not due yet: what the first is short of, and what is held.
    const left = await book.rows<{ loan_no: string; owed: string; suspense: string }>(
      `SELECT l.loan_no, ((p.principal - l.principal / 2) / 100.0)::numeric(12, 2)::text AS owed,
         (p.suspense / 100.0)::numeric(12, 2)::text AS suspense
       FROM position p JOIN loan l USING (bucket, loan_id)
       WHERE p.business_date = '2026-03-06' ORDER BY l.loan_no`,
    );
    const last = new Map(left.map((row) => [row.loan_no, row]));
    for (const [loan, open] of Object.entries(paper.open)) {
      expect(last.get(loan)).toEqual({ loan_no: loan, owed: open, suspense: paper.suspense[loan] });
    }
  });
});

interface Paper {
  readonly orders: readonly (Record<string, unknown> & { card: string })[];
  readonly batches: readonly { count: number; total: string }[];
  readonly files: readonly object[];
  readonly postings: readonly object[];
  readonly breaks: readonly object[];
  readonly open: Readonly<Record<string, string>>;
  readonly suspense: Readonly<Record<string, string>>;
}
